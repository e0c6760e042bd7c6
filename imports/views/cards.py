"""The card "This import": it fills as the steps go by and becomes the receipt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from cleanlist_api.records import Balance
from connections.services import Reading
from enrichment.models import EnrichmentType
from imports.core.encodings import ENCODINGS
from imports.forms.mapping import DELIMITERS
from imports.models import Run, RunState
from imports.services import beside, forecast, given, noting, starting
from imports.services.around import Around
from imports.services.canary import calls_with
from imports.services.given import Coverage
from imports.services.progress import Progress
from imports.views.words import clock, other_imports, span
from web.words import count

AS_FORECAST = timedelta(seconds=45)


@dataclass(frozen=True)
class Fact:
    """A row of components/summary.html."""

    label: str
    value: str
    strong: bool = False
    badge: str = ""
    badge_tone: str = ""


@dataclass(frozen=True)
class Plan:
    """What an import would do and cost, as the check page shows it.

    `short` is how many credits are missing, 0 when it is enough or the balance is unknown.
    """

    facts: list[list[Fact]]
    covered: Coverage
    canary: bool
    balance: float | None
    short: float


def file_facts(run: Run) -> list[Fact]:
    return [Fact("File", run.file_name), Fact("List", list_words(run))]


def map_card(run: Run) -> list[list[Fact]]:
    size = Fact("Size", size_words(run.file_size))
    fields = f"{len(run.mapping)} of {len(run.headers)}"
    return [[*file_facts(run), size], [Fact("Columns sent", fields)]]


def plan_of(
    run: Run, near: Around, covered: Coverage, reading: Reading[Balance], *, canary: bool
) -> Plan:
    """The plan of a checked run, against the balance as far as it is known."""
    canary = canary and covered.calls > 1
    most = covered.most
    balance = reading.value.credits if reading.value else None
    short = max(0.0, most - balance) if balance is not None else 0.0
    rows = Fact("Rows sent", f"{run.rows_ready:,} of {run.rows_in:,}")
    money = [
        Fact("At most", count(most, "credit"), strong=True),
        Fact("Balance", "not known" if balance is None else f"{balance:,.10g}"),
    ]
    parts = [Fact("To enrich", f"{covered.rows:,}")] if covered.parts else []
    parts += [Fact("As they are", f"{covered.as_they_are:,}")] if covered.parts else []
    what = [rows, *parts, Fact("List", list_words(run))]
    pace = _pace(run, near, covered, canary=canary)
    facts = [what, pace, money] if run.rows_ready else [what]
    return Plan(facts, covered, canary, balance, short)


def receipt(progress: Progress) -> list[list[Fact]]:
    run = progress.run
    if run.started_at is None:
        return [file_facts(run), _people(run)]
    groups = [_what(progress), _sending(progress), _money(progress), _people(run)]
    return [group for group in groups if group]


def list_words(run: Run) -> str:
    """The list's name, as a link once the list exists."""
    if not run.list_id:
        return f"{run.list_name} (new)"
    return format_html(
        '<a href="{}">{}</a>', reverse("lists:detail", args=[run.list_id]), run.list_name
    )


def size_words(size: int) -> str:
    if size < 1_000_000:
        return f"{max(1, round(size / 1000)):,} KB"
    return f"{size / 1_000_000:,.1f} MB"


def reading_words(run: Run) -> str:
    names = {value: name for name, value in DELIMITERS.items()}
    encoding = ENCODINGS.get(run.encoding, run.encoding.upper()).split(" (")[0]
    return f"{encoding}, {names.get(run.delimiter, run.delimiter)}"


def call_words(chunks: int, quotes: int) -> str:
    """`167`; calls that enrich need a quote first: `167 + 167 quotes`."""
    return f"{chunks:,} + {count(quotes, 'quote')}" if quotes else f"{chunks:,}"


def _pace(run: Run, near: Around, covered: Coverage, *, canary: bool) -> list[Fact]:
    calls = calls_with(covered.calls, is_asked=canary)
    others = beside.lately(run, near.sending)
    first = noting.calls_for(near.leads)
    first = first if first <= noting.MOST_CALLS_UNASKED else 0
    length = forecast.length_of(
        covered.calls,
        covered.enriching,
        others,
        first=starting.calls_before_rows(run, first),
        meter=forecast.lately.meter(),
    )
    when = Fact("Done at", _at_in(timezone.now() + length, length))
    if canary:
        words = format_html("<strong>{}</strong> after your word", span(length))
        when = Fact("Rest sent", words)
    facts = [*_batches(calls), when]
    if others.imports:
        facts.append(Fact("Shares the rate limit with", other_imports(others.imports)))
    return facts


def _at_in(when: datetime, length: timedelta) -> str:
    return format_html("<strong>{}</strong>, in {}", clock(when), span(length))


def _batches(number: int) -> list[Fact]:
    """Nothing is said of a file that goes in one piece."""
    return [Fact("Batches", f"{number:,}")] if number > 1 else []


def _what(progress: Progress) -> list[Fact]:
    """What the head of the page does not say: it names the file and the list."""
    run, rows = progress.run, progress.rows
    facts = [
        Fact("Read as", reading_words(run)),
        Fact("Rows", f"{run.rows_in:,}"),
        Fact("Enrich", EnrichmentType(run.enrichment_type).label),
    ]
    if not run.enriches_only_missing:
        return facts
    to_enrich = given.rows_covered(run)
    return [
        *facts,
        Fact("Only where missing", f"{to_enrich:,} of {count(run.rows_ready, 'row')}"),
        Fact("Imported to enrich", f"{rows.enriched:,}"),
        Fact("Imported as they are", f"{rows.as_they_are:,}"),
    ]


def _sending(progress: Progress) -> list[Fact]:
    run = progress.run
    facts = _batches(len(progress.squares))
    finish = run.sent_at or progress.done_at
    if finish and run.forecast_at and run.state != RunState.CANCELLED:
        words, tone = _against_forecast(finish - run.forecast_at)
        facts.append(Fact("Sent at", clock(finish), badge=words, badge_tone=tone))
        if abs(finish - run.forecast_at) > AS_FORECAST:
            facts.append(Fact("Forecast", clock(run.forecast_at)))
    return facts


def _against_forecast(late: timedelta) -> tuple[str, str]:
    if abs(late) <= AS_FORECAST:
        return "as forecast", "good"
    if late > timedelta(0):
        return f"{span(late)} later", "warn"
    return f"{span(-late)} earlier", "good"


def _money(progress: Progress) -> list[Fact]:
    run, found = progress.run, progress.enrichment
    if not run.enriches:
        return []
    return [
        Fact("At most", count(run.credits_most, "credit")),
        Fact("Reserved", f"{found.reserved:,}"),
        Fact("Charged", f"{found.charged:,}"),
        Fact("Refunded", f"{found.refunded:,}"),
    ]


def _people(run: Run) -> list[Fact]:
    facts = [Fact("Uploaded by", run.created_by.username)]
    if run.started_by and run.started_at:
        words = f"{clock(run.started_at)} by {run.started_by.username}"
        facts = [Fact("Started", words)]
    if run.cancelled_by:
        facts.append(Fact("Cancelled by", run.cancelled_by.username))
    if run.ended_at and run.started_at is None:
        facts.append(Fact("Discarded", clock(run.ended_at)))
    return facts
