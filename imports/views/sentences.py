"""What the run page says in words: where the run stands, what to do, how it ended."""

from __future__ import annotations

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from connections.notices import Notice
from imports.models import Before, OnlyMissing, PauseReason, Run, RunState
from imports.services.progress import Progress, Square
from imports.services.sending import RATE_LIMIT
from imports.views.cards import list_words
from imports.views.words import listing, soon
from web.words import count, counted, part_of

MOST_NAMED = 5
_RESUME = "Then resume: the import goes on where it stopped."
WHAT_TO_DO: dict[str, str] = {
    PauseReason.PERSON: "Resume when it may go on: it goes on where it stopped.",
    PauseReason.KEY: f"An admin sets CLEANLIST_API_KEY to a valid key. {_RESUME}",
    PauseReason.SCOPE: f"An admin gives the key the missing right in Cleanlist. {_RESUME}",
    PauseReason.CREDITS: f"Top up in Cleanlist under Settings, Billing. {_RESUME}",
    PauseReason.SPEND: (
        "Resume to try again, or cancel: what is imported stays, and the rest can be "
        "imported anew with a higher limit."
    ),
    PauseReason.QUOTE: "Resume to go on, or cancel: what is imported stays.",
    PauseReason.REJECTED: (
        "Look below at what failed. Resume to go on with the rest, or cancel."
    ),
    PauseReason.CANARY: (
        "Resume to send the rest, or cancel: what is imported stays, the rest is kept back."
    ),
    PauseReason.CANARY_FAILED: (
        "Resume to send the rest without knowing more, or cancel to keep it back."
    ),
    PauseReason.OUT_OF_RANGE: (
        "Resume to go on: batches like this one no longer pause the import. Or cancel to keep "
        "the rest back."
    ),
}
STANDING: dict[str, str] = {
    RunState.SENDING: "Importing",
    RunState.PAUSED: "Paused",
    RunState.CANCELLING: "Cancelling",
    RunState.SETTLING: "All rows are sent; the enrichment is under way",
    RunState.FINISHED: "Finished",
    RunState.FINISHED_WITH_SKIPS: "Finished with skips",
    RunState.NOT_AS_APPROVED: "Finished, but not as approved",
    RunState.FAILED: "Failed",
    RunState.CANCELLED: "Cancelled",
}


def notices_of(progress: Progress) -> list[Notice]:
    """What a person should know beyond the figures, the most pressing first."""
    said = [_no_worker(progress), _paused(progress), _cancelling(progress)]
    said += [
        _unlike_approved(progress),
        _waiting(progress),
        _unknown(progress),
        _unlike_canary(progress),
    ]
    return [notice for notice in said if notice]


def ending(progress: Progress) -> SafeString:
    """How it ended, in one sentence: rows first, then what was left, then credits."""
    run = progress.run
    if run.started_at is None:
        return format_html("{}", "Discarded before the start: nothing was sent.")
    clauses = [_arrived(progress), *_left(progress), *_credits(progress)]
    return format_html("{}.", format_html_join("; ", "{}", ((words,) for words in clauses)))


def next_step(progress: Progress) -> str:
    """What mends a failed import, "" when nothing is to be mended."""
    run, rows = progress.run, progress.rows
    if run.state != RunState.FAILED:
        return ""
    steps = ["Say below what became of the rows whose outcome is unknown."]
    steps = steps if rows.unknown else []
    if run.pruned_at is None and unsent(progress):
        steps.append(
            "Send them again once what is said below is mended, or download them, mend the "
            "file and upload it."
            if rows.failed
            else "Send them, or download them."
        )
    return " ".join(steps)


def send_again(progress: Progress) -> str:
    """What the button is called that sends what did not go in, "" when nothing is left."""
    rows = progress.rows
    if not unsent(progress):
        return ""
    if not rows.not_sent:
        return f"Send the {count(rows.failed, 'failed row')} again"
    if not rows.failed:
        return f"Send the {count(rows.not_sent, 'row')} not sent"
    return f"Send the {count(unsent(progress), 'row')} left"


