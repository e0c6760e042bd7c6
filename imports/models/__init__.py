"""The truth of an import: the run, its chunks, the rows that did and did not go in, and
read-backs."""

from __future__ import annotations

from imports.models.chunks import Chunk, ChunkBody, ChunkState
from imports.models.ledger import LedgerLine, LedgerRow
from imports.models.problem_rows import ProblemRow, ProblemSource
from imports.models.read_backs import (
    FoundLead,
    KeepReason,
    LeadsBefore,
    Purpose,
    ReadBack,
    ReadBackState,
)
from imports.models.runs import Again, Before, OnlyMissing, PauseReason, Run, RunState
from imports.models.versions import RunVersion

__all__ = [
    "Again",
    "Before",
    "Chunk",
    "ChunkBody",
    "ChunkState",
    "FoundLead",
    "KeepReason",
    "LeadsBefore",
    "LedgerLine",
    "LedgerRow",
    "OnlyMissing",
    "PauseReason",
    "ProblemRow",
    "ProblemSource",
    "Purpose",
    "ReadBack",
    "ReadBackState",
    "Run",
    "RunState",
    "RunVersion",
]
