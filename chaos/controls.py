"""Workers with a known fault. A trial that lets them pass proves nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from chaos import invariants


@dataclass(frozen=True)
class Control:
    """A fault to build into a process, how its harm is told, and what brings it out: kills
    around these calls, or this refusal; `is_late`: around the last ones, not the first."""

    name: str
    build_in: Callable[[], None]
    does_harm: Callable[[list[str]], bool]
    shows_at: str
    is_late: bool = False


def _new_key_for_every_attempt() -> None:
    """What a retry without a stored key does: the API sees a new call, and imports again."""
    from imports.models import ChunkState
    from imports.services import claims

    claim = claims.claim

    def claim_anew(run: Any, chunk: Any, turn: Any, now: Any) -> bool:
        if chunk.state == ChunkState.SENDING:
            with turn.writing() as write:
                write.chunk(chunk, **claims.renewed(chunk))
        return claim(run, chunk, turn, now)

    claims.claim = claim_anew


def _mark_as_sent_and_never_resend() -> None:
    """What "at most once" does: a call that was about to leave counts as made."""
    from imports.models import ChunkState
    from imports.services import claims

    claim = claims.claim

    def claim_as_done(run: Any, chunk: Any, turn: Any, now: Any) -> bool:
        if not claim(run, chunk, turn, now):
            return False
        with turn.writing() as write:
            write.chunk(chunk, state=ChunkState.DONE, rows_imported=chunk.rows)
        return True

    claims.claim = claim_as_done


NEW_KEY = Control(
    "a new key each attempt", _new_key_for_every_attempt, invariants.twice, "recvfrom"
)
NO_RESEND = Control(
    "marked as sent, never resent", _mark_as_sent_and_never_resend, invariants.lost, "sendto"
)
CONTROLS = (NEW_KEY, NO_RESEND)