def left_out(progress: Progress) -> int:
    """Rows of the file that can be downloaded: those of an old import are not all there, nor
    are skipped ones that nobody has named yet."""
    return progress.rows.named + (0 if progress.run.pruned_at else unsent(progress))


def unsent(progress: Progress) -> int:
    """Rows proven not to be in the list; those whose outcome is unknown may be."""
    return progress.rows.failed + progress.rows.not_sent


def end_tone(run: Run) -> str:
    tones: dict[str, str] = {
        RunState.NOT_AS_APPROVED: "bad",
        RunState.FAILED: "bad",
        RunState.CANCELLED: "info",
        RunState.FINISHED: "good",
        RunState.FINISHED_WITH_SKIPS: "good",
    }
    return tones[run.state]


def standing(run: Run) -> str:
    """The line a screen reader hears when the state changes."""
    return f"Import {run.pk}: {STANDING.get(run.state, '')}"


def stands_still(progress: Progress) -> bool:
    """There is work to do and nobody does it."""
    run = progress.run
    is_waiting_for_person = run.is_over or run.state == RunState.PAUSED
    return not is_waiting_for_person and (not progress.is_worker_alive or progress.is_quiet)


def pace(progress: Progress) -> str:
    """What sets the pace of a run that sends, for the line beside its batches."""
    run, others = progress.run, progress.beside.imports
    if run.state != RunState.SENDING or stands_still(progress):
        return ""
    if run.only_missing == OnlyMissing.TO_PART:
        return "parting the rows to enrich from those that go in as they are"
    if progress.is_in_line:
        return f"{others:,} ahead of yours, starts {soon(progress.starts_at)}"
    if run.before == Before.TO_NOTE:
        return "noting what is in the list first, so that this can be undone"
    if run.waits_for_canary:
        return "waiting for the result of the test batch"
    clauses = [f"waiting for {run.waiting_for}"] if _is_paced(run) else []
    if others:
        sharing = ("other import shares", "other imports share")
        clauses = [f"{counted(others, *sharing)} the rate limit"]
    return ", ".join([*clauses, "people browsing come first"])


def _is_sending(run: Run) -> bool:
    return run.state in {RunState.SENDING, RunState.CANCELLING}


def _is_paced(run: Run) -> bool:
    """Waiting for the rate limit, which is no trouble, and not for an API in trouble."""
    return run.waiting_for == RATE_LIMIT


def _arrived(progress: Progress) -> str:
    rows = progress.rows
    arrived = part_of(rows.still_in, rows.inside, "row")
    return format_html("{} in <em>{}</em>", arrived, list_words(progress.run))


def _left(progress: Progress) -> list[str]:
    rows = progress.rows
    each = [
        (rows.blank, "was blank", "were blank"),
        (rows.skipped, "was skipped", "were skipped"),
        (rows.failed, "failed", "failed"),
        (rows.unknown, "has an unknown outcome", "have an unknown outcome"),
        (rows.not_sent, "was not sent", "were not sent"),
    ]
    said = [counted(number, one, more) for number, one, more in each if number]
    return [_undone(progress), *said] if rows.undone else said


def _undone(progress: Progress) -> str:
    """A link to who undid what and when."""
    page = reverse("imports:undo", args=[progress.run.pk])
    words = counted(progress.rows.undone, "was undone", "were undone")
    return format_html('<a href="{}">{}</a>', page, words)


def _credits(progress: Progress) -> list[str]:
    if not progress.run.enriches:
        return []
    found = progress.enrichment
    said = [f"{count(found.charged, 'credit')} charged, {found.refunded:,} refunded"]
    if progress.run.enriches_only_missing:
        rows = progress.rows
        said.insert(0, f"{rows.enriched:,} to be enriched, {rows.as_they_are:,} as they are")
    return said


def _no_worker(progress: Progress) -> Notice | None:
    if not stands_still(progress):
        return None
    title = "No worker is running, so this import stands still"
    if progress.is_worker_alive:
        title = "No sign of life from this import's worker"
    meaning = "Nothing is lost and nothing is sent twice: it goes on where it stopped."
    next_step = "Whoever runs the portal starts it with manage.py worker."
    return Notice(title, meaning, next_step, None, "warn")


