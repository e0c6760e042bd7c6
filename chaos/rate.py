"""The rate limits: never over them, hardly under them, and people first.

Eight real processes (two of the web server, six workers) under one key, the sandbox counting
30 calls a minute for the key and 60 for its organization. A large import runs while a person
asks for pages anew; then a smaller one that enriches. Every figure is taken from the
sandbox's own log. Last, as a control, the same without a budget.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from chaos import agreement, traffic
from chaos.crew import Crew, free_port
from chaos.invariants import Books, broken_promises
from chaos.place import Place
from chaos.traffic import Call
from chaos.visitor import Visitor
from chaos.worker import Job, account_of, checked, patient_worker, started

PER_KEY, PER_ORGANIZATION = 30, 60
WORKERS, WEB_WORKERS = 6, 2
CHUNK_ROWS = 600
# What must hold.
LEAST_USED, LONGEST_WAIT, MOST_TIME, MOST_ERROR = 0.95, 4.0, 1.05, 0.10
# An import has ended well before this many seconds a call.
PATIENCE = 6.0
OVER = {"finished", "finished_with_skips", "failed", "cancelled", "paused"}
TIMES = "SELECT started_at, sent_at, forecast_at FROM imports_run WHERE id = {run}"


@dataclass(frozen=True)
class Trial:
    """One import of `chunks` calls beside a person, `enrichment` as the API names it."""

    title: str
    chunks: int
    enrichment: str = "off"


LARGE = Trial("large", 160)
ENRICHED = Trial("enriched", 25, "partial")
SHORT = Trial("short", 35)


@dataclass(frozen=True)
class Outcome:
    """What came of a trial; times in seconds since the epoch."""

    trial: Trial
    calls: list[Call]
    started: float
    sent: float
    forecast: float
    waits: list[float]
    put_off: int
    load: float
    broken: list[str]
    sums: dict[str, agreement.Sums]

    @property
    def seconds(self) -> float:
        return self.sent - self.started

    @property
    def meanwhile(self) -> list[Call]:
        return traffic.between(self.calls, self.started, self.sent)

    @property
    def used(self) -> float:
        """Calls of all lanes over the allowance of the time."""
        return len(self.meanwhile) / (self.seconds / traffic.MINUTE * PER_KEY)

    @property
    def over_floor(self) -> float:
        """The time over that of the same number of calls, people's too, at 30 a minute."""
        return self.seconds / (len(self.meanwhile) / PER_KEY * traffic.MINUTE)

    @property
    def forecast_error(self) -> float:
        return abs(self.sent - self.forecast) / self.seconds


def main(asked: argparse.Namespace, folder: Path) -> int:
    """Run the trials and the control; print the figures; 0 if all is as it must be."""
    place = Place(folder, **_environ())
    place.sandbox.speed(1)
    place.sandbox.enforce_limits(PER_KEY, PER_ORGANIZATION)
    problems = []
    try:
        with _crew(place) as crew:
            for trial in [SHORT] if asked.short else [LARGE, ENRICHED]:
                outcome = _tried(place, crew, trial, asked.seed)
                _print(outcome)
                problems += judged(outcome, is_long=not asked.short)
        problems += _control(place)
    finally:
        place.close()
    for sentence in problems:
        print(f"BROKEN {sentence}")
    return 1 if problems else 0


def judged(outcome: Outcome, *, is_long: bool = True) -> list[str]:
    """One sentence for each thing that is not as it must be.

    A short import is over before the rate of its calls says anything.
    """
    calls = outcome.calls
    rules = [
        (traffic.most_of_a_key(calls) <= PER_KEY, "more calls of a key than allowed"),
        (traffic.most_in_a_minute(calls) <= PER_ORGANIZATION, "too many of an organization"),
        (traffic.refused(calls) == 0, "the API refused calls"),
        (traffic.percentile(outcome.waits, 0.95) <= LONGEST_WAIT, "a person waited too long"),
        (outcome.used >= LEAST_USED or not is_long, "too little of the allowance was used"),
        (outcome.over_floor <= MOST_TIME or not is_long, "the import took too long"),
        (outcome.forecast_error <= MOST_ERROR or not is_long, "the forecast was wrong"),
    ]
    broken = [words for is_kept, words in rules if not is_kept] + outcome.broken
    return [f"{outcome.trial.title}: {words}" for words in broken]


def _environ() -> dict[str, str]:
    return {
        "CHUNK_MAX_ROWS": str(CHUNK_ROWS),
        "RATE_PER_KEY": str(PER_KEY),
        "RATE_PER_ORGANIZATION": str(PER_ORGANIZATION),
        "WEB_WORKERS": str(WEB_WORKERS),
        "PORT": str(free_port()),
        "LOG_LEVEL": "ERROR",
    }


