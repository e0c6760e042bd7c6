from __future__ import annotations

import threading

import pytest
from django.db import connection

from jobs import changes
from jobs.changes import Changes
from jobs.models import Schedule


def write() -> None:
    from django.utils import timezone

    Schedule.objects.update_or_create(name="ring", defaults={"next_at": timezone.now()})
    connection.close()


def by_another() -> None:
    other = threading.Thread(target=write)
    other.start()
    other.join()


@pytest.mark.django_db(transaction=True)
def test_what_another_wrote_is_news():
    mine = Changes()
    mine.have_come()
    by_another()
    assert mine.have_come()


@pytest.mark.django_db(transaction=True)
def test_there_is_no_news_where_nobody_wrote_and_the_database_can_say_so():
    mine = Changes()
    mine.have_come()
    assert mine.have_come() == (connection.vendor != "sqlite")


@pytest.mark.django_db
def test_a_quiet_database_is_asked_less_often(monkeypatch):
    monkeypatch.setattr(changes.connection, "vendor", "sqlite")
    moments = [100.0]
    monkeypatch.setattr(changes.time, "monotonic", lambda: moments[0])
    mine = Changes()
    mine._came_at = 100.0
    assert mine.ask_every == changes.ASK_EVERY
    moments[0] += changes.A_MOMENT + 0.1
    assert mine.ask_every == changes.ASK_WHEN_QUIET_EVERY


@pytest.mark.django_db
def test_a_database_that_cannot_say_is_asked_less_often(monkeypatch):
    monkeypatch.setattr(changes.connection, "vendor", "other")
    assert Changes().ask_every == changes.ASK_BLINDLY_EVERY
