from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from sandbox.schemas.base import Closed, Envelope
from sandbox.schemas.lead_lists import EnrichmentType


class EnrichPerson(Closed):
    lead_list_id: str
    email: str | None = None
    linkedin_url: str | None = None
    phone: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    company_name: str | None = None
    domain: str | None = None
    person_id: str | None = None
    enrichment_type: EnrichmentType | None = None
    include_phone: bool = False
    quote_id: str | None = None

    @model_validator(mode="after")
    def _identifies_someone(self) -> Self:
        has_name = self.first_name and self.last_name and (self.company_name or self.domain)
        if not (self.email or self.linkedin_url or self.person_id or has_name):
            raise ValueError(
                "Send email, linkedin_url, person_id, or first_name + last_name +"
                " (company_name or domain)."
            )
        return self


class PersonStarted(Envelope):
    workflow_id: str
    status: Literal["pending"]
    credits_reserved: int
    lead_list_id: str
    poll_url: str


class EnrichCompany(Closed):
    domain: str | None = None
    company_name: str | None = None
    company_ticker: str | None = None
    company_id: str | None = None
    quote_id: str | None = None

    @model_validator(mode="after")
    def _identifies_one(self) -> Self:
        if not (self.domain or self.company_name or self.company_ticker or self.company_id):
            raise ValueError("Send domain, company_id, company_name or company_ticker.")
        return self


class Company(Closed):
    company_id: str | None = None
    name: str | None = None
    domain: str | None = None
    industry: str | None = None
    industries: list[str] | None = None
    employee_count: int | None = None
    employee_count_range: str | None = None
    revenue_range: str | None = None
    hq_location: str | None = None
    funding_stage: str | None = None
    total_funding_usd: int | None = None
    tech_stack: list[str] | None = None
    linkedin_url: str | None = None


class CompanyEnriched(Envelope):
    company: Company
    credits_charged: int


class EnrichByTask(Closed):
    task_id: str
    data_points: Annotated[list[str], Field(min_length=1)]
    entity_ids: list[str] | None = None
    lead_list_id: str | None = None
    quote_id: str | None = None


class EntityResult(Closed):
    entity_id: str
    status: Literal["queued", "enriched", "skipped", "failed"]
    error: str | None = None
    company: Company | None = None


class TaskStarted(Envelope):
    entity_kind: Literal["person", "company"]
    workflow_id: str | None = None
    status: Literal["pending", "completed"]
    total_entities: int
    credits_reserved: int
    results: list[EntityResult]


class EnrichList(Closed):
    list_id: str
    scope: Literal["partial", "full", "phone-only"] = "partial"
    quote_id: str


class ListStarted(Envelope):
    workflow_id: str
    status: Literal["pending"]
    total_leads: int
    estimated_cost: int
    credits_reserved: int
    poll_url: str


class PersonResult(Closed):
    lead_id: str
    status: Literal["completed", "failed"]
    full_name: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    email_status: str | None = None
    phone: str | None = None
    linkedin_url: str | None = None
    title: str | None = None
    company: str | None = None
    enrichment_type: str | None = None
    provider: str | None = None


class WorkflowStatus(Envelope):
    workflow_id: str
    status: Literal["pending", "running", "completed", "failed", "cancelled"]
    progress: int | None = None
    total: int | None = None
    processed: int | None = None
    completed: int | None = None
    failed: int | None = None
    enrichment_type: str | None = None
    lead_list_id: str | None = None
    summary: dict[str, Any] | None = None
    refund_status: Literal["not_applicable", "pending_review"] | None = None
    refund_message: str | None = None
    result: PersonResult | None = None
    credits_charged: int | None = None
    credits_refunded: int | None = None
