"""Quotes: a signed price for one exact operation, good once and for five minutes.

Codes `quote_expired` and `quote_mismatch` (400), `quote_used` (409) and `quote_required`
(400) are sandbox choices; `spend_cap_exceeded` (400) is the documented one.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import sqlite3
from dataclasses import dataclass

from sandbox import errors
from sandbox.auth import ApiRequest
from sandbox.errors import ApiFault

TTL = 300


@dataclass(frozen=True)
class Operation:
    """What a quote is bound to; two equal operations may use each other's quotes."""

    tool: str
    target: str  # the canonical list, filters or cohort
    row_count: int
    extra: str  # canonical JSON of scope, type, agent, data points …


def canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), default=str)


def digest(value: object) -> str:
    """A stable 16-digit digest of a filter, list or cohort; `none` when there is none."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()[:16] if value else "none"


def issue(request: ApiRequest, operation: Operation, cost: int) -> tuple[str, int]:
    """A new quote: its id and the epoch second at which it expires."""
    now = request.clock.now
    bound = _bound(request, operation)
    key = f"quote:{request.seed}:{secrets.token_hex(8)}".encode()
    signature = hmac.new(key, bound.encode(), hashlib.sha256).hexdigest()[:40]
    quote_id = f"qte_v1_{int(now)}_{signature}"
    request.db.execute(
        "INSERT INTO quotes (quote_id, bound, cost, issued) VALUES (?, ?, ?, ?)",
        (quote_id, bound, cost, now),
    )
    return quote_id, int(now) + TTL


def redeem(request: ApiRequest, quote_id: str, operation: Operation, cost: int) -> None:
    """Use a quote up for `operation`, which now costs `cost`; raises when it does not fit."""
    row = request.db.execute("SELECT * FROM quotes WHERE quote_id = ?", (quote_id,)).fetchone()
    if row is None:
        raise _refused("quote_mismatch", "This quote was not issued here, or was altered.")
    if request.clock.now >= row["issued"] + TTL:
        raise _refused("quote_expired", "The quote is older than five minutes.")
    if row["is_used"]:
        raise _refused("quote_used", "The quote has been used already.", status=409)
    _check_fit(request, row, operation, cost)
    request.db.execute("UPDATE quotes SET is_used = 1 WHERE quote_id = ?", (quote_id,))


def require(quote_id: str | None) -> str:
    if quote_id is None:
        raise _refused("quote_required", "This operation needs a quote.")
    return quote_id


def _check_fit(request: ApiRequest, row: sqlite3.Row, operation: Operation, cost: int) -> None:
    if row["bound"] == _bound(request, operation):
        return
    then = json.loads(row["bound"])
    same = {**then, "row_count": operation.row_count}
    if cost > row["cost"] and canonical(same) == _bound(request, operation):
        raise errors.invalid(
            f"This now costs {cost} credits and the quote covers {row['cost']}.",
            code="spend_cap_exceeded",
            fix="Ask for a new estimate.",
            estimated_cost_credits=cost,
        )
    raise _refused("quote_mismatch", "The quote was issued for a different operation.")


def _bound(request: ApiRequest, operation: Operation) -> str:
    return canonical({**vars(operation), "organization_id": request.organization_id})


def _refused(code: str, problem: str, *, status: int = 400) -> ApiFault:
    return ApiFault(status, code, problem, fix="Ask for a new estimate.")
