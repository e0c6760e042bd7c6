"""Every way a call can fail.

ApiError
├── Unreachable          no answer: refused, timed out, cut
├── Busy                 429, 503: later is better
│   ├── OverBudget       our own rate budget said wait; nothing was sent
│   └── ServerFault      500, 502, 504: the API itself failed
├── NotSignedIn          401: the key is wrong, revoked or expired
├── NotAllowed           403: the key may not do this
│   └── ListProtected    403 list_protected
├── OutOfCredits         400 insufficient_credits, legacy 402
├── NotFound             404: not there, or not visible to this key
├── Conflict             409
├── TooLarge             413
├── Rejected             400, 422: the API did not accept what was sent
│   ├── QuoteRefused     quote expired, used, mismatched, missing or overspent
│   └── MissingColumn    400 missing_column
├── NeverEnds            pages that lead back, or more of them than there are
└── BadReply             an answer that can't be read or lacks a field

`outcome_unknown` is true where a write may have taken effect although no proof of it came
back: the caller repeats it with the same idempotency key or looks before it repeats it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class ApiError(Exception):
    """A call to the API that brought no result. See the tree above.

    `problem` is a sentence a person may read; `retry_after` is in seconds; `details` holds
    what else the API said, never a secret.
    """

    # What `retryable` is where the API does not say.
    retryable_by_nature = False

    def __init__(
        self,
        problem: str,
        *,
        code: str = "",
        status: int | None = None,
        request_id: str | None = None,
        fix: str | None = None,
        retryable: bool | None = None,
        retry_after: float | None = None,
        outcome_unknown: bool = False,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(problem)
        self.problem = problem
        self.code = code
        self.status = status
        self.request_id = request_id
        self.fix = fix
        self.retryable = self.retryable_by_nature if retryable is None else retryable
        self.retry_after = retry_after
        self.outcome_unknown = outcome_unknown
        self.details: dict[str, Any] = dict(details or {})

    def __str__(self) -> str:
        request = f" [{self.request_id}]" if self.request_id else ""
        return f"{self.problem}{request}"


class Unreachable(ApiError):
    """No answer, or a cut one. A write's outcome is unknown unless nothing was sent."""

    retryable_by_nature = True


class Busy(ApiError):
    """The API asks to come back later. Nothing was done."""

    retryable_by_nature = True


class OverBudget(Busy):
    """Our own rate budget has no slot soon enough. Nothing was sent."""


class ServerFault(Busy):
    """The API failed while answering. A write's outcome is unknown."""


class NotSignedIn(ApiError):
    """The API does not know the key."""


class NotAllowed(ApiError):
    """The key lacks a scope, the plan lacks a feature, or the thing belongs to another.

    `details` may hold `required` and `granted` scopes.
    """


class ListProtected(NotAllowed):
    """The list is protected: it can't be renamed or deleted."""


class OutOfCredits(ApiError):
    """Too few credits. Nothing was done, nothing charged."""

    @property
    def needed(self) -> float | None:
        return self._credits("estimated_cost_credits")

    @property
    def available(self) -> float | None:
        return self._credits("available_credits")

    @property
    def shortfall(self) -> float | None:
        return self._credits("shortfall_credits")

    def _credits(self, name: str) -> float | None:
        amount = self.details.get(name)
        is_number = isinstance(amount, (int, float)) and not isinstance(amount, bool)
        return amount if is_number else None


class NotFound(ApiError):
    """Nothing there, or nothing this key may see."""


class Conflict(ApiError):
    """Another call is at the same thing, or was."""


class TooLarge(ApiError):
    """More than the API takes in one call. Nothing was done."""


class Rejected(ApiError):
    """The API did not accept what was sent. Nothing was done."""

    @property
    def fields(self) -> dict[str, str]:
        """What is wrong, by the path of the field: {"name": "String should have …"}."""
        fields = self.details.get("fields")
        return dict(fields) if isinstance(fields, Mapping) else {}


class QuoteRefused(Rejected):
    """The quote no longer stands, is not for this, or is missing. Nothing was charged."""


class MissingColumn(Rejected):
    """The mapping names a column that the CSV does not have."""


class NeverEnds(ApiError):
    """Reading page by page would come to no end. What was asked for was only read."""


class BadReply(ApiError):
    """An answer that is not what the API promises. `path` names the field, "" the whole.

    A write's outcome is unknown: the API may well have done it.
    """

    def __init__(self, problem: str, *, path: str = "", **known: Any) -> None:
        super().__init__(problem, **known)
        self.path = path
