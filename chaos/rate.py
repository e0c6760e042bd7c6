"""The rate limits: never over them, hardly under them, and people first.

Eight real processes (two of the web server, six workers) under one key, the sandbox counting
30 calls a minute for the key and 60 for its organization. A large import runs while a person
asks for pages anew; then a smaller one that enriches. Every figure of calls is taken from the
sandbox's own log. Last, as a control, the same without a budget.
"""

from __future__ import annotations

import argparse
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from chaos import agreement, traffic
from chaos.crew import Crew, free_port
from chaos.invariants import Books, broken_promises
from chaos.outcome import PER_KEY, PER_ORGANIZATION, Outcome, Trial, figures, judged
from chaos.place import Place
from chaos.progress import Progress
from chaos.visitor import Visitor
from chaos.worker import Job, account_of, checked, patient_worker, started

WORKERS, WEB_WORKERS = 6, 2
CHUNK_ROWS = 600
LARGE, ENRICHED = Trial("large", 150), Trial("enriched", 20, "partial")
SHORT = Trial("short", 31)
# The person is there before the import is.
BEFORE = 60.0
# Seconds a call after which an import is no longer waited for: calls, and polls of them.
PATIENCE = {"off": 4.0, "partial": 20.0}
OVER = {"finished", "finished_with_skips", "not_as_approved", "failed", "cancelled", "paused"}
STATE = "SELECT state FROM imports_run WHERE id = {run}"
TIMES = "SELECT started_at, sent_at, forecast_at FROM imports_run WHERE id = {run}"
LANES = "SELECT lane FROM connections_ratedcall WHERE at BETWEEN {begin} AND {end}"


def main(asked: argparse.Namespace, folder: Path, progress: Progress) -> int:
    """Run the trials and the control; print the figures; 0 if all is as it must be."""
    place = Place(folder, **_environ())
    place.sandbox.speed(1)
    place.sandbox.enforce_limits(PER_KEY, PER_ORGANIZATION)
    problems = []
    try:
        with _crew(place, patient_worker, WORKERS) as crew, _visited(place, crew) as visitor:
            place.forked(_learn_organization)
            time.sleep(0.0 if asked.short else BEFORE)
            for trial in [SHORT] if asked.short else [LARGE, ENRICHED]:
                outcome = _tried(place, crew, visitor, trial)
                _print(outcome)
                found = judged(outcome)
                progress.case(is_broken=bool(found))
                problems += found
        unlimited = _control(place)
        progress.control(is_found_out=not unlimited)
        problems += visitor.problems + unlimited
    finally:
        place.close()
    for sentence in problems:
        print(f"BROKEN {sentence}")
    return 1 if problems else 0


def alone(trial: Trial, folder: Path) -> Outcome:
    """What comes of an import that nobody disturbs."""
    place = Place(folder, **_environ())
    place.sandbox.speed(1)
    place.sandbox.enforce_limits(PER_KEY, PER_ORGANIZATION)
    try:
        with _crew(place, patient_worker, WORKERS) as crew:
            place.forked(_learn_organization)
            nobody = Visitor(crew.origin, crew.cookie, ["/lists/"])
            return _tried(place, crew, nobody, trial)
    finally:
        place.close()


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
def _crew(place: Place, worker: Callable[[], None], workers: int) -> Iterator[Crew]:
    crew = Crew(place, worker, workers)
    try:
        yield crew
    finally:
        crew.dismiss()


@contextmanager
def _visited(place: Place, crew: Crew) -> Iterator[Visitor]:
    own = [each for each in place.sandbox.lists() if each["owner_id"] == "user_owner"]
    pages = ["/lists/", *[f"/lists/{each['list_id']}/" for each in own]]
    visitor = Visitor(crew.origin, crew.cookie, pages)
    visitor.start()
    try:
        yield visitor
    finally:
        visitor.leave()


def _learn_organization() -> bool:
    from connections import services as connections

    return connections.whoami(refresh=True).problem is None


def _tried(place: Place, crew: Crew, visitor: Visitor, trial: Trial) -> Outcome:
    job = Job(trial.title, trial.chunks * CHUNK_ROWS, place.folder, trial.enrichment)
    job.write()
    books = Books(place.sandbox)
    place.forked(lambda: checked(job))
    before: int = place.forked(agreement.balance)
    looks, put_off = len(visitor.waits), visitor.put_off
    run: int = place.forked(lambda: started(job))
    load = _wait_for_end(place, run, trial.chunks * PATIENCE[trial.enrichment])
    begin, end, forecast = _times(place, run)
    ours = place.forked(lambda: account_of(run))
    enrichments = trial.chunks if trial.enrichment != "off" else 0
    sums = agreement.everywhere(place, crew, run, ours, books, before)
    broken = broken_promises(job, enrichments, ours, books) + agreement.disagreements(sums)
    return Outcome(
        trial,
        traffic.calls_of(books.entries()),
        Counter(lane for (lane,) in place.query(LANES.format(begin=begin, end=end))),
        begin,
        end,
        forecast,
        visitor.waits[looks:],
        visitor.put_off - put_off,
        load,
        broken,
        sums,
    )


def _wait_for_end(place: Place, run: int, seconds: float) -> float:
    """Wait until the run is over; return the highest load of the machine meanwhile."""
    end, load = time.monotonic() + seconds + traffic.MINUTE, 0.0
    while time.monotonic() < end and place.query(STATE.format(run=run))[0][0] not in OVER:
        load = max(load, os.getloadavg()[0])
        time.sleep(1.0)
    return load


def _times(place: Place, run: int) -> list[float]:
    [row] = place.query(TIMES.format(run=run))
    return [datetime.fromisoformat(each).replace(tzinfo=UTC).timestamp() for each in row]


def _print(outcome: Outcome) -> None:
    print(f"{outcome.trial.title}: {outcome.trial.chunks * CHUNK_ROWS:,} rows")
    for name, value in figures(outcome).items():
        print(f"  {name:<20} {value}", flush=True)


def _control(place: Place) -> list[str]:
    """Workers without a budget must be found out by the same log."""
    job = Job("unlimited", 2 * PER_KEY * CHUNK_ROWS, place.folder, "off")
    job.write()
    with _crew(place, _unlimited_worker, 1):
        place.forked(lambda: started(job))
        end = time.monotonic() + traffic.MINUTE / 2
        while time.monotonic() < end and not _is_found_out(place):
            time.sleep(0.5)
    calls = traffic.calls_of(place.sandbox.ledger("request"))
    print(
        f"without a budget, to be found out: {traffic.most_of_a_key(calls)} calls in 60 s, "
        f"{traffic.refused(calls)} refused"
    )
    return [] if _is_found_out(place) else ["workers without a budget were not found out"]


def _is_found_out(place: Place) -> bool:
    calls = traffic.calls_of(place.sandbox.ledger("request"))
    return traffic.most_of_a_key(calls) > PER_KEY and traffic.refused(calls) > 0


def _unlimited_worker() -> None:
    from connections.budget import DatabaseBudget

    DatabaseBudget.take = lambda *_: 0.0  # type: ignore[method-assign]
    DatabaseBudget.hold = lambda *_: None  # type: ignore[method-assign]
    patient_worker()
