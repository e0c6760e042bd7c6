"""The truth of an import: the run, its chunks and the rows that did not go in."""

from __future__ import annotations

from imports.models.chunks import Chunk, ChunkBody, ChunkState
from imports.models.problem_rows import ProblemRow, ProblemSource
from imports.models.runs import PauseReason, Run, RunState

__all__ = [
    "Chunk",
    "ChunkBody",
    "ChunkState",
    "PauseReason",
    "ProblemRow",
    "ProblemSource",
    "Run",
    "RunState",
]
