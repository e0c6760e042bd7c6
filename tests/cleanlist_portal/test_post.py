from __future__ import annotations

from django_tasks_db.models import DBTaskResult

from cleanlist_portal import post  # noqa: F401 - it registers the job
from jobs import periodic
from people import mail
from tests.people.test_notices import told


def come_round() -> None:
    periodic._registry["e-mail notices"].run()


def test_it_hands_due_mail_to_a_worker(alice):
    told(alice)
    come_round()
    assert DBTaskResult.objects.count() == 1


def test_it_hands_over_nothing_while_nothing_is_sent(alice, settings):
    settings.EMAIL_BACKEND = mail.NO_MAIL
    told(alice)
    come_round()
    assert not DBTaskResult.objects.exists()
