"""Refusals forged after lost answers; `python -m chaos refusals`.

The answer to a call is cut off, after or before the call takes effect, and the same call then
hears a refusal, once or until a person does something about it. However it goes, each row must
be in the list once in the end, nothing paid twice, and no page may have called a row unsent
that was in.
"""

from __future__ import annotations

import argparse
import itertools
import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chaos import report
from chaos.controls import Control
from chaos.invariants import Books, Entry, lost, twice
from chaos.place import Place
from chaos.progress import Progress
from chaos.refused import CONTROLS, asked_too_often, work_beside_a_person
from chaos.worker import Job

CHUNKS, CHUNK_ROWS = 2, 4
ENVIRON = {"CHUNK_MAX_ROWS": str(CHUNK_ROWS), "TURN_SECONDS": "600", "LOG_LEVEL": "ERROR"}
REFUSALS = {
    "insufficient_credits": 400,
    "not_authenticated": 401,
    "insufficient_scope": 403,
    "list_protected": 403,
    "not_found": 404,
    "quote_expired": 400,
    "quote_mismatch": 400,
    "quote_required": 400,
    "quote_used": 409,
    "spend_cap_exceeded": 400,
    "payload_too_large": 413,
    "validation_error": 422,
}
# How the answer before was lost: with its effect, without, or not at all.
LOST = ("cut_after", "cut_before", "")
ONCE, FOR_EVER = 1, 40
# Calls for two chunks that are refused for ever, a person acting in between.
MOST_CALLS = 20
GOOD_ENDS = {"finished", "not_as_approved"}
LINE = "{:<38} {:>7} {:>6} {:>6} {:>6} {:>8}"


@dataclass(frozen=True)
class Case:
    """What the API says, how often, and after which kind of lost answer."""

    refusal: str
    lost: str
    times: int

    def __str__(self) -> str:
        often = "once" if self.times == ONCE else "for ever"
        return f"{self.refusal} {often}, {f'after {self.lost}' if self.lost else 'at first'}"


CASES = [Case(*each) for each in itertools.product(REFUSALS, LOST, (ONCE, FOR_EVER))]


@dataclass
class Tally:
    """The cases a worker went through, each with the promises it broke, in `seconds`."""

    title: str
    control: Control | None = None
    broken: dict[Case, list[str]] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def is_found_out(self) -> bool:
        return any(self.control and self.control.does_harm(s) for s in self.broken.values())


def main(asked: argparse.Namespace, folder: Path, progress: Progress) -> int:
    """Forge every refusal, or `asked.sample` of them; 0 if nothing broke and each control was
    found out."""
    cases = CASES if asked.sample is None else sampled(asked.sample, asked.seed)
    progress.expect(len(cases))
    place = Place(folder, **ENVIRON)
    try:
        portal = Tally("the portal's, forged refusals")
        for case in _each_tried(place, portal, cases):
            progress.case(is_broken=bool(portal.broken[case]))
        faulty = []
        for control in CONTROLS:
            tally = Tally(control.name, control)
            list(_each_tried(place, tally, _shown(control)))
            progress.control(is_found_out=tally.is_found_out)
            faulty.append(tally)
    finally:
        place.close()
    if asked.sample is not None:
        print(f"sample: {len(cases)} of {len(CASES)} refusals drawn with seed {asked.seed}")
    _print([portal, *faulty])
    return report.judged([*_problems(portal), *itertools.chain(*map(_problems, faulty))])


