"""Reading a reply field by field: the right type, or a `BadReply` that names the path."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NoReturn, TypeVar

from cleanlist_api.errors import BadReply

T = TypeVar("T")
# JSON numbers are exact up to here; no whole number past the other is a count.
LARGEST = 2**53
LARGEST_COUNT = 2**31 - 1
# What a caller can rely on to store. An id that is longer is refused: cut, it would be
# another's. Names and words are cut.
LONGEST_ID = 100
LONGEST_NAME = 200
LONGEST_WORD = 40
UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")
# What can't be one part of an address: a page of ours is made from the ids of lists and leads.
NO_PART_OF_A_PATH = re.compile(r"[/\\\x00-\x1f\x7f-\x9f\ud800-\udfff]|\A\.{0,2}\Z")
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]|\A\Z")
# Far enough from the ends of the calendar for every zone of time.
EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)


def storable(text: str) -> str:
    """Return text without what no database takes: NUL and halves of a character."""
    return UNSTORABLE.sub("\ufffd", text)


@dataclass(frozen=True)
class Fields:
    """One JSON object of a reply and where it stands in it."""

    payload: Mapping[str, Any]
    path: str = ""

    def text(self, name: str) -> str:
        return self._required(name, self.optional_text(name))

    def optional_text(self, name: str) -> str | None:
        value = self.payload.get(name)
        if value is not None and not isinstance(value, str):
            self.refuse(name, "should be text")
        return None if value is None else storable(value)

    def short_text(self, name: str, most: int) -> str:
        """A name or a word for a person, cut to `most` letters."""
        return self.text(name)[:most]

    def optional_short_text(self, name: str, most: int) -> str | None:
        value = self.optional_text(name)
        return None if value is None else value[:most]

    def identifier(self, name: str) -> str:
        """The id of something that has an address: what can't be part of one is refused."""
        return self._required(name, self.optional_identifier(name))

    def optional_identifier(self, name: str) -> str | None:
        value = self.optional_opaque(name)
        if value is not None and NO_PART_OF_A_PATH.search(value):
            self.refuse(name, "can't be part of an address")
        return value

    def opaque(self, name: str, most: int = LONGEST_ID) -> str:
        """What is only handed back: whatever it holds, but no control characters."""
        return self._required(name, self.optional_opaque(name, most))

    def optional_opaque(self, name: str, most: int = LONGEST_ID) -> str | None:
        value = self.payload.get(name)
        if value is None:
            return None
        if not isinstance(value, str):
            self.refuse(name, "should be text")
        if len(value) > most:
            self.refuse(name, "is too long")
        if UNPRINTABLE.search(value):
            self.refuse(name, "can't be an id")
        return value

    def integer(self, name: str) -> int:
        return self._required(name, self.optional_integer(name))

    def optional_integer(self, name: str) -> int | None:
        number = self.optional_number(name)
        if isinstance(number, float):
            self.refuse(name, "should be a whole number")
        if (self.payload.get(name) or 0) > LARGEST_COUNT:
            self.refuse(name, "is out of range")
        return number

    def number(self, name: str) -> float:
        return self._required(name, self.optional_number(name))

    def optional_number(self, name: str) -> float | None:
        """An int where the number is whole, else a float. Never negative."""
        value = self.payload.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            self.refuse(name, "should be a number")
        if not 0 <= value <= LARGEST:
            self.refuse(name, "is out of range")
        return int(value) if value == int(value) else value

    def flag(self, name: str, *, default: bool | None = None) -> bool:
        value = self.payload.get(name)
        value = default if value is None else value
        if value is not None and not isinstance(value, bool):
            self.refuse(name, "should be true or false")
        return self._required(name, value)

    def moment(self, name: str) -> datetime:
        return self._required(name, self.optional_moment(name))

    def optional_moment(self, name: str) -> datetime | None:
        """A time in UTC, from epoch seconds or ISO 8601; a naive one is UTC. What no calendar
        of every zone holds is refused."""
        value = self.payload.get(name)
        if value is None:
            return None
        try:
            moment = self._moment(name, value).astimezone(UTC)
        except (ValueError, OverflowError, OSError):
            self.refuse(name, "should be a time")
        if not EARLIEST <= moment < LATEST:
            self.refuse(name, "is out of range")
        return moment

    def _moment(self, name: str, value: object) -> datetime:
        if not isinstance(value, str):
            return datetime.fromtimestamp(self.number(name), UTC)
        moment = datetime.fromisoformat(value)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

    def texts(self, name: str) -> tuple[str, ...]:
        values = self._list(name)
        if not all(isinstance(value, str) for value in values):
            self.refuse(name, "should be a list of texts")
        return tuple(storable(value) for value in values)

    def integers(self, name: str) -> tuple[int, ...]:
        """A list of whole numbers; empty where it is missing."""
        values = self._list(name) if self.payload.get(name) is not None else []
        if not all(type(value) is int for value in values):
            self.refuse(name, "should be a list of whole numbers")
        return tuple(values)

    def counts(self, name: str) -> dict[str, int]:
        """An object of whole numbers; empty where it is missing."""
        inner = self.inner(name)
        return {storable(key): inner.integer(key) for key in inner.payload}

    def inner(self, name: str) -> Fields:
        """The object under `name`; an empty one where it is missing."""
        value = self.payload.get(name)
        value = {} if value is None else value
        if not isinstance(value, Mapping):
            self.refuse(name, "should be an object")
        return Fields(value, self._at(name))

    def rows(self, name: str) -> list[Fields]:
        """The objects of a required list."""
        values = self._list(name)
        for position, value in enumerate(values):
            if not isinstance(value, Mapping):
                self.refuse(f"{name}[{position}]", "should be an object")
        return [
            Fields(value, self._at(f"{name}[{position}]"))
            for position, value in enumerate(values)
        ]

    def refuse(self, name: str, what: str) -> NoReturn:
        """Raise the `BadReply` that names the field."""
        path = self._at(name)
        raise BadReply(f"The Cleanlist API's answer: “{path}” {what}.", path=path)

    def _list(self, name: str) -> list[Any]:
        value = self.payload.get(name)
        if not isinstance(value, list):
            self.refuse(name, "is missing" if value is None else "should be a list")
        return value

    def _required(self, name: str, value: T | None) -> T:
        if value is None:
            self.refuse(name, "is missing")
        return value

    def _at(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name
