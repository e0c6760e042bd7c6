from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from sandbox.imports import Field as Canonical
from sandbox.schemas.base import Closed, Envelope

Name = Annotated[str, Field(min_length=1, max_length=200)]
EnrichmentType = Literal["partial", "phone_only", "full"]


class CreateList(Closed):
    name: Name
    description: str | None = None
    folder_id: str | None = None


class UpdateList(Closed):
    """Only the keys that are sent change; null clears `description` and `folder_id`."""

    name: Name | None = None
    description: str | None = None
    folder_id: str | None = None

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("Send at least one of name, description, folder_id.")
        if "name" in self.model_fields_set and self.name is None:
            raise ValueError("name can't be null.")
        return self


class ListDetail(Envelope):
    list_id: str
    name: str
    description: str | None = None
    lead_count: int
    enriched_count: int
    folder_id: str | None = None
    created_at: str | None = None
    reused: bool = False


class ListSummary(Closed):
    list_id: str
    name: str
    lead_count: int
    folder_id: str | None = None
    created_at: str | None = None
    owner_name: str | None = None
    visibility: Literal["private", "organization", "shared"] | None = None


class ListsPage(Envelope):
    lists: list[ListSummary]
    total: int
    cursor: str | None = None


class Deleted(Envelope):
    list_id: str
    deleted: bool


class LeadRow(Closed):
    lead_id: str
    first_name: str | None = None
    last_name: str | None = None
    full_name: str | None = None
    email: str | None = None
    phone: str | None = None
    title: str | None = None
    company: str | None = None
    location: str | None = None
    linkedin_url: str | None = None
    provider: str | None = None


class LeadsPage(Envelope):
    list_id: str
    leads: list[LeadRow]
    total: int
    cursor: str | None = None


class AddLeads(Closed):
    """Either `lead_ids`, or the cohort `task_id` (with `entity_ids` as a subset)."""

    lead_ids: Annotated[list[str], Field(min_length=1, max_length=1000)] | None = None
    task_id: str | None = None
    entity_ids: Annotated[list[str], Field(max_length=2000)] | None = None
    idempotency_key: Annotated[str, Field(max_length=128)] | None = None

    @model_validator(mode="after")
    def _is_one_mode(self) -> Self:
        if (self.lead_ids is None) == (self.task_id is None):
            raise ValueError("Send either lead_ids or task_id.")
        if self.entity_ids is not None and self.task_id is None:
            raise ValueError("entity_ids needs task_id.")
        return self


class Added(Closed):
    list_id: str
    added: int
    skipped_duplicates: int
    created: int | None = None
    credits_charged: float = 0


class RemoveLeads(Closed):
    lead_ids: Annotated[list[str], Field(min_length=1, max_length=100)]


class Removed(Closed):
    list_id: str
    removed: int


class CsvImport(Closed):
    csv_content_base64: str
    column_mapping: Annotated[dict[Canonical, str], Field(min_length=1)]
    dispatch_enrichment: bool = True
    enrichment_type: EnrichmentType | None = None
    quote_id: str | None = None
    idempotency_key: str | None = None

    @model_validator(mode="after")
    def _names_a_type(self) -> Self:
        if self.dispatch_enrichment and self.enrichment_type is None:
            raise ValueError("enrichment_type is required when dispatch_enrichment is true.")
        return self


class CsvImported(Envelope):
    list_id: str
    rows_parsed: int
    rows_imported: int
    rows_skipped: int
    skip_reasons: dict[str, int] = {}
    sample_skip_rows: list[int] = []
    workflow_id: str | None = None
    enrichment_status_url: str | None = None
    idempotency_replayed: bool = False
