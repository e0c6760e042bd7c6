"""Import a file from the command line, on the same services as the pages."""

from __future__ import annotations

import json
import time
from argparse import SUPPRESS
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from cleanlist_api.errors import ApiError
from enrichment import polls
from enrichment.models import EnrichmentType
from imports.core.outcomes import FIELDS, UnreadableFile
from imports.models import Again, Run, RunState
from imports.services import (
    checking,
    given,
    mapping,
    noting,
    outlook,
    progress,
    sending,
    starting,
    targets,
    uploads,
)
from imports.services.mapping import BadMapping
from imports.services.progress import Progress
from imports.services.starting import Approval
from imports.services.storage import NoRoom
from people.models import Person, Role
from web.words import count, part_of

# How often a file is compared anew with what other imports do meanwhile.
MOST_CHECKS = 3
CHANGES_ALL_THE_TIME = (
    "Other imports into this list began or ended each time the file was compared with them. "
    "Nothing was sent. Import it when they are over."
)
STOPPED = frozenset({RunState.PAUSED})
GOOD = frozenset({RunState.FINISHED, RunState.FINISHED_WITH_SKIPS})


class Command(BaseCommand):
    help = "Import a CSV file into a list; exit status 0 only if the import finished."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--list", required=True, help="name or id of the list")
        parser.add_argument("--map", action="append", default=[], metavar="field=Header")
        parser.add_argument("--enrich", choices=EnrichmentType.values, default="off")
        parser.add_argument(
            "--test-batch",
            dest="canary",
            action="store_true",
            help="a few rows first, the rest on your word",
        )
        parser.add_argument("--canary", action="store_true", help=SUPPRESS)
        parser.add_argument(
            "--only-missing",
            action="store_true",
            help="rows that have what --enrich finds go in as they are",
        )
        parser.add_argument("--max-credits", type=int, help="refuse to start above this")
        parser.add_argument(
            "--no-undo", action="store_true", help="don't note what is in the list first"
        )
        parser.add_argument(
            "--again", action="store_true", help="rows that went into the list before, too"
        )
        parser.add_argument("--wait", action="store_true", help="until it has ended")
        parser.add_argument("--json", action="store_true", help="print the sums as JSON")
        parser.add_argument("--as", dest="person", help="user name; default: first admin")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["only_missing"] and options["enrich"] == EnrichmentType.OFF:
            raise CommandError("--only-missing says what of --enrich is left out: say both.")
        run = self._upload(options)
        self._map(run, options["map"])
        again = Again.ALL if options["again"] else Again.NONE
        self._check(run, again)
        self._start(run, options)
        if options["wait"]:
            self._wait(run)
        self._report(run, as_json=options["json"], waited=options["wait"])

    def _upload(self, options: dict[str, Any]) -> Run:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        try:
            into = targets.find_target(options["list"])
            stored = uploads.keep_copy(path)
            return uploads.create_run(_person(options["person"]), stored, into)
        except (UnreadableFile, NoRoom) as problem:
            raise CommandError(problem.sentence) from None
        except ApiError as error:
            raise CommandError(f"{error.problem} Nothing was sent.") from None

    def _map(self, run: Run, pairs: list[str]) -> None:
        if not pairs:
            return
        chosen = dict(_field_and_index(run, pair) for pair in pairs)
        kept = {
            field: index
            for field, index in run.mapping.items()
            if field not in chosen and index not in chosen.values()
        }
        try:
            mapping.change_mapping(run, kept | chosen)
        except BadMapping as problem:
            raise CommandError(str(problem)) from None

    def _check(self, run: Run, again: Again | None = None) -> None:
        try:
            checking.start_check(run, again)
        except BadMapping as problem:
            raise CommandError(str(problem)) from None
        run.refresh_from_db()
        while run.state == RunState.CHECKING:
            checking.check(run.pk)
            run.refresh_from_db()
            _pause_if(run.state == RunState.CHECKING)
        if run.state != RunState.CHECKED:
            raise CommandError(run.problem)

    def _start(self, run: Run, options: dict[str, Any], checks: int = 1) -> None:
        kind = EnrichmentType(options["enrich"])
        only_missing = options["only_missing"]
        most = given.coverage_of(run, kind, only_missing=only_missing).most
        allowed = options["max_credits"]
        if allowed is not None and most > allowed:
            starting.cancel_run(run, run.created_by)
            raise CommandError(
                f"This import may cost {count(most, 'credit')}, more than the {allowed:,} "
                "allowed. "
                "Nothing was sent."
            )
        if have := given.words_of(run, kind, only_missing=only_missing):
            hint = "" if only_missing else " --only-missing enriches the others alone."
            self.stderr.write(f"{have}.{hint}")
        cheap = noting.calls_before(run) <= noting.MOST_CALLS_UNASKED
        approval = Approval(
            kind,
            most,
            undoable=cheap and not options["no_undo"],
            canary=options["canary"],
            again=options["again"],
            only_missing=only_missing,
        )
        try:
            starting.start_run(run, run.created_by, approval)
        except starting.ImportedBefore as refusal:
            starting.discard_run(run, run.created_by)
            raise CommandError(_before_words(refusal.earlier)) from None
        except starting.NotAsCompared:
            if checks == MOST_CHECKS:
                starting.discard_run(run, run.created_by)
                raise CommandError(CHANGES_ALL_THE_TIME) from None
            self._check(run)
            self._start(run, options, checks + 1)
        except starting.NothingToSend:
            if run.known:
                starting.discard_run(run, run.created_by)
                raise CommandError(_known_words(run)) from None
            self._report(run, as_json=options["json"], waited=False)
            rows = part_of(0, run.rows_in, "row", "can", "can")
            raise CommandError(f"{rows} be imported. Nothing was sent.") from None

    def _wait(self, run: Run) -> None:
        """Work along with the workers, or alone; Ctrl-C leaves the run to them."""
        try:
            run.refresh_from_db()
            while not run.is_over and run.state not in STOPPED:
                if run.wake_at is None or run.wake_at <= timezone.now():
                    sending.advance(run.pk)
                polls.poll_due()
                time.sleep(0.2)
                run.refresh_from_db()
        except KeyboardInterrupt:
            self.stderr.write(f"{run} goes on in the background.")

    def _report(self, run: Run, *, as_json: bool, waited: bool) -> None:
        run.refresh_from_db()
        shown = progress.progress_of(run)
        words = json.dumps(progress.as_json(shown)) if as_json else _words(run, shown)
        self.stdout.write(words)
        for said in [*shown.unlike_approved, *([run.problem] if run.problem else [])]:
            self.stderr.write(said)
        if run.pause_reason in starting.ASKS_FOR_WORD:
            where = run.get_absolute_url()
            self.stderr.write(f"The rest waits for your word on the import's page, {where}.")
        if waited and run.state not in GOOD:
            raise SystemExit(1)
        if not waited and run.state in STOPPED | {RunState.FAILED}:
            raise SystemExit(1)