@contextmanager
def _crew(place: Place) -> Iterator[Crew]:
    crew = Crew(place, patient_worker, WORKERS)
    try:
        place.forked(_learn_organization)
        yield crew
    finally:
        crew.dismiss()


def _learn_organization() -> bool:
    from connections import services as connections

    return connections.whoami(refresh=True).problem is None


def _tried(place: Place, crew: Crew, trial: Trial, seed: int) -> Outcome:
    job = Job(trial.title, trial.chunks * CHUNK_ROWS, place.folder, trial.enrichment)
    job.write()
    books = Books(place.sandbox)
    place.forked(lambda: checked(job))
    pages = [f"/lists/{each['list_id']}/" for each in place.sandbox.lists()[:5]]
    visitor = Visitor(crew.origin, crew.cookie, ["/lists/", *pages], seed)
    visitor.start()
    run: int = place.forked(lambda: started(job))
    load = _wait_for_end(place, run, trial.chunks * PATIENCE + traffic.MINUTE)
    visitor.leave()
    ours = place.forked(lambda: account_of(run))
    chunks = trial.chunks if trial.enrichment != "off" else 0
    sums = agreement.everywhere(place, crew, run, ours, books)
    broken = broken_promises(job, chunks, ours, books) + agreement.disagreements(sums)
    started_at, sent_at, forecast_at = _times(place, run)
    return Outcome(
        trial,
        traffic.calls_of(books.entries()),
        started_at,
        sent_at,
        forecast_at,
        visitor.waits,
        visitor.put_off,
        load,
        broken + visitor.problems,
        sums,
    )


def _wait_for_end(place: Place, run: int, seconds: float) -> float:
    """Wait until the run is over; return the highest load of the machine meanwhile."""
    end, load = time.monotonic() + seconds, 0.0
    while time.monotonic() < end:
        load = max(load, os.getloadavg()[0])
        [(state,)] = place.query(f"SELECT state FROM imports_run WHERE id = {run}")
        if state in OVER:
            break
        time.sleep(1.0)
    return load


def _times(place: Place, run: int) -> list[float]:
    [row] = place.query(TIMES.format(run=run))
    return [datetime.fromisoformat(each).replace(tzinfo=UTC).timestamp() for each in row]


def _print(outcome: Outcome) -> None:
    calls, waits = outcome.calls, outcome.waits
    csv = sum("csv-import" in call.path for call in outcome.meanwhile)
    p50, p95 = (traffic.percentile(waits, share) for share in (0.5, 0.95))
    rows: dict[str, Any] = {
        "import": f"{outcome.trial.chunks * CHUNK_ROWS:,} rows in {csv} calls, enrichment "
        f"{outcome.trial.enrichment}; load up to {outcome.load:.1f}",
        "most calls in 60 s": f"{traffic.most_of_a_key(calls)} of the key, "
        f"{traffic.most_in_a_minute(calls)} of the organization",
        "429 answers": traffic.refused(calls),
        "allowance used": f"{outcome.used:.1%}",
        "a person waits": f"p50 {p50:.1f} s, p95 {p95:.1f} s, max {max(waits, default=0):.1f} "
        f"s; {len(waits)} looks, {outcome.put_off} put off",
        "time": f"{outcome.seconds:.0f} s, {outcome.over_floor:.3f} of the floor of "
        f"{len(outcome.meanwhile)} calls",
        "forecast": f"{outcome.forecast - outcome.started:.0f} s, "
        f"{outcome.forecast_error:.1%} off",
        "sums": ", ".join(f"{k} {v.rows}/{v.credits}" for k, v in outcome.sums.items()),
    }
    print(outcome.trial.title)
    for name, value in rows.items():
        print(f"  {name:<20} {value}", flush=True)


def _control(place: Place) -> list[str]:
    """Workers without a budget must be found out by the same log."""
    job = Job("unlimited", 2 * PER_KEY * CHUNK_ROWS, place.folder, "off")
    job.write()
    books = Books(place.sandbox)
    crew = Crew(place, _unlimited_worker, 2)
    try:
        place.forked(lambda: started(job))
        end = time.monotonic() + traffic.MINUTE / 2
        while time.monotonic() < end and not traffic.refused(_calls(books)):
            time.sleep(0.5)
    finally:
        crew.dismiss()
    most, refused = traffic.most_of_a_key(_calls(books)), traffic.refused(_calls(books))
    print(f"without a budget: {most} calls in 60 s, {refused} refused; has to be found out")
    return [] if most > PER_KEY and refused else ["workers without a budget passed"]


def _calls(books: Books) -> list[Call]:
    return traffic.calls_of(books.entries())


def _unlimited_worker() -> None:
    from connections.budget import DatabaseBudget

    DatabaseBudget.take = lambda *_: 0.0  # type: ignore[method-assign]
    DatabaseBudget.hold = lambda *_: None  # type: ignore[method-assign]
    patient_worker()