def _paused(progress: Progress) -> Notice | None:
    run = progress.run
    if run.state != RunState.PAUSED:
        return None
    reason = PauseReason(run.pause_reason)
    still_open = _still_open(progress)
    meaning = f"{run.problem} What was sent stays; nothing more is sent or spent. {still_open}"
    meaning = meaning.strip()
    next_step = WHAT_TO_DO.get(reason, _RESUME)
    request_id = run.problem_request_id or None
    title = f"Paused: {_lower(reason.label)}"
    if reason == PauseReason.CANARY:
        return Notice(title, meaning, next_step, None, "info")
    return Notice(title, meaning, next_step, request_id, "warn")


def _still_open(progress: Progress) -> str:
    """Of calls that have left and have no answer: their rows are neither in nor unsent."""
    out = progress.in_flight
    if not out:
        return ""
    batches = f"{'Batch' if len(out) == 1 else 'Batches'} {listing(out[:MOST_NAMED])}"
    has, their = ("has", "its") if len(out) == 1 else ("have", "their")
    asked = "it is" if len(out) == 1 else "they are"
    rows = count(progress.rows.asked, "row")
    return (
        f"{batches} {has} no answer yet, so {their} {rows} may be in the list: once "
        f"resumed {asked} asked for under the same key, which imports nothing twice."
    )


def _unlike_approved(progress: Progress) -> Notice | None:
    if not progress.unlike_approved:
        return None
    return Notice(
        "This import is not as it was approved",
        " ".join(progress.unlike_approved),
        "Compare the balance under Credits, and ask Cleanlist's support with the request ids "
        "in the record of this import. Every admin is told.",
        None,
        "bad",
    )


def _cancelling(progress: Progress) -> Notice | None:
    if progress.run.state != RunState.CANCELLING:
        return None
    out = progress.in_flight
    if not out:
        return Notice("Cancelling: nothing more is sent", "", "", None, "info")
    named = listing(out[:MOST_NAMED])
    title = f"Cancelling: batch {named} is in flight"
    if len(out) > 1:
        title = f"Cancelling: batches {named} are in flight"
    meaning = "Its rows are counted once the API has answered; nothing after it is sent."
    return Notice(title, meaning, "", None, "info")


def _waiting(progress: Progress) -> Notice | None:
    run = progress.run
    if not run.waiting_for or not _is_sending(run) or _is_paced(run):
        return None
    meaning = "The portal asks again by itself; no row is lost or sent twice."
    return Notice(f"Waiting: {_lower(run.waiting_for)}", meaning, "", None, "warn")


def _unknown(progress: Progress) -> Notice | None:
    doubtful = [square for square in progress.squares if square.shape == "unknown"]
    if not doubtful:
        return None
    rows = sum(square.rows for square in doubtful)
    which = _which(doubtful, len(progress.squares))
    return Notice(
        f"It is not known whether {count(rows, 'row')} went in{which}",
        "The answer was lost: they may be in the list or not.",
        "The portal reads the list for them: see below what is there, then say whether they "
        "are in or go again.",
        doubtful[0].request_id or None,
        "warn",
    )


def _which(doubtful: list[Square], batches: int) -> str:
    """Which batches, where there is more than one."""
    if batches == 1:
        return ""
    named = listing([square.number for square in doubtful[:MOST_NAMED]])
    return f": {'batch' if len(doubtful) == 1 else 'batches'} {named}"


def _unlike_canary(progress: Progress) -> Notice | None:
    """What came in too late to pause for: the enrichments of a run that has sent all."""
    unlike = [square.out_of_range for square in progress.squares if square.out_of_range]
    if not unlike or progress.run.state in {RunState.SENDING, RunState.PAUSED}:
        return None
    title = f"{counted(len(unlike), 'batch was', 'batches were')} unlike the test batch"
    more = len(unlike) - MOST_NAMED
    rest = f"And {count(more, 'other batch', 'other batches')}." if more > 0 else ""
    return Notice(title, " ".join(unlike[:MOST_NAMED]), rest, None, "info")


def _lower(words: str) -> str:
    """For the middle of a sentence; a name such as API stays as it is."""
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]
