"""JSON as the API may send it, and nothing that only looks like it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from cleanlist_api.errors import BadReply
from cleanlist_api.fields import Fields

_LONGEST_NUMBER = 30


def parse(body: bytes) -> object:
    """Return the JSON value of a body; raise `ValueError` where it is not plain JSON.

    Not plain: NaN, infinities, numbers of absurd length, a key twice, text after the end,
    nesting that no reply of the API has.
    """
    try:
        return json.loads(
            body.decode("utf-8-sig"),
            parse_constant=_refuse,
            parse_int=_whole,
            parse_float=_finite,
            object_pairs_hook=_without_twins,
        )
    except RecursionError:
        raise ValueError("nested too deep") from None


def fields(body: bytes, *, is_write: bool) -> Fields:
    """Return a success's JSON object. Raises `BadReply`; a write's outcome is then unknown."""
    try:
        payload = parse(body)
    except ValueError:
        payload = None
    if isinstance(payload, Mapping):
        return Fields(payload)
    raise BadReply(
        "The Cleanlist API gave an answer that can't be read.",
        code="unreadable",
        retryable=True,
        outcome_unknown=is_write,
    )


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is not JSON")


def _whole(digits: str) -> int:
    if len(digits) > _LONGEST_NUMBER:
        raise ValueError("a number of absurd length")
    return int(digits)


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("a number without end")
    return number


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    payload = dict(pairs)
    if len(payload) != len(pairs):
        raise ValueError("a key twice")
    return payload
