"""What the background learns about lists, in the lane that gives way to all others.

A page of lists does not say how many leads are enriched, so the detail of lists people look
at is learned one by one; and a workspace of more lists than one answer holds is walked page
by page, so that search and the import's menu know all of it. Nothing is asked while nobody
looks.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db.models import F, Q
from django.utils import timezone

from cleanlist_api.budget import Lane
from cleanlist_api.errors import ApiError, NeverEnds, NotFound
from cleanlist_api.transport import Patience
from cleanlist_api.walk import check_that_it_ends
from connections.services import client
from lists import known
from lists.models import KnownList, KnownListQuerySet
from lists.services import DETAIL_FRESH, LISTS_BLOCK

logger = logging.getLogger("lists.sync")

# The next round comes soon: a call that can't go now is not waited for.
PATIENCE = Patience(attempts=1, deadline=3)
LOOKED_AT = timedelta(minutes=10)
WALK_EVERY = timedelta(minutes=10)
WALK_KEY = "lists:walk"


@dataclass(frozen=True)
class Walk:
    """Where the walk over all lists stands; `ended_at` is set when it came round."""

    started_at: datetime
    cursor: str | None = None
    ended_at: datetime | None = None
    read: int = 0


def is_detail_due() -> bool:
    """Whether pages lack the detail of a list that people look at; one query."""
    return _without_detail().exists()


def is_walk_due() -> bool:
    """Whether the walk over all lists has a page to fetch."""
    return _current_walk() is not None


def learn_details(limit: int = 2) -> int:
    """Fetch up to `limit` details that pages lack; return how many came. Never raises an
    `ApiError`: what failed is due again."""
    learned = 0
    for known_list in _without_detail()[:limit]:
        try:
            detail = client(Lane.SYNC, PATIENCE).get_list(known_list.pk)
        except NotFound:
            known.mark_gone(known_list.pk)
        except ApiError:
            break
        else:
            known.remember_detail(detail)
            learned += 1
    return learned


def walk_on() -> bool:
    """Fetch the next page of the walk over all lists, if one is due; say whether it came."""
    walk = _current_walk()
    if walk is None:
        return False
    try:
        page = client(Lane.SYNC, PATIENCE).lists_page(limit=LISTS_BLOCK, cursor=walk.cursor)
        check_that_it_ends(page, asked=walk.cursor, read=walk.read)
    except NeverEnds as error:
        logger.warning("The walk over all lists is given up: %s", error)
        _keep(Walk(walk.started_at, None, timezone.now()))
        return False
    except ApiError:
        return False
    known.remember_page(page, cursor=walk.cursor, folder_id="", by_person=False)
    if page.cursor:
        _keep(Walk(walk.started_at, page.cursor, read=walk.read + len(page.lists)))
        return True
    known.mark_gone_unless_seen_since(walk.started_at)
    _keep(Walk(walk.started_at, None, timezone.now()))
    return True


def _without_detail() -> KnownListQuerySet:
    now = timezone.now()
    due = Q(detail_at=None) | Q(detail_at__lt=now - DETAIL_FRESH)
    shown = KnownList.objects.here().filter(shown_at__gte=now - LOOKED_AT, lead_count__gt=0)
    return shown.filter(due).order_by(F("detail_at").asc(nulls_first=True), "-created_at")


def _current_walk() -> Walk | None:
    now = timezone.now()
    if not _is_wanted(now):
        return None
    walk = cache.get(WALK_KEY)
    if not isinstance(walk, Walk):
        return Walk(now)
    if walk.ended_at is None:
        return walk
    return Walk(now) if now - walk.ended_at >= WALK_EVERY else None


def _is_wanted(now: datetime) -> bool:
    """Somebody looked lately, and one answer does not hold all lists."""
    if known.total_told() <= LISTS_BLOCK:
        return False
    return KnownList.objects.filter(shown_at__gte=now - LOOKED_AT).exists()


def _keep(walk: Walk) -> None:
    cache.set(WALK_KEY, walk, None)
