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

    hold = claims.hold

    def hold_and_forget(chunk: Any, token: str) -> bool:
        was_in_flight = chunk.state == ChunkState.SENDING
        held = hold(chunk, token)
        if held and was_in_flight:
            chunk.change(token, **claims.renewed(chunk))
        return held

    claims.hold = hold_and_forget


def _mark_as_sent_and_never_resend() -> None:
    """What "at most once" does: a call that was about to leave counts as made."""
    from imports.models import ChunkState
    from imports.services import claims

    claim = claims.claim

    def claim_as_done(run: Any, chunk: Any, token: str, now: Any) -> bool:
        done = {"state": ChunkState.DONE, "rows_imported": chunk.rows}
        return claim(run, chunk, token, now) and chunk.change(token, **done)

    claims.claim = claim_as_done


NEW_KEY = Control(
    "a new key each attempt", _new_key_for_every_attempt, invariants.twice, "recvfrom"
)
NO_RESEND = Control(
    "marked as sent, never resent", _mark_as_sent_and_never_resend, invariants.lost, "sendto"
)
CONTROLS = (NEW_KEY, NO_RESEND)