def sampled(number: int, seed: int) -> list[Case]:
    """So many cases by chance, the refusals in turn and the kinds of lost answers in turn."""
    chance = random.Random(seed)
    refusals = chance.sample(list(REFUSALS), len(REFUSALS))
    ways = chance.sample(list(itertools.product(LOST, (ONCE, FOR_EVER))), len(LOST) * 2)
    return [
        Case(refusals[(at + at // len(refusals)) % len(refusals)], *ways[at % len(ways)])
        for at in range(min(number, len(CASES)))
    ]


def _shown(control: Control) -> list[Case]:
    """The cases in which a worker's fault shows."""
    return [case for case in CASES if str(case) == control.shows_at]


def _each_tried(place: Place, tally: Tally, cases: list[Case]) -> Iterator[Case]:
    """Go through the cases; for a worker with a fault the first harm is enough."""
    for case in cases:
        began = time.monotonic()
        tally.broken[case] = trial(place, case, tally.control)
        tally.seconds += time.monotonic() - began
        yield case
        if tally.is_found_out:
            break


def trial(place: Place, case: Case, control: Control | None = None) -> list[str]:
    """One import through one case; the promises it broke."""
    place.restore()
    place.sandbox.post("/faults", faults=[], clear=True)
    job = Job(f"refused{place.next_number()}", CHUNKS * CHUNK_ROWS, place.folder)
    job.write()
    books = Books(place.sandbox)
    if case.lost:
        place.sandbox.fault(case.lost, path="csv-import")
    place.sandbox.fault("answer", path="csv-import", **_answer(case))
    origin = place.sandbox.origin
    ours = place.forked(lambda: work_beside_a_person(job, origin, control))
    return list(broken(job, ours, books))


def broken(job: Job, ours: dict[str, Any], books: Books) -> Iterator[str]:
    """One sentence for each thing that is not as it must be."""
    entries = books.entries()
    there = Counter(each["email"] for each in entries if each["kind"] == "row_imported")
    doubled = [email for email in job.emails if there[email] > 1]
    gone = [email for email in job.emails if not there[email]]
    if doubled:
        yield f"{len(doubled)} rows in twice"
    if gone:
        yield f"{len(gone)} rows lost"
    if ours["state"] not in GOOD_ENDS:
        yield f"ended as {ours['state']}: {ours['problem']}"
    yield from ours["untrue"]
    yield from _money(job, ours, entries, books.spent)
    calls = sum(_is_import(entry) for entry in entries)
    if calls > MOST_CALLS:
        yield asked_too_often(calls)


def _money(job: Job, ours: dict[str, Any], entries: list[Entry], spent: int) -> Iterator[str]:
    charged = sum(e["credits"] for e in entries if e["kind"] == "credits_charged")
    started = sum(entry["kind"] == "workflow_started" for entry in entries)
    if started > ours["chunks"]:
        yield f"{started} enrichments of {ours['chunks']} chunks, so some rows paid twice"
    if charged > job.rows or spent > job.rows:
        yield f"{max(charged, spent)} credits charged, {job.rows} approved"
    is_said = ours["state"] == "not_as_approved"
    if ours["credits"]["charged"] != charged and not is_said:
        yield f"{ours['credits']['charged']} credits shown, {charged} charged, and not said"


def _is_import(entry: Entry) -> bool:
    return bool(entry["kind"] == "request" and entry["path"].endswith("/csv-import"))


def _answer(case: Case) -> dict[str, Any]:
    error = {"code": case.refusal, "problem": "Forged."}
    return {"status": REFUSALS[case.refusal], "body": {"error": error}, "times": case.times}


def _problems(tally: Tally) -> Iterator[str]:
    if tally.control:
        if not tally.is_found_out:
            yield f"The worker with “{tally.title}” was not found out."
        return
    if count := sum(bool(sentences) for sentences in tally.broken.values()):
        yield f"{tally.title}: {count} of {len(tally.broken)} refusals break a promise."


def _print(found: list[Tally]) -> None:
    print(LINE.format("worker", "cases", "twice", "lost", "other", "seconds"))
    for tally in found:
        harm = [sentences for sentences in tally.broken.values() if sentences]
        doubled, gone = sum(map(twice, harm)), sum(map(lost, harm))
        other = sum(not (twice(each) or lost(each)) for each in harm)
        seconds = round(tally.seconds)
        print(LINE.format(tally.title, len(tally.broken), doubled, gone, other, seconds))
    for case, sentences in found[0].broken.items():
        if sentences:
            print(f"BROKEN {case}: {'; '.join(sentences)}")
