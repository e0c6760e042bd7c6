from __future__ import annotations

import pytest

from people import notices
from people.models import Notice, NoticeKind

TEXT = "Import 41 finished: 488 of 500 rows are in Q3 Outbound"


def told(person, key="import-41-1", kind=NoticeKind.DONE, url="/imports/41/", text=TEXT):
    notices.tell(person, kind, key, text, url)
    return Notice.objects.filter(person=person).first()


def test_it_tells_an_occasion_once(alice):
    told(alice)
    told(alice)
    assert Notice.objects.count() == 1


def test_it_tells_each_kind_and_person_apart(alice, bob):
    told(alice)
    told(alice, kind=NoticeKind.FAILED)
    told(bob)
    assert (notices.unread_count(alice), notices.unread_count(bob)) == (2, 1)


def test_it_tells_nobody_nothing(db):
    told(None)
    assert not Notice.objects.exists()


def test_it_leaves_a_read_notice_read_when_told_again(alice):
    notices.mark_read(alice, told(alice).pk)
    assert told(alice).is_read


def test_it_keeps_the_moment_of_the_first_reading(alice):
    notice = told(alice)
    notices.mark_read(alice, notice.pk)
    first = Notice.objects.get().read_at
    notices.mark_read(alice, notice.pk)
    assert Notice.objects.get().read_at == first


def test_it_shows_the_newest_first(alice):
    for number in range(3):
        told(alice, key=str(number))
    assert [notice.key for notice in notices.page(alice)] == ["2", "1", "0"]


@pytest.mark.parametrize("number", ["2", "9", "x"])
def test_it_gives_the_nearest_page(alice, number):
    for key in range(notices.PAGE + 1):
        told(alice, key=str(key))
    assert len(notices.page(alice, number)) == (notices.PAGE if number == "x" else 1)


def test_it_marks_read_what_was_seen_and_not_what_came_later(alice):
    seen = told(alice, key="1")
    told(alice, key="2")
    assert notices.mark_all_read(alice, seen.pk) == 1
    assert notices.unread_count(alice) == 1
