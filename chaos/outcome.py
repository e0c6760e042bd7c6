"""What came of an import beside a person: its figures, and what they must be."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from chaos import traffic
from chaos.agreement import Sums
from chaos.traffic import Call

PER_KEY, PER_ORGANIZATION = 30, 60
LEAST_USED, LONGEST_WAIT, MOST_TIME, MOST_ERROR = 0.95, 4.0, 1.05, 0.10
# Fewer calls say little about a rate: the first ones go at once.
LEAST_CALLS = 50


@dataclass(frozen=True)
class Trial:
    """One import of `chunks` csv-import calls, `enrichment` as the API names it."""

    title: str
    chunks: int
    enrichment: str = "off"

    @property
    def calls(self) -> int:
        """The fewest calls it takes: one a chunk, and a quote for each that enriches."""
        return self.chunks if self.enrichment == "off" else 2 * self.chunks


@dataclass(frozen=True)
class Outcome:
    """Times in seconds since the epoch; `calls` and `waits` from the start to the end, the
    enrichment's included; `lanes`: calls by lane until the last chunk was answered."""

    trial: Trial
    calls: list[Call]
    lanes: Counter[str]
    started: float
    sent: float
    forecast: float
    waits: list[float]
    put_off: int
    load: float
    broken: list[str]
    sums: dict[str, Sums]

    @property
    def seconds(self) -> float:
        return self.sent - self.started

    @property
    def meanwhile(self) -> int:
        """Calls of all lanes until the last chunk was answered."""
        return len(traffic.between(self.calls, self.started, self.sent))

    @property
    def used(self) -> float:
        """Calls of all lanes over the allowance of the time."""
        return self.meanwhile / (self.seconds / traffic.MINUTE * PER_KEY)

    @property
    def over_floor(self) -> float:
        """The time over what the fewest calls take at 30 a minute; calls that people and
        polls made meanwhile are among them, for they come first."""
        others = self.lanes.total() - self.lanes["import"]
        return self.seconds / ((self.trial.calls + others) / PER_KEY * traffic.MINUTE)

    @property
    def forecast_error(self) -> float:
        return abs(self.sent - self.forecast) / self.seconds


def judged(outcome: Outcome) -> list[str]:
    """One sentence for each thing that is not as it must be."""
    calls = outcome.calls
    rules = [
        (traffic.most_of_a_key(calls) <= PER_KEY, "more calls of a key than allowed"),
        (traffic.most_in_a_minute(calls) <= PER_ORGANIZATION, "too many of an organization"),
        (traffic.refused(calls) == 0, "the API refused calls"),
        (traffic.percentile(outcome.waits, 0.95) <= LONGEST_WAIT, "a person waited too long"),
    ]
    if outcome.meanwhile >= LEAST_CALLS:
        rules += [
            (outcome.used >= LEAST_USED, "too little of the allowance was used"),
            (outcome.over_floor <= MOST_TIME, "the import took too long"),
            (outcome.forecast_error <= MOST_ERROR, "the forecast was wrong"),
        ]
    broken = [words for is_kept, words in rules if not is_kept] + outcome.broken
    return [f"{outcome.trial.title}: {words}" for words in broken]


def figures(outcome: Outcome) -> dict[str, str]:
    """Name and value of each line to print."""
    calls, waits = outcome.calls, outcome.waits
    p50, p95 = (traffic.percentile(waits, share) for share in (0.5, 0.95))
    lanes = ", ".join(f"{count} {lane}" for lane, count in sorted(outcome.lanes.items()))
    return {
        "calls while sending": f"{outcome.meanwhile}: {lanes}; load up to {outcome.load:.1f}",
        "most in 60 s": f"{traffic.most_of_a_key(calls)} of the key, "
        f"{traffic.most_in_a_minute(calls)} of the organization",
        "429 answers": f"{traffic.refused(calls)}",
        "allowance used": f"{outcome.used:.1%}",
        "time": f"{outcome.seconds:.0f} s, {outcome.over_floor:.3f} of the floor",
        "forecast": f"{outcome.forecast - outcome.started:.0f} s, "
        f"{outcome.forecast_error:.1%} off",
        "a person waits": f"p50 {p50:.1f} s, p95 {p95:.1f} s, at most "
        f"{max(waits, default=0):.1f} s; {len(waits)} looks, {outcome.put_off} put off",
        "rows/credits": ", ".join(
            f"{place} {sums.rows}/{sums.credits}" for place, sums in outcome.sums.items()
        ),
    }
