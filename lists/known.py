"""Keeping what the portal knows of lists in step with every answer of the API."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils import timezone

from cleanlist_api.records import ListDetail, ListPage, ListSummary
from lists.models import KnownList, KnownTotal, short_id

SUMMARY_FIELDS = [
    "name",
    "folded_name",
    "lead_count",
    "folder_id",
    "visibility",
    "owner_name",
    "created_at",
    "seen_at",
    "gone_at",
]


def remember_page(
    page: ListPage, *, cursor: str | None, folder_id: str, by_person: bool
) -> None:
    """Store a page of lists in one statement; a page that is the whole workspace also tells
    which lists are gone."""
    now = timezone.now()
    # Each once and in one order, so that two processes never wait for each other's rows.
    by_id = {summary.list_id: summary for summary in page.lists}
    known = [_from_summary(by_id[list_id], now) for list_id in sorted(by_id)]
    fields = SUMMARY_FIELDS
    if by_person:
        fields = [*SUMMARY_FIELDS, "shown_at"]
        for row in known:
            row.shown_at = now
    KnownList.objects.bulk_create(
        known, update_conflicts=True, unique_fields=["list_id"], update_fields=fields
    )
    if not folder_id:
        remember_total(page.total)
        if cursor is None and page.cursor is None:
            mark_gone_unless_seen_since(now)


def remember_detail(detail: ListDetail) -> KnownList:
    """Store one list's detail; visibility and owner stay as the last page of lists told."""
    now = timezone.now()
    values = {
        "name": detail.name,
        "folded_name": fold(detail.name),
        "lead_count": detail.lead_count,
        "enriched_count": detail.enriched_count,
        "description": detail.description or "",
        "folder_id": detail.folder_id or "",
        "created_at": detail.created_at,
        "seen_at": now,
        "detail_at": now,
        "gone_at": None,
    }
    known, _ = KnownList.objects.update_or_create(list_id=detail.list_id, defaults=values)
    return known


def remember_lead_count(list_id: str, total: int) -> None:
    KnownList.objects.filter(pk=list_id).exclude(lead_count=total).update(lead_count=total)


def mark_gone(list_id: str) -> None:
    """The API says there is no such list (or none for this key)."""
    KnownList.objects.here().filter(pk=list_id).update(gone_at=timezone.now())


def mark_gone_unless_seen_since(moment: datetime) -> None:
    """After a look at the whole workspace: what was not in it is gone."""
    KnownList.objects.here().filter(seen_at__lt=moment).update(gone_at=timezone.now())


def mark_protected(list_id: str) -> None:
    KnownList.objects.filter(pk=list_id).update(is_protected=True)


def as_known(summaries: Iterable[ListSummary]) -> list[KnownList]:
    """The given lists with what else is known of each, in the same order and without
    those gone since, in one query."""
    summaries = list(summaries)
    known = KnownList.objects.in_bulk([summary.list_id for summary in summaries])
    now = timezone.now()
    rows = [known.get(row.list_id) or _from_summary(row, now) for row in summaries]
    return [row for row in rows if row.gone_at is None]


def names_of(list_ids: Sequence[str]) -> dict[str, str]:
    """A name for each id: the list's, or "List 9c1f…" where the portal has not met it."""
    rows = KnownList.objects.filter(pk__in=set(list_ids)).values_list("pk", "name")
    names = dict(rows)
    return {pk: names.get(pk) or f"List {short_id(pk)}" for pk in list_ids}


def total_told() -> int:
    """How many lists the API last said there are; 0 if it never did."""
    return KnownTotal.objects.values_list("lists", flat=True).first() or 0


def remember_total(total: int) -> None:
    KnownTotal.objects.bulk_create(
        [KnownTotal(pk=KnownTotal.THE_ONE, lists=total)],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["lists"],
    )


def fold(name: str) -> str:
    """The name as search compares it."""
    return name.casefold()


def _from_summary(summary: ListSummary, now: datetime) -> KnownList:
    return KnownList(
        list_id=summary.list_id,
        name=summary.name,
        folded_name=fold(summary.name),
        lead_count=summary.lead_count,
        folder_id=summary.folder_id or "",
        visibility=summary.visibility or "",
        owner_name=summary.owner_name or "",
        created_at=summary.created_at,
        seen_at=now,
    )
