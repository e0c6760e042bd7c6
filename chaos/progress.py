"""How far a part is, as it counts itself and as the process that started it reads it."""

from __future__ import annotations

import ctypes
from multiprocessing.sharedctypes import RawValue


class Progress(ctypes.Structure):
    """`cases` tried of about `expected` (0: not known yet), of which `broken` broke a promise;
    `controls` tried, of which `found_out` were."""

    NAMES = ("expected", "cases", "broken", "controls", "found_out")
    _fields_ = [(name, ctypes.c_int64) for name in NAMES]
    expected: int
    cases: int
    broken: int
    controls: int
    found_out: int

    def expect(self, cases: int) -> None:
        self.expected += cases

    def case(self, *, is_broken: bool) -> None:
        self.cases += 1
        self.broken += is_broken

    def control(self, *, is_found_out: bool) -> None:
        self.controls += 1
        self.found_out += is_found_out

    def __str__(self) -> str:
        of = f" of {self.expected}" if self.expected > self.cases else ""
        return f"{self.cases}{of}" + (f", {self.broken} broken" if self.broken else "")


def shared() -> Progress:
    """One that processes forked from now on share with this one."""
    made: Progress = RawValue(Progress)
    return made
