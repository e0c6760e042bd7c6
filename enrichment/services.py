"""Prices, quotes, sums: what imports and pages ask about enrichment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Q, Sum
from django.utils import timezone

from cleanlist_api.client import CleanlistClient
from cleanlist_api.prices import PER_LEAD
from cleanlist_api.records import Quote
from enrichment.models import UNHAPPY, Workflow, WorkflowQuerySet
from enrichment.polls import poll_due

__all__ = [
    "EnrichmentSums",
    "already_given",
    "found_by",
    "is_unhappy",
    "most_credits",
    "poll_due",
    "quote_import",
    "sums",
    "track",
]

# "full" looks for e-mail
# and phone and is charged for each (contract 5), so one that has only one of them lacks the
# other.
_FINDS = {"partial": "email", "phone_only": "phone", "full": "both"}
FIRST_LOOK = timedelta(seconds=3)


@dataclass(frozen=True)
class EnrichmentSums:
    """Several workflows added up. Credits in whole credits; `charged` and `refunded` count
    only what the API has told so far."""

    workflows: int = 0
    open: int = 0
    unhappy: int = 0
    total: int = 0
    processed: int = 0
    emails_found: int = 0
    phones_found: int = 0
    reserved: int = 0
    charged: int = 0
    refunded: int = 0

    @property
    def is_over(self) -> bool:
        return self.open == 0


def most_credits(rows: int, enrichment_type: str) -> int:
    """The most that enriching `rows` leads can cost; 0 for "off"."""
    return rows * PER_LEAD.get(enrichment_type, 0)


def found_by(enrichment_type: str) -> str:
    """What a row must have for the enrichment to find nothing that it lacks: "email", "phone"
    or "both"; "" for "off"."""
    return _FINDS.get(enrichment_type, "")


def already_given(given: Mapping[str, int], enrichment_type: str) -> int:
    """How many of the rows counted in `given` ({"email", "phone", "both": rows}) have what
    the enrichment would find; it is charged for them all the same. 0 for "off"."""
    return given.get(found_by(enrichment_type), 0)


def quote_import(
    client: CleanlistClient, list_id: str, rows: int, enrichment_type: str
) -> Quote:
    """Ask for the signed quote of an import of `rows` rows. Single use, about five minutes.

    Raises any `ApiError` of the call.
    """
    return client.estimate(
        "bulk_import_csv",
        row_count=rows,
        enrichment_type=enrichment_type,
        filters={"list_id": list_id},
    )


def track(
    workflow_id: str, *, list_id: str, enrichment_type: str, total: int, credits_reserved: int
) -> Workflow:
    """Remember a workflow the API has started. Telling twice changes nothing."""
    workflow, _ = Workflow.objects.get_or_create(
        workflow_id=workflow_id,
        defaults={
            "list_id": list_id,
            "enrichment_type": enrichment_type,
            "total": total,
            "credits_reserved": credits_reserved,
            "next_poll_at": timezone.now() + FIRST_LOOK,
        },
    )
    return workflow


def is_unhappy(path: str = "") -> Q:
    """`Workflow.is_unhappy` in SQL; `path` leads to the workflow, as `workflow__`."""
    ended = Q((f"{path}ended_at__isnull", False))
    return ended & (~Q((f"{path}problem", "")) | Q((f"{path}status__in", UNHAPPY)))


def sums(workflows: WorkflowQuerySet) -> EnrichmentSums:
    """Add up `workflows` in one query."""
    row = workflows.order_by().aggregate(
        workflows=Count("pk"),
        open=Count("pk", filter=Q(ended_at=None)),
        unhappy=Count("pk", filter=is_unhappy()),
        total=Sum("total", default=0),
        processed=Sum("processed", default=0),
        emails_found=Sum("emails_found", default=0),
        phones_found=Sum("phones_found", default=0),
        reserved=Sum("credits_reserved", default=0),
        charged=Sum("credits_charged", default=0),
        refunded=Sum("credits_refunded", default=0),
    )
    return EnrichmentSums(**row)
