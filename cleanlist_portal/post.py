"""When notices go out by e-mail."""

from __future__ import annotations

from django_tasks import task

from jobs.periodic import every
from people import mail


@task()
def send_notices() -> None:
    mail.send_due()


@every(20, "e-mail notices", is_due=mail.is_due)
def email_notices() -> None:
    send_notices.enqueue()
