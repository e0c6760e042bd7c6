"""What pages, imports and commands ask about lists and leads.

Reads come from `connections.read`: cached, one API call at most, and with what was last
known when the API fails. The API is asked for its largest page; a person's page is cut
from that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.urls import reverse
from django.utils import timezone

from cleanlist_api.client import CleanlistClient
from cleanlist_api.errors import ApiError, NotFound
from cleanlist_api.records import Lead, ListSummary
from connections.services import forget, read
from lists import known
from lists.models import KnownList, KnownListQuerySet, ListVisit, short_id
from lists.paging import Block, Pieces, Place, TablePage, cut, local_page, remember_trail
from people.models import Person

LISTS = "lists"
LISTS_BLOCK, LEADS_BLOCK = 100, 500
DETAIL_FRESH = timedelta(minutes=10)
RECENT = 5
VISIT_AGAIN = timedelta(minutes=1)
# Pages of one block keep one age while somebody browses them.
BROWSE_SECONDS = 600.0


@dataclass(frozen=True)
class RecentList:
    """A list somebody opened lately."""

    list_id: str
    name: str

    @property
    def url(self) -> str:
        return reverse("lists:detail", args=[self.list_id])


@dataclass(frozen=True)
class Folder:
    """A folder by its id, the only thing the API tells of it, and how many lists it holds."""

    folder_id: str
    lists: int

    @property
    def name(self) -> str:
        return short_id(self.folder_id)


@dataclass(frozen=True)
class Workspace:
    """What is known of all lists together. `leads` and `enriched_percent` are None while
    the portal has not met every list, or not every detail."""

    lists: int
    leads: int | None
    enriched_percent: int | None
    folders: Sequence[Folder]


@dataclass(frozen=True)
class ListHead:
    """A list as the head of its page shows it. `is_met` is False for an id the portal has
    not met yet, `is_stale` says that the detail is worth asking for."""

    known: KnownList
    is_met: bool
    is_stale: bool
    problem: ApiError | None = None


def lists_page(
    place: Place,
    *,
    folder_id: str = "",
    refresh: bool = False,
    browsing: bool = False,
    at_once: bool = False,
) -> TablePage[KnownList]:
    """A page of the workspace's lists, in the API's order; one API call at most, and none
    `at_once` where an older answer is known.

    `browsing` takes a block of up to ten minutes: five pages of it cost one call. Never
    raises an `ApiError`: it is in `problem`, and the rows are the last known ones.
    """
    table = f"lists:{folder_id}"
    reading = read(
        LISTS,
        f"{table}:{place.cursor or ''}",
        partial(_fetch_lists, place.cursor, folder_id),
        ttl=BROWSE_SECONDS if browsing else None,
        refresh=refresh,
        at_once=at_once,
    )
    if reading.value is None:
        known_ones = KnownList.objects.here()
        if folder_id:
            known_ones = known_ones.filter(folder_id=folder_id)
        page = _known_page(known_ones, place)
        return replace(page, problem=reading.problem)
    cut_out = cut(table, reading.value, place)
    return TablePage(
        rows=known.as_known(cut_out.rows),
        place=cut_out.place,
        total=cut_out.total,
        newer=cut_out.newer,
        older=cut_out.older,
        as_of=reading.as_of,
        problem=reading.problem,
        is_old=reading.is_old,
    )


def search_lists(name: str, place: Place, *, folder_id: str = "") -> TablePage[KnownList]:
    """Known lists whose name contains `name`, whatever its case; no API call."""
    found = KnownList.objects.here().filter(folded_name__contains=known.fold(name.strip()))
    if folder_id:
        found = found.filter(folder_id=folder_id)
    return _known_page(found, place)


def leads_page(
    list_id: str,
    place: Place,
    *,
    refresh: bool = False,
    browsing: bool = False,
    at_once: bool = False,
) -> TablePage[Lead]:
    """A page of a list's leads; calls, `browsing` and `at_once` as for `lists_page`.

    Raises `NotFound` when the API says there is no such list; any other `ApiError` is in
    `problem` beside the last known rows.
    """
    reading = read(
        leads_group(list_id),
        f"page:{place.cursor or ''}",
        partial(_fetch_leads, list_id, place.cursor),
        ttl=BROWSE_SECONDS if browsing else None,
        refresh=refresh,
        at_once=at_once,
    )
    if isinstance(reading.problem, NotFound):
        known.mark_gone(list_id)
        raise reading.problem
    if reading.value is None:
        return TablePage(rows=(), place=place, total=0, problem=reading.problem)
    page = cut(leads_group(list_id), reading.value, place)
    return replace(page, as_of=reading.as_of, problem=reading.problem, is_old=reading.is_old)


def list_head(list_id: str) -> ListHead:
    """What is known of a list, without asking the API."""
    row = KnownList.objects.filter(pk=list_id).first()
    if row is None:
        name = known.names_of([list_id])[list_id]
        return ListHead(KnownList(list_id=list_id, name=name), is_met=False, is_stale=True)
    is_stale = row.detail_at is None or timezone.now() - row.detail_at > DETAIL_FRESH
    return ListHead(row, True, is_stale)


def list_detail(list_id: str, *, refresh: bool = False) -> ListHead:
    """A list with counts and description, by one API call at most.

    Raises `NotFound` when the API says there is no such list; any other `ApiError` is in
    `problem` beside what is known.
    """
    fetch = partial(_fetch_detail, list_id)
    reading = read(_detail_group(list_id), "detail", fetch, refresh=refresh)
    if isinstance(reading.problem, NotFound):
        known.mark_gone(list_id)
        raise reading.problem
    return replace(list_head(list_id), is_stale=False, problem=reading.problem)


def first_block(api: CleanlistClient) -> Block[ListSummary]:
    """The newest lists by one API call, remembered; what `read` caches as the first page."""
    return _fetch_lists(None, "", api)


def list_name(list_id: str) -> str:
    """The list's name, or "List 9c1f…" where the portal has not met it; no API call."""
    return known.names_of([list_id])[list_id]