def _person(username: str | None) -> Person:
    people = Person.objects.filter(is_active=True)
    if username:
        people = people.filter(username=username)
    else:
        people = people.filter(role=Role.ADMIN).order_by("pk")
    if (person := people.first()) is None:
        raise CommandError("No such person. `manage.py create_first_sign_in` makes one.")
    if not person.may(Role.OPERATOR):
        raise CommandError(f"{person.username} may not import: the role is {person.role}.")
    return person


def _field_and_index(run: Run, pair: str) -> tuple[str, int]:
    field, _, header = pair.partition("=")
    if field not in FIELDS:
        raise CommandError(f"“{field}” is not a field. Fields: {', '.join(FIELDS)}.")
    if header not in run.headers:
        raise CommandError(
            f"The file has no column “{header}”. Columns: {', '.join(run.headers)}."
        )
    return field, run.headers.index(header)


def _before_words(earlier: Run) -> str:
    return (
        f"This file went into {earlier.list_name} before, by {str(earlier).lower()}: its "
        "leads would be there twice. Nothing was sent. Say --again if you mean to."
    )


def _known_words(run: Run) -> str:
    known = part_of(sum(run.known["runs"].values()), run.rows_in, "row", "was", "were")
    return (
        f"{known} imported into {run.list_name} before, and no other can be. Nothing was "
        "sent. Say --again if they are to be there twice."
    )


def _pause_if(waiting: bool) -> None:
    if waiting:
        time.sleep(0.2)


def _words(run: Run, shown: Progress) -> str:
    found = progress.as_json(shown)
    rows, money = found["rows"], found["credits"]
    canary = f" Test batch: {outlook.words_of(shown.canary)}" if shown.canary else ""
    asked = f", {rows['no_answer']} without an answer yet" if rows["no_answer"] else ""
    return (
        f"{run}: {run.get_state_display().lower()}. {count(rows['in'], 'row')}: "
        f"{rows['imported']} imported, {rows['skipped']} skipped, {rows['blank']} blank, "
        f"{rows['failed']} failed, {rows['unknown']} unknown, {rows['not_sent']} not sent"
        f"{asked}.{_apart(run, shown)} Credits: {money['charged']} charged, "
        f"{money['refunded']} refunded, {money['most']} at most.{canary}"
    )


def _apart(run: Run, shown: Progress) -> str:
    if not run.enriches_only_missing:
        return ""
    rows = shown.rows
    return f" {rows.enriched} enriched, {rows.as_they_are} imported as they are."
