"""Whether an import that is over cost what a person approved, and bought what they approved.

The portal keeps within the approved credits before each call; what the API then charges, and
whether it starts what it was asked for, is the API's. It is said, never passed over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from imports.models import ChunkState, Run

MOST_NAMED = 5


def differences(run: Run, chunks: Sequence[Mapping[str, Any]], charged: int) -> list[str]:
    """One sentence for each way in which it is not as approved, with both figures.

    `chunks`: number, state, enriches, rows_imported and workflow_id of each; `charged`:
    credits that their enrichments cost in all. A call that imported nothing has rightly no
    enrichment.
    """
    said = []
    if charged > run.credits_most:
        said.append(f"{_credits(charged)} charged and {run.credits_most:,} were approved.")
    if run.enriches and (without := [chunk for chunk in chunks if _lacks_one(chunk)]):
        rows = sum(chunk["rows_imported"] for chunk in without)
        told = f"{_credits(charged)} charged of the {run.credits_most:,} approved"
        said.append(
            f"No enrichment is known of {rows:,} imported {'row' if rows == 1 else 'rows'} "
            f"({_named([chunk['number'] for chunk in without])}), as far as is known {told}."
        )
    if unasked := [chunk for chunk in chunks if _has_one_unasked(chunk)]:
        rows = sum(chunk["rows_imported"] for chunk in unasked)
        said.append(
            f"An enrichment was started for {rows:,} {'row' if rows == 1 else 'rows'} that "
            f"should go in as they are ({_named([chunk['number'] for chunk in unasked])})."
        )
    return said


def _lacks_one(chunk: Mapping[str, Any]) -> bool:
    is_in = chunk["state"] == ChunkState.DONE and chunk["rows_imported"] > 0
    return is_in and chunk["enriches"] and chunk["workflow_id"] is None


def _has_one_unasked(chunk: Mapping[str, Any]) -> bool:
    return not chunk["enriches"] and chunk["workflow_id"] is not None


def _credits(number: int) -> str:
    return f"{number:,} {'credit was' if number == 1 else 'credits were'}"


def _named(numbers: Sequence[int]) -> str:
    named = ", ".join(f"{number:,}" for number in numbers[:MOST_NAMED])
    more = f" and {len(numbers) - MOST_NAMED:,} more" if len(numbers) > MOST_NAMED else ""
    return f"{'batch' if len(numbers) == 1 else 'batches'} {named}{more}"
