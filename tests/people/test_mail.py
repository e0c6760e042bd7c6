from __future__ import annotations

import smtplib
from datetime import timedelta

import pytest
import time_machine
from django.core import mail as outbox
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from people import mail, notices
from people.models import Notice
from tests.people.test_notices import TEXT, told


class BrokenPost(EmailBackend):
    def send_messages(self, messages):
        raise smtplib.SMTPServerDisconnected("gone")


def later():
    return time_machine.travel(timezone.now() + mail.AGAIN + timedelta(seconds=1))


@pytest.fixture
def broken(settings):
    settings.EMAIL_BACKEND = f"{__name__}.BrokenPost"


def test_it_sends_a_notice_to_the_persons_address(alice, settings):
    settings.PORTAL_URL = "https://portal.example.com"
    notice = told(alice)
    mail.send_due()
    [letter] = outbox.outbox
    assert letter.to == ["alice@example.com"]
    assert letter.subject == "Import 41 finished"
    assert TEXT in letter.body
    assert f"https://portal.example.com/people/notices/{notice.pk}\n" in letter.body


def test_it_sends_each_once(alice):
    told(alice)
    assert (mail.send_due(), mail.send_due()) == (1, 0)
    assert Notice.objects.get().emailed_at


def test_it_sends_nothing_a_person_does_not_want(alice):
    alice.wants_mail = False
    alice.save()
    told(alice)
    assert mail.send_due() == 0


def test_it_sends_nothing_without_an_address(alice):
    alice.email = ""
    alice.save()
    told(alice)
    assert mail.send_due() == 0


def test_it_sends_nothing_to_who_was_deactivated(charlie):
    told(charlie)
    assert mail.send_due() == 0


def test_it_sends_nothing_that_was_read(alice):
    notices.mark_read(alice, told(alice).pk)
    assert mail.send_due() == 0


def test_it_sends_nothing_a_day_old(alice):
    told(alice)
    Notice.objects.update(created_at=timezone.now() - mail.TOO_OLD)
    assert mail.send_due() == 0


def test_it_leaves_alone_what_another_worker_tries_just_now(alice):
    told(alice)
    [same] = Notice.objects.all()
    assert mail._put_off(same)
    assert not mail._put_off(same)
    assert mail.send_due() == 0


def test_a_try_that_a_crash_ended_is_repeated_later(alice):
    mail._put_off(told(alice))
    with later():
        assert mail.send_due() == 1


def test_a_failure_is_logged_and_tried_again_later(alice, broken, settings, caplog):
    told(alice)
    assert mail.send_due() == 0
    assert "it is tried again later" in caplog.text
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert mail.send_due() == 0
    with later():
        assert mail.send_due() == 1


def test_a_failure_ends_the_round(alice, bob, broken, caplog):
    told(alice)
    told(bob)
    mail.send_due()
    assert caplog.text.count("failed; it is tried again later") == 1


def test_a_line_break_in_a_name_does_no_harm(alice):
    notices.tell(alice, "done", "1", "Import\n41 finished: all", "/")
    mail.send_due()
    assert outbox.outbox[0].subject == "Import 41 finished"


def test_nothing_is_due_while_no_mail_is_configured(alice, settings):
    settings.EMAIL_BACKEND = mail.NO_MAIL
    told(alice)
    assert not mail.is_due()


def test_something_is_due_when_mail_is_configured(alice):
    told(alice)
    assert mail.is_due()
