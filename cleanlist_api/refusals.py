"""From an answer that is not a success to one error of the tree.

Two shapes come in, `{"error": {…}}` and FastAPI's `{"detail": …}`, and bodies that are
neither. Pure: no network, no clock but the one given.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from cleanlist_api import errors
from cleanlist_api.fields import LONGEST_ID

QUOTE_CODES = frozenset(
    {
        "quote_expired",
        "quote_used",
        "quote_mismatch",
        "quote_required",
        "spend_cap_exceeded",
    }
)
# The server's wish is honoured up to a day; past that it is not a wish, it is an accident.
LONGEST_WAIT = 24 * 60 * 60.0
LONGEST_TEXT = 500

_SECRET = re.compile(r"\b(clapi|clext|clnl)_[\w-]+")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]+")

_BY_CODE: dict[str, type[errors.ApiError]] = {
    "insufficient_credits": errors.OutOfCredits,
    "list_protected": errors.ListProtected,
    "missing_column": errors.MissingColumn,
    **dict.fromkeys(QUOTE_CODES, errors.QuoteRefused),
}
_BY_STATUS: dict[int, type[errors.ApiError]] = {
    400: errors.Rejected,
    401: errors.NotSignedIn,
    402: errors.OutOfCredits,
    403: errors.NotAllowed,
    404: errors.NotFound,
    408: errors.Busy,
    409: errors.Conflict,
    410: errors.NotFound,
    413: errors.TooLarge,
    422: errors.Rejected,
    425: errors.Busy,
    429: errors.Busy,
    503: errors.Busy,
}
_PROBLEMS: dict[type[errors.ApiError], str] = {
    errors.Busy: "The Cleanlist API is busy.",
    errors.ServerFault: "The Cleanlist API had a fault of its own.",
    errors.NotSignedIn: "The Cleanlist API does not accept the key.",
    errors.NotAllowed: "The key may not do this.",
    errors.OutOfCredits: "Not enough credits.",
    errors.NotFound: "The Cleanlist API does not find this.",
    errors.Conflict: "The Cleanlist API is already at this.",
    errors.TooLarge: "This is more than the Cleanlist API takes at once.",
    errors.Rejected: "The Cleanlist API did not accept this.",
    errors.BadReply: "The Cleanlist API gave an answer that can't be read.",
}


def error_from(
    status: int,
    headers: Mapping[str, str],
    payload: object,
    *,
    is_write: bool,
    now: datetime | None = None,
) -> errors.ApiError:
    """Return the error an answer stands for.

    `payload` is the parsed JSON body, or None where there was none; `is_write` decides
    whether the outcome can be unknown. (docs/api-contract.md, "Errors")
    """
    envelope = _mapping(payload, "error")
    code = _text(envelope.get("code")) or ""
    kind = _kind(status, code)
    detail = payload.get("detail") if isinstance(payload, Mapping) else None
    if 300 <= status < 400:
        code = "redirect"
    problem = _text(envelope.get("problem")) or _text(detail) or _PROBLEMS[_root(kind)]
    return kind(
        problem,
        code=code,
        status=status,
        request_id=_request_id(envelope, headers),
        fix=_text(envelope.get("fix")),
        retryable=_flag(envelope.get("retryable")),
        retry_after=_wait(envelope, headers, now or datetime.now(UTC)),
        outcome_unknown=is_write and _may_have_happened(kind, status, bool(envelope)),
        details=_details(envelope, detail),
    )


def clean(text: str) -> str:
    """Return text from outside as one printable line of bounded length, without keys."""
    line = _UNPRINTABLE.sub(" ", text).strip()
    return _SECRET.sub(r"\1_…", line)[:LONGEST_TEXT]


def seconds_from(header: str | None, now: datetime) -> float | None:
    """Read a Retry-After header: seconds or an HTTP date. Nonsense is None."""
    if not header:
        return None
    try:
        return _bounded(float(header))
    except ValueError:
        pass
    try:
        moment = parsedate_to_datetime(header)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return _bounded(max(0.0, (moment - now).total_seconds()))


def _request_id(envelope: Mapping[str, Any], headers: Mapping[str, str]) -> str | None:
    told = _text(envelope.get("request_id")) or _text(headers.get("X-Request-ID"))
    return told[:LONGEST_ID] if told else None


def _kind(status: int, code: str) -> type[errors.ApiError]:
    if 400 <= status < 500 and code in _BY_CODE:
        return _BY_CODE[code]
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if status >= 500:
        return errors.ServerFault
    return errors.Rejected if status >= 400 else errors.BadReply


def _root(kind: type[errors.ApiError]) -> type[errors.ApiError]:
    return next(base for base in kind.__mro__ if base in _PROBLEMS)


def _may_have_happened(kind: type[errors.ApiError], status: int, has_envelope: bool) -> bool:
    """A 503 or 408 without the API's envelope comes from a proxy that may have let it by."""
    if issubclass(kind, (errors.ServerFault, errors.BadReply)):
        return True
    return status in {408, 503} and not has_envelope


def _wait(
    envelope: Mapping[str, Any], headers: Mapping[str, str], now: datetime
) -> float | None:
    """The longer of the two waits the API may give, in seconds."""
    ms = envelope.get("retry_after_ms")
    is_number = isinstance(ms, (int, float)) and not isinstance(ms, bool)
    in_body = _bounded(float(ms) / 1000) if ms is not None and is_number else None
    in_header = seconds_from(headers.get("Retry-After"), now)
    return max((wait for wait in (in_body, in_header) if wait is not None), default=None)


def _bounded(seconds: float) -> float | None:
    if not math.isfinite(seconds) or seconds < 0:
        return None
    return min(seconds, LONGEST_WAIT)


def _details(envelope: Mapping[str, Any], detail: object) -> dict[str, Any]:
    details: dict[str, Any] = {}
    said = envelope.get("details")
    if isinstance(said, Mapping):
        details.update(said)
    for name in ("estimated_cost_credits", "available_credits", "shortfall_credits", "cause"):
        if envelope.get(name) is not None:
            details[name] = envelope[name]
    if isinstance(detail, list):
        details["fields"] = _fields(detail)
    return details


def _fields(detail: list[Any]) -> dict[str, str]:
    """FastAPI's list of faults by field: [{"loc": ["body", "name"], "msg": …}]."""
    fields = {}
    for fault in detail:
        if isinstance(fault, Mapping) and isinstance(fault.get("loc"), list):
            path = ".".join(str(part) for part in fault["loc"][1:] or fault["loc"])
            fields[clean(path)] = clean(str(fault.get("msg", "")))
    return fields


def _mapping(payload: object, name: str) -> Mapping[str, Any]:
    inner = payload.get(name) if isinstance(payload, Mapping) else None
    return inner if isinstance(inner, Mapping) else {}


def _text(value: object) -> str | None:
    return clean(value) or None if isinstance(value, str) else None


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None
