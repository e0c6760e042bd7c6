"""What keeps the tables of sign-ins small."""

from __future__ import annotations

from axes.handlers.proxy import AxesProxyHandler
from django.core.management import call_command

from jobs.periodic import every


@every(86_400, "forget old sign-ins")
def forget_old_sign_ins() -> None:
    """Drop sessions that have ended and what axes noted more than three months ago."""
    call_command("clearsessions")
    AxesProxyHandler.reset_logs(age_days=90)
