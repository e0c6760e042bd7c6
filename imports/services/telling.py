"""What the person who started a run is told: that it ended, or that it needs them.

Told in the transaction of the change itself, and once in a stint: from a start, resume,
retry or verdict of a person to the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from enrichment.services import EnrichmentSums
from imports.models import (
    Chunk,
    ChunkState,
    PauseReason,
    Purpose,
    ReadBack,
    Run,
    RunState,
)
from imports.services import sums
from imports.services.sums import RowSums
from people import notices
from people.models import NoticeKind, Person, Role
from web.words import count, part_of

A_WHILE = timedelta(seconds=30)
KINDS = {
    RunState.FINISHED: NoticeKind.DONE,
    RunState.FINISHED_WITH_SKIPS: NoticeKind.DONE,
    RunState.NOT_AS_APPROVED: NoticeKind.NEEDS_YOU,
    RunState.FAILED: NoticeKind.FAILED,
    RunState.CANCELLED: NoticeKind.STOPPED,
}


def ended(
    run: Run, end: RunState, rows: RowSums, spent: EnrichmentSums, unlike: Sequence[str] = ()
) -> None:
    """Tell how it ended, unless the person themself cancelled it; `unlike`: in which ways it
    was not as approved, which is told in any case and to every admin, for they pay."""
    if end == RunState.CANCELLED and run.cancelled_by_id == run.started_by_id and not unlike:
        return
    said = [_arrived(run, rows), *_left(rows)]
    text = f"{_verdict(run, end)}: {', '.join(said)}"
    if run.enriches:
        text += f"; {count(spent.charged, 'credit')} charged, {spent.refunded:,} refunded"
    if run.enriches_only_missing:
        text += f"; {rows.enriched:,} enriched, {rows.as_they_are:,} imported as they are"
    more = " ".join([*unlike, *([run.problem] if run.problem else [])])
    text = f"{text}. {more}" if more else text
    kind = NoticeKind.NEEDS_YOU if unlike else KINDS[end]
    for person in [run.started_by, *(_other_admins(run) if unlike else [])]:
        _tell(run, kind, "", text, person)


def paused(run: Run, reason: PauseReason, said: str = "") -> None:
    """Tell why it stands still; `said`: sentences of what is behind the reason."""
    label = str(reason.label)
    why = f"{label[:1].lower()}{label[1:]}{f': {said}' if said else '.'}"
    so_far = _arrived(run, sums.rows_of(run))
    text = f"Import {run.pk} is paused: {why} So far {so_far}"
    _tell(run, NoticeKind.NEEDS_YOU, "-paused", text)


def doubtful(run: Run, chunk: Chunk) -> None:
    """Tell of the first batch whose outcome is unknown; the run's page names them all.

    Of a canary it is told with the pause that follows, in one, whichever comes first.
    """
    rest = ", and the rest waits for your word" if _holds_back(run, chunk) else ""
    text = (
        f"Import {run.pk} needs you: the answer for {_name(chunk)} was lost, so its "
        f"{count(chunk.rows, 'row')} may be in {run.list_name} or not{rest}"
    )
    _tell(run, NoticeKind.NEEDS_YOU, "-unknown", text)


def looked(read_back: ReadBack) -> None:
    """Tell that an undo can be agreed to, if it took longer than a person waits."""
    run = read_back.run
    if read_back.purpose != Purpose.UNDO or timezone.now() - read_back.asked_at < A_WHILE:
        return
    text = f"Import {run.pk} can be undone: see what would be taken out of {run.list_name}"
    _tell_undo(read_back, NoticeKind.NEEDS_YOU, "-looked", text)


def undone(read_back: ReadBack, removed: int, kept: int) -> None:
    run = read_back.run
    leads = count(removed, "lead")
    text = f"Import {run.pk} is undone: {leads} taken out of {run.list_name}, {kept:,} kept"
    _tell_undo(read_back, NoticeKind.DONE, "", text)


def _name(chunk: Chunk) -> str:
    return "the test batch" if chunk.is_canary else f"batch {chunk.number:,}"


def _holds_back(run: Run, chunk: Chunk) -> bool:
    """Whether other rows wait for what becomes of the chunk."""
    if not (chunk.is_canary and run.waits_for_canary):
        return False
    rest = Chunk.objects.of_plan(run).filter(is_canary=False, state=ChunkState.READY)
    return rest.exclude(run__state=RunState.CANCELLING).exists()


def _tell_undo(read_back: ReadBack, kind: NoticeKind, about: str, text: str) -> None:
    key = f"undo-{read_back.pk}{about}"
    url = reverse("imports:undo", args=[read_back.run_id])
    notices.tell(read_back.asked_by, kind, key, text, url)


def _tell(
    run: Run, kind: NoticeKind, about: str, text: str, person: Person | None = None
) -> None:
    key = f"import-{run.pk}-{run.stint}{about}"
    notices.tell(person or run.started_by, kind, key, text, run.get_absolute_url())


def _other_admins(run: Run) -> list[Person]:
    admins = Person.objects.filter(is_active=True, role=Role.ADMIN)
    return [admin for admin in admins if admin.pk != run.started_by_id]


def _verdict(run: Run, end: RunState) -> str:
    if end == RunState.CANCELLED and run.cancelled_by:
        return f"Import {run.pk} was cancelled by {run.cancelled_by.username}"
    if end == RunState.NOT_AS_APPROVED:
        return f"Import {run.pk} finished, but not as approved"
    return f"Import {run.pk} {'failed' if end == RunState.FAILED else 'finished'}"


def _arrived(run: Run, rows: RowSums) -> str:
    return f"{part_of(rows.imported, rows.inside, 'row')} in {run.list_name}"


def _left(rows: RowSums) -> list[str]:
    each = {
        "blank": rows.blank,
        "skipped": rows.skipped,
        "failed": rows.failed,
        "with an unknown outcome": rows.unknown,
        "not sent": rows.not_sent,
    }
    return [f"{number:,} {word}" for word, number in each.items() if number]
