"""Looking at open workflows until each is settled.

The only place that polls the API. Pages and imports read the table. A look is claimed by
moving `next_poll_at` with a conditional UPDATE, so two workers never ask twice, and a
workflow that breaks the look has already been pushed away.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.utils import timezone

from cleanlist_api.budget import Lane
from cleanlist_api.errors import ApiError, BadReply, NotFound, Rejected
from cleanlist_api.records import EnrichmentStatus
from cleanlist_api.transport import Patience
from connections.services import client
from enrichment.models import Workflow

log = logging.getLogger(__name__)

# The next round comes in a second, so one look tries once and does not wait for the budget.
PATIENCE = Patience(attempts=1, deadline=10)
SHORTEST, LONGEST, AFTER_A_DAY = 3.0, 60.0, 600.0
DAY = timedelta(days=1)
# A new workflow may not be visible at once; five looks span more than a minute.
LOOKS_BEFORE_LOST = 5
LOST = (
    "Cleanlist no longer knows this enrichment, so its result and its final credits can't "
    "be read. Compare the credit balance."
)
STALE = "Not finished after 24 hours. The portal still looks every ten minutes."


def is_any_open() -> bool:
    """Whether some enrichment has not ended."""
    return Workflow.objects.open().exists()


def poll_due(limit: int = 5) -> int:
    """Look at up to `limit` open workflows whose time has come; return how many were read.

    Never raises. Stops the round when the API or the budget says wait: the next workflow
    would hear the same.
    """
    looks = 0
    for workflow in Workflow.objects.due()[:limit]:
        if not _claim(workflow):
            continue
        try:
            api = client(Lane.POLL, PATIENCE)
            record(workflow, api.enrichment_status(workflow.workflow_id))
            looks += 1
        except ApiError as error:
            if not _is_about_this_one(error):
                _postpone(workflow, error)
                break
            _count_failure(workflow, error)
        except Exception:
            log.exception("Looking at %s failed", workflow.workflow_id)
    return looks


def interval(age: timedelta, failures: int = 0) -> timedelta:
    """How long until the next look: 3 s for a young workflow, growing to a minute."""
    if age >= DAY:
        return timedelta(seconds=AFTER_A_DAY)
    seconds = min(max(age.total_seconds() / 10, SHORTEST), LONGEST)
    return timedelta(seconds=min(seconds * 2 ** min(failures, 5), AFTER_A_DAY))


def record(workflow: Workflow, status: EnrichmentStatus) -> None:
    """Store what the API said; settle the credits once it says the workflow is over."""
    now = timezone.now()
    workflow.status = status.status
    for field in ("total", "processed", "completed", "failed", "emails_found", "phones_found"):
        value = getattr(status, field)
        if value is not None:
            setattr(workflow, field, value)
    workflow.credits_charged = status.credits_charged
    workflow.credits_refunded = status.credits_refunded
    workflow.refund_status = status.refund_status or ""
    workflow.refund_message = status.refund_message or ""
    workflow.last_polled_at = now
    workflow.poll_failures = 0
    workflow.problem = STALE if now - workflow.created_at >= DAY else ""
    if status.is_over:
        _settle(workflow, now)
    workflow.save()


def _settle(workflow: Workflow, now: datetime) -> None:
    """The API leaves `credits_refunded` out when there is nothing to say; what was reserved
    and not charged has come back."""
    workflow.ended_at = now
    workflow.problem = ""
    if workflow.credits_refunded is None and workflow.credits_charged is not None:
        unused = workflow.credits_reserved - workflow.credits_charged
        workflow.credits_refunded = max(unused, 0)


def _claim(workflow: Workflow) -> bool:
    now = timezone.now()
    later = now + interval(now - workflow.created_at, workflow.poll_failures)
    seen = workflow.next_poll_at
    workflow.next_poll_at = later
    still_due = Workflow.objects.open().filter(pk=workflow.pk, next_poll_at=seen)
    return still_due.update(next_poll_at=later) == 1


def _is_about_this_one(error: ApiError) -> bool:
    return isinstance(error, NotFound | BadReply | Rejected)


def _postpone(workflow: Workflow, error: ApiError) -> None:
    """The API did not get to answer: look again soon, hold nothing against the workflow."""
    soon = timezone.now() + timedelta(seconds=max(error.retry_after or 0, SHORTEST))
    Workflow.objects.filter(pk=workflow.pk).update(next_poll_at=soon)


def _count_failure(workflow: Workflow, error: ApiError) -> None:
    workflow.last_polled_at = timezone.now()
    workflow.poll_failures += 1
    if workflow.poll_failures >= LOOKS_BEFORE_LOST:
        if isinstance(error, NotFound):
            workflow.ended_at = workflow.last_polled_at
            workflow.problem = LOST
        else:
            workflow.problem = f"The last answer could not be read: {error.problem}"
    workflow.save(update_fields=["last_polled_at", "poll_failures", "ended_at", "problem"])
