"""Notices by e-mail: at least once each, never by two workers at a time.

A try first puts the notice off by `AGAIN`, so that a worker which dies while it sends
leaves it to another one later. What is a day old or read meanwhile is not sent any more.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from people.models import Notice

NO_MAIL = "django.core.mail.backends.dummy.EmailBackend"
AGAIN = timedelta(minutes=5)
TOO_OLD = timedelta(days=1)

logger = logging.getLogger("people.mail")


def is_configured() -> bool:
    """Whether the portal can send e-mail at all (setting EMAIL_URL)."""
    return bool(settings.EMAIL_BACKEND != NO_MAIL)


def is_due() -> bool:
    return is_configured() and _due(timezone.now()).exists()


def send_due() -> int:
    """Send what is due; return how many. Ends at the first failure, which is logged."""
    sent = 0
    for notice in _due(timezone.now()).select_related("person"):
        if not _put_off(notice):
            continue
        if not _send(notice):
            break
        sent += 1
    return sent


def _due(now: datetime) -> QuerySet[Notice]:
    unsent = Notice.objects.filter(emailed_at=None, read_at=None, mail_due_at__lte=now)
    wanted = unsent.filter(person__is_active=True, person__wants_mail=True)
    return wanted.filter(created_at__gt=now - TOO_OLD).exclude(person__email="").order_by("pk")


def _put_off(notice: Notice) -> bool:
    """Claim the notice for this try; true if no other worker did."""
    now = timezone.now()
    mine = Notice.objects.filter(pk=notice.pk, emailed_at=None, mail_due_at__lte=now)
    return mine.update(mail_due_at=now + AGAIN) == 1


def _send(notice: Notice) -> bool:
    try:
        _letter(notice).send()
    except Exception:
        logger.exception("E-mail of notice %s failed; it is tried again later", notice.pk)
        return False
    Notice.objects.filter(pk=notice.pk).update(emailed_at=timezone.now())
    return True


def _letter(notice: Notice) -> EmailMessage:
    subject = " ".join(notice.text.partition(":")[0].split())
    return EmailMessage(
        subject=subject,
        body=(
            f"{notice.text}\n\n{settings.PORTAL_URL}{notice.get_absolute_url()}\n\n"
            f"No more of these: {settings.PORTAL_URL}{reverse('people:me')}\n"
        ),
        to=[notice.person.email],
        headers={"Auto-Submitted": "auto-generated"},
    )
