"""Whether to ask again, and how long to wait first. Pure: no sleep, no clock, no network."""

from __future__ import annotations

from cleanlist_api.errors import ApiError, OverBudget

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 8.0
# A 429 that does not say how long: the API counts in windows of a minute.
RATE_WINDOW = 60.0


def is_rate_limit(error: ApiError) -> bool:
    """True for the API's own "too many calls": a wait, not a failure."""
    return error.status == 429


def may_retry(error: ApiError, *, repeatable: bool) -> bool:
    """Say whether the same call may be sent again.

    `repeatable`: a read, or a write with an idempotency key. Without one, a write whose
    outcome is unknown is never sent twice. The API's own `retryable` is in the error.
    """
    if isinstance(error, OverBudget):
        return False
    if error.outcome_unknown and not repeatable:
        return False
    return error.retryable


def pause(error: ApiError, failures: int, chance: float) -> float:
    """Return the seconds to wait after the given number of failures, 1 or more.

    The API's word wins; else 0.5 s doubling to 8 s, of which `chance` (0 to 1) takes up to
    half away, so that processes do not come back together.
    """
    if error.retry_after:
        return error.retry_after
    if is_rate_limit(error) and error.retry_after is None:
        return RATE_WINDOW
    steps = min(max(failures, 1) - 1, 10)
    full = min(FIRST_PAUSE * 2.0**steps, LONGEST_PAUSE)
    return full * (1 - 0.5 * chance)
