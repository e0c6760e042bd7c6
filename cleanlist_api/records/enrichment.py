"""An enrichment from its start to its end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cleanlist_api.fields import LONGEST_WORD, Fields

TERMINAL = frozenset(
    {"completed", "failed", "cancelled", "completed_with_errors", "terminated"}
)
# Another spelling of one of them.
SPELLINGS = {"canceled": "cancelled"}


@dataclass(frozen=True)
class EnrichmentStarted:
    """A bulk enrichment that runs now. `credits_reserved` is the most it can cost."""

    workflow_id: str
    status: str
    credits_reserved: int
    total_leads: int
    estimated_cost: int

    @classmethod
    def parse(cls, reply: Fields) -> EnrichmentStarted:
        return cls(
            workflow_id=reply.identifier("workflow_id"),
            status=reply.short_text("status", LONGEST_WORD),
            credits_reserved=reply.integer("credits_reserved"),
            total_leads=reply.integer("total_leads"),
            estimated_cost=reply.integer("estimated_cost"),
        )


@dataclass(frozen=True)
class EnrichmentStatus:
    """How far a workflow is; None where the API does not say (yet)."""

    workflow_id: str
    status: str
    progress: float | None = None
    total: int | None = None
    processed: int | None = None
    completed: int | None = None
    failed: int | None = None
    enrichment_type: str | None = None
    lead_list_id: str | None = None
    emails_found: int | None = None
    phones_found: int | None = None
    refund_status: str | None = None
    refund_message: str | None = None
    credits_charged: int | None = None
    credits_refunded: int | None = None
    result: dict[str, Any] | None = None

    @property
    def is_over(self) -> bool:
        return self.status in TERMINAL

    @classmethod
    def parse(cls, reply: Fields) -> EnrichmentStatus:
        summary = reply.inner("summary")
        status = reply.short_text("status", LONGEST_WORD)
        return cls(
            workflow_id=reply.identifier("workflow_id"),
            status=SPELLINGS.get(status, status),
            progress=reply.optional_number("progress"),
            total=reply.optional_integer("total"),
            processed=reply.optional_integer("processed"),
            completed=reply.optional_integer("completed"),
            failed=reply.optional_integer("failed"),
            enrichment_type=reply.optional_text("enrichment_type"),
            lead_list_id=reply.optional_identifier("lead_list_id"),
            emails_found=summary.optional_integer("emails_found"),
            phones_found=summary.optional_integer("phones_found"),
            refund_status=reply.optional_short_text("refund_status", LONGEST_WORD),
            refund_message=reply.optional_text("refund_message"),
            credits_charged=reply.optional_integer("credits_charged"),
            credits_refunded=reply.optional_integer("credits_refunded"),
            result=dict(reply.inner("result").payload) or None,
        )
