"""Whether an enumeration of crash points is passed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from chaos.points import Tally


def verdict(found: Iterable[Tally], kinds: Collection[str], least: int) -> list[str]:
    """Why it is not, in sentences. The portal's workers must have been killed at each of
    `kinds` and at `least` points in all, and break nothing; each control must do its harm."""
    return [problem for tally in found for problem in _problems(tally, kinds, least)]


def _problems(tally: Tally, kinds: Collection[str], least: int) -> Iterator[str]:
    if tally.control:
        if not tally.is_found_out:
            yield f"The worker with “{tally.title}” was not found out."
        return
    killed = tally.kinds()
    missed = [kind for kind in kinds if not killed[kind]]
    yield from (f"{tally.title}: nobody was killed at {kind}." for kind in missed)
    if len(tally.kills) < least:
        yield f"{tally.title}: only {len(tally.kills)} crash points; {least} are the least."
    if tally.broken:
        yield f"{tally.title}: {len(tally.broken)} crash points break a promise."
