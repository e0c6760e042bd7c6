"""What a person is told: that their work ended, or that it needs them."""

from __future__ import annotations

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.utils import timezone

from people.models import Notice, NoticeKind, Person

PAGE = 50


def tell(person: Person | None, kind: NoticeKind, key: str, text: str, url: str) -> None:
    """Tell `person` once per `kind` and `key`; the same occasion again changes nothing.

    `text` is one sentence whose part before a colon can stand alone; `url` is a path of the
    portal. Called in the transaction of the change it tells of. Nobody (None) is not told.
    """
    if person is None:
        return
    notice = Notice(person=person, kind=kind, key=key, text=text, url=url)
    Notice.objects.bulk_create([notice], ignore_conflicts=True)


def unread(person: Person) -> QuerySet[Notice]:
    return Notice.objects.filter(person=person, read_at=None)


def unread_count(person: Person) -> int:
    return unread(person).count()


def page(person: Person, number: str | None = None) -> Page[Notice]:
    """A page of the person's notices, newest first; the nearest one if there is no such."""
    return Paginator(Notice.objects.filter(person=person), PAGE).get_page(number)


def newest(person: Person) -> int:
    """The number of the person's latest notice, 0 without any."""
    return Notice.objects.filter(person=person).values_list("pk", flat=True).first() or 0


def mark_read(person: Person, notice_id: int) -> Notice | None:
    """The person's notice, now read; None if it is not theirs."""
    notice = Notice.objects.filter(person=person, pk=notice_id).first()
    if notice is not None:
        _read(person, pk=notice_id)
    return notice


def mark_all_read(person: Person, up_to: int) -> int:
    """Mark what the person saw, up to the notice `up_to`; return how many were unread."""
    return _read(person, pk__lte=up_to)


def _read(person: Person, **which: int) -> int:
    unread = Notice.objects.filter(person=person, read_at=None, **which)
    return unread.update(read_at=timezone.now())