def workspace(total: int) -> Workspace:
    """What is known of all lists together; `total` is how many the API says there are. One
    query."""
    not_told = Q(enriched_count=None, lead_count__gt=0)
    rows = KnownList.objects.here().values("folder_id").order_by("folder_id")
    groups = list(
        rows.annotate(
            lists=Count("pk"),
            leads=Sum("lead_count", default=0),
            enriched=Sum("enriched_count", default=0),
            missing=Count("pk", filter=not_told),
        )
    )
    met, leads, enriched, missing = (
        sum(group[part] for group in groups)
        for part in ("lists", "leads", "enriched", "missing")
    )
    knows_all, total = met >= total, max(met, total)
    percent = min(100, enriched * 100 // leads) if leads and not missing else None
    return Workspace(
        lists=total,
        leads=leads if knows_all else None,
        enriched_percent=percent if knows_all else None,
        folders=[Folder(row["folder_id"], row["lists"]) for row in groups if row["folder_id"]],
    )


def known_total() -> int:
    """How many lists the workspace has, by the API's last word; no API call."""
    return known.total_told() or lists_met()


def lists_met() -> int:
    """How many lists the portal knows by itself."""
    return KnownList.objects.here().count()


def shares(list_ids: Sequence[str]) -> list[KnownList]:
    """Known lists by id, for the cells of the enriched share; no API call."""
    return list(KnownList.objects.filter(pk__in=list_ids))


def visit(person: Person, list_id: str) -> None:
    """Note that `person` opened the list now, unless that was noted a moment ago."""
    lately = timezone.now() - VISIT_AGAIN
    mine = ListVisit.objects.filter(person=person).order_by("-visited_at")
    latest = mine.values_list("list_id", "visited_at").first()
    if latest and latest[0] == list_id and latest[1] > lately:
        return
    ListVisit.objects.bulk_create(
        [ListVisit(person=person, list_id=list_id)],
        update_conflicts=True,
        unique_fields=["person", "list_id"],
        update_fields=["visited_at"],
    )


def recent(person: Person) -> QuerySet[ListVisit]:
    """The visits to the lists `person` opened last, newest first, each with the list's
    `name`; lists that are gone are left out."""
    named = KnownList.objects.here().filter(pk=OuterRef("list_id")).values("name")
    visits = ListVisit.objects.annotate(name=Subquery(named)).order_by("-visited_at")
    mine = visits.filter(person=person, name__isnull=False)
    return visits.filter(pk__in=mine.values("pk")[:RECENT])


def forget_list(list_id: str) -> None:
    """Something changed in the list: the next look asks the API again."""
    forget(LISTS)
    forget(leads_group(list_id))
    forget_detail(list_id)


def forget_detail(list_id: str) -> None:
    """Counts and description of the list are worth asking for again."""
    forget(_detail_group(list_id))
    KnownList.objects.filter(pk=list_id).update(detail_at=None)


def leads_group(list_id: str) -> str:
    """The name under which a list's leads are cached."""
    return f"leads:{list_id}"


def _detail_group(list_id: str) -> str:
    return f"list:{list_id}"


def _known_page(rows: KnownListQuerySet, place: Place) -> TablePage[KnownList]:
    return local_page(rows.newest_first(), place, rows.count())


def _fetch_lists(
    cursor: str | None, folder_id: str, api: CleanlistClient
) -> Block[ListSummary]:
    page = api.lists_page(limit=LISTS_BLOCK, cursor=cursor, folder_id=folder_id or None)
    known.remember_page(page, cursor=cursor, folder_id=folder_id, by_person=True)
    block = Block(page.lists, page.total, page.cursor)
    remember_trail(f"lists:{folder_id}", block, cursor)
    return block


def leads_block(leads: Sequence[Lead], total: int, cursor: str | None) -> Block[Lead]:
    """A block as it is cached; `cursor` leads on to the next."""
    return Block(Pieces(leads), total, cursor)


def _fetch_leads(list_id: str, cursor: str | None, api: CleanlistClient) -> Block[Lead]:
    page = api.leads_page(list_id, limit=LEADS_BLOCK, cursor=cursor)
    known.remember_lead_count(list_id, page.total)
    block = leads_block(page.leads, page.total, page.cursor)
    remember_trail(leads_group(list_id), block, cursor)
    return block


def _fetch_detail(list_id: str, api: CleanlistClient) -> str:
    return known.remember_detail(api.get_list(list_id)).pk
