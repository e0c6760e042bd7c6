"""What a person reads when the API failed: what happened, what it means, what next.

One entry for each kind of error; the most particular kind an error belongs to speaks. The
API's own sentence leads where it knows more than we do.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from cleanlist_api import errors
from cleanlist_api.errors import ApiError
from web.words import count

Tone = Literal["info", "warn", "bad"]
NOTHING_CHANGED = "Nothing was changed and no credits were spent."
LAST_KNOWN = "What you see is what the portal last knew."
MAYBE_CHANGED = (
    "The change may have gone through: the answer was lost. Look before you repeat it."
)


@dataclass(frozen=True)
class Notice:
    """`tone` is info (wait), warn (something is missing) or bad (someone must act)."""

    title: str
    meaning: str
    next_step: str
    request_id: str | None
    tone: Tone


@dataclass(frozen=True)
class _Words:
    title: str
    meaning: str
    next_step: str
    tone: Tone
    # The API's own sentence names the thing better than our title.
    is_told_by_api: bool = False


_WORDS: dict[type[ApiError], _Words] = {
    errors.Unreachable: _Words(
        "The Cleanlist API does not answer",
        LAST_KNOWN,
        "The portal tries again by itself. Refresh in a moment.",
        "warn",
    ),
    errors.OverBudget: _Words(
        "Waiting for a free call",
        "The portal keeps to the API's limit of calls a minute. Nothing was sent. "
        + LAST_KNOWN,
        "Refresh {soon}.",
        "info",
    ),
    errors.ServerFault: _Words(
        "The Cleanlist API has a fault",
        LAST_KNOWN,
        "Try again in a minute. If it stays, give the request id to Cleanlist.",
        "warn",
    ),
    errors.Busy: _Words(
        "The Cleanlist API is busy",
        "Nothing was done. " + LAST_KNOWN,
        "Try again {soon}.",
        "info",
    ),
    errors.NotSignedIn: _Words(
        "The Cleanlist API does not accept the key",
        "The portal can neither read nor change anything until the key is right. "
        + NOTHING_CHANGED,
        "An admin sets CLEANLIST_API_KEY to a valid key and restarts the portal.",
        "bad",
    ),
    errors.ListProtected: _Words(
        "This list is protected",
        NOTHING_CHANGED,
        "A protected list can't be renamed or deleted; leads go into it as into any other.",
        "info",
        is_told_by_api=True,
    ),
    errors.NotAllowed: _Words(
        "The key may not do this",
        NOTHING_CHANGED,
        "An admin gives the key the missing permission in Cleanlist.",
        "bad",
        is_told_by_api=True,
    ),
    errors.OutOfCredits: _Words(
        "Not enough credits",
        NOTHING_CHANGED,
        "Top up in Cleanlist under Settings, Billing, or do less at once.",
        "warn",
    ),
    errors.NotFound: _Words(
        "Not there any more",
        "It was deleted, or this key may not see it. " + NOTHING_CHANGED,
        "Go back to the lists and refresh.",
        "warn",
    ),
    errors.Conflict: _Words(
        "Another call is at the same thing",
        NOTHING_CHANGED,
        "Wait a moment and refresh.",
        "info",
        is_told_by_api=True,
    ),
    errors.TooLarge: _Words(
        "Too much for one call",
        NOTHING_CHANGED,
        "Send less at once.",
        "warn",
        is_told_by_api=True,
    ),
    errors.QuoteRefused: _Words(
        "The price no longer stands",
        NOTHING_CHANGED,
        "Ask for the price again and confirm it.",
        "warn",
        is_told_by_api=True,
    ),
    errors.Rejected: _Words(
        "The Cleanlist API did not accept this",
        NOTHING_CHANGED,
        "Correct what it names and try again.",
        "warn",
        is_told_by_api=True,
    ),
    errors.BadReply: _Words(
        "The Cleanlist API answered with something unexpected",
        "The portal did not use the answer. " + LAST_KNOWN,
        "Try again in a minute. If it stays, tell whoever runs the portal.",
        "warn",
    ),
    ApiError: _Words(
        "The Cleanlist API could not do this",
        LAST_KNOWN,
        "Try again in a minute.",
        "warn",
        is_told_by_api=True,
    ),
}


def notice(error: ApiError) -> Notice:
    """Return the words for an error: what happened, for data and credits, what next."""
    words = next(_WORDS[kind] for kind in type(error).__mro__ if kind in _WORDS)
    return Notice(
        title=words.title,
        meaning=_meaning(error, words),
        next_step=(error.fix or words.next_step).replace("{soon}", _soon(error.retry_after)),
        request_id=error.request_id,
        tone=words.tone,
    )


def _meaning(error: ApiError, words: _Words) -> str:
    if error.outcome_unknown:
        return MAYBE_CHANGED
    if isinstance(error, errors.OutOfCredits) and error.needed is not None:
        return f"{_balance(error)} {words.meaning}"
    if isinstance(error, errors.Rejected) and error.fields:
        faults = "; ".join(f"{path}: {fault}" for path, fault in error.fields.items())
        return f"{faults}. {words.meaning}"
    if words.is_told_by_api:
        return f"{error.problem.rstrip('.')}. {words.meaning}"
    return words.meaning


def _balance(error: errors.OutOfCredits) -> str:
    needed, available = error.needed or 0, error.available
    known = f", there are {available:,.10g}" if available is not None else ""
    return f"This needs {count(needed, 'credit')}{known}."


def _soon(seconds: float | None) -> str:
    if seconds is None:
        return "in a minute"
    if seconds < 90:
        return f"in {max(1, math.ceil(seconds))} s"
    return f"in {math.ceil(seconds / 60)} min"
