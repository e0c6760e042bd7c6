"""An import whose calls are refused, in one process, with the person who lifts the refusal.

The person does what the pages say: mends what an import pauses for and resumes it, decides on
unknown rows by what the list shows of them, and sends what was not sent.
"""

from __future__ import annotations

import time
from typing import Any

from chaos import worker
from chaos.controls import Control
from chaos.invariants import twice
from chaos.pace import MOMENT, hurry
from chaos.worker import Job
from tests.live_sandbox import Caller

PATIENCE = 30.0
# What a person does before they would give up: more would be a loop.
MOST_ACTS = 12


def work_beside_a_person(job: Job, origin: str, control: Control | None) -> dict[str, Any]:
    """Work until every row is in the list as far as the pages say; what they then say, and in
    `untrue` what a page said that was not so."""
    from imports.models import Run
    from imports.services import pausing

    hurry()
    # At once, so that what hears the refusal is the call whose answer was lost, not the next.
    pausing.LONGEST_WAIT = 0.0
    if control:
        control.build_in()
    service = Caller(f"{origin}/_sandbox", None)
    run, untrue, acts = worker._taken_in(job), [], 0
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and acts < MOST_ACTS:
        worker._one_round(run, job)
        _look_into_the_list()
        run = Run.objects.get(pk=run.pk)
        if run.state == "paused" or run.is_over:
            untrue += _untrue(run, job, service)
            if not _act(run, service):
                break
            acts += 1
    return worker._account(run) | {"untrue": untrue}


def _look_into_the_list() -> None:
    """What another worker would do meanwhile: read the list for unknown rows."""
    from django.utils import timezone

    from imports.models import ReadBack
    from imports.services import reading_back

    for look in ReadBack.objects.due(timezone.now()):
        reading_back.advance(look.pk)


def _act(run: Any, service: Caller) -> bool:
    """One thing a person does about where the run stands; false if there is nothing to do."""
    from imports.models import Chunk, ChunkState
    from imports.services import evidence, retrying, starting

    service.post("/faults", json={"faults": [], "clear": True})
    if run.state == "paused":
        return starting.resume_run(run, run.created_by)
    unknown = Chunk.objects.of_plan(run).filter(state=ChunkState.UNKNOWN).first()
    if unknown is None:
        return bool(retrying.retry_rows(run, run.created_by))
    seen = evidence.evidence_for(run, [unknown.number]).get(unknown.number)
    if seen is None or not seen.is_read:
        time.sleep(MOMENT)
        return evidence.look_again(run, unknown.number, run.created_by)
    went_in = seen.found > 0
    return retrying.decide_unknown(run, unknown.number, run.created_by, went_in=went_in)


def _untrue(run: Any, job: Job, service: Caller) -> list[str]:
    """What the page of a run that stands still says against what is in the list."""
    from imports.services import sums

    rows = sums.rows_of(run)
    entries = service.get("/ledger", params={"kind": "row_imported"}).json()["entries"]
    mine = set(job.emails)
    there = len({entry["email"] for entry in entries if entry["email"] in mine})
    said = rows.imported + rows.asked + rows.unknown
    broken = [] if rows.adds_up else ["the sum of the rows does not hold"]
    if there > said:
        broken.append(f"{there - said} rows called unsent or failed are in the list")
    return broken


# --- Workers with a fault ---------------------------------------------------------


def _take_every_refusal_for_a_proof() -> None:
    """What looks only at the last answer does: a new key after a refusal."""
    from imports.services import answers

    answers._keep_question_open = answers._take_as_proof


def _call_the_rows_refused() -> None:
    """What believes a refusal about rows that an attempt before it has imported."""
    from imports.services import answers

    answers._keep_question_open = answers._fail


def _never_tire_of_a_quote() -> None:
    """What fetches a fresh quote for each that is refused, without counting."""
    from imports.services import quoting

    quoting.MOST_REFUSED = 1_000_000


def asked_too_often(calls: int) -> str:
    return f"{calls} csv-import calls, asked too often"


def _is_called_unsent(sentences: list[str]) -> bool:
    return any("called unsent" in sentence for sentence in sentences)


def _is_asked_too_often(sentences: list[str]) -> bool:
    return any("asked too often" in sentence for sentence in sentences)


AFTER_A_LOST_ANSWER = "insufficient_credits once, after cut_after"
AT_FIRST = "quote_expired for ever, at first"
CONTROLS = (
    Control(
        "a new key after a refusal",
        _take_every_refusal_for_a_proof,
        twice,
        AFTER_A_LOST_ANSWER,
    ),
    Control(
        "rows called refused", _call_the_rows_refused, _is_called_unsent, AFTER_A_LOST_ANSWER
    ),
    Control("never tired of a quote", _never_tire_of_a_quote, _is_asked_too_often, AT_FIRST),
)
