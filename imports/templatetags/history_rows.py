"""The rows of the history of imports (lists/cells.py says why in Python).

On a phone a row's second line names the figures that are not 0.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from imports.models import Run, RunState
from imports.services.history import HistoryRow
from imports.services.sums import RowSums
from imports.views.words import TONES
from lists.cells import NONE, path_part, time_ago

register = template.Library()

NO_FIGURES = f'<td class="num wide-only">{NONE}</td>' * 4


@register.simple_tag
def history_rows(rows: Iterable[HistoryRow]) -> SafeString:
    imports, lists = reverse("imports:index"), reverse("lists:index")
    return mark_safe("\n".join(_row(row, imports, lists) for row in rows))  # noqa: S308


def _row(row: HistoryRow, imports: str, lists: str) -> str:
    run, name = row.run, escape(row.run.file_name)
    label, tone = escape(RunState(run.state).label), TONES.get(run.state, "")
    return (
        f'<tr><th scope="row" class="name"><a href="{imports}{run.pk}/" title="{name}">{name}'
        f'</a></th><td class="first-line"><span class="state"><span class="dot {tone}" '
        f'aria-hidden="true"></span>{label}</span></td>'
        f'<td class="wide-only" title="{escape(run.list_name)}">{_list(run, lists)}</td>'
        f"{_figures(run, row.rows) if run.plan else NO_FIGURES}"
        f"{_credits(row)}"
        f'<td class="wide-only">{escape(run.created_by.username)}</td>'
        f'<td class="num soft">{time_ago(run.created_at)}</td></tr>'
    )


def _list(run: Run, lists: str) -> str:
    name = escape(run.list_name)
    if not run.list_id:
        return f'{name} <span class="soft">(new)</span>'
    return f'<a href="{lists}{path_part(run.list_id)}/">{name}</a>'


def _figures(run: Run, rows: RowSums) -> str:
    return (
        f"{_imported(rows)}{_figure('skipped', rows.skipped)}{_failed(rows)}"
        f"{_not_sent(run, rows)}"
    )


def _imported(rows: RowSums) -> str:
    if not rows.undone:
        return f'<td class="num" data-label="imported">{rows.still_in:,}</td>'
    return (
        f'<td class="num" data-label="imported" title="{rows.undone:,} of them undone">'
        f'{rows.still_in:,} <span class="soft">of {rows.imported:,}</span></td>'
    )


def _failed(rows: RowSums) -> str:
    if not rows.unknown:
        return _figure("failed", rows.failed)
    if not rows.failed:
        return f'<td class="num"><span class="soft">{rows.unknown:,} unknown</span></td>'
    unknown = f'<span class="soft beside">+ {rows.unknown:,} unknown</span>'
    return f'<td class="num" data-label="failed">{rows.failed:,} {unknown}</td>'


def _not_sent(run: Run, rows: RowSums) -> str:
    if run.started_at and not rows.asked:
        return _figure("not sent", rows.unsent)
    if run.started_at:
        asked = f'<span class="soft beside">+ {rows.asked:,} no answer yet</span>'
        zero = "" if rows.unsent else " zero"
        return f'<td class="num{zero}" data-label="not sent">{rows.unsent:,} {asked}</td>'
    return f'<td class="num" data-label="not sent">{rows.to_go or run.rows_ready:,}</td>'


def _credits(row: HistoryRow) -> str:
    title = _parted(row)
    if row.charged is None:
        return f'<td class="num zero" data-label="credits"{title}>{NONE}</td>'
    return _figure("credit" if row.charged == 1 else "credits", row.charged, title)


def _parted(row: HistoryRow) -> str:
    """Of how many rows it is the price."""
    if not row.run.enriches_only_missing:
        return ""
    enriched, others = row.rows.enriched, row.rows.as_they_are
    return f' title="{enriched:,} rows enriched, {others:,} imported as they are"'


def _figure(label: str, number: int, more: str = "") -> str:
    zero = "" if number else " zero"
    return f'<td class="num{zero}" data-label="{label}"{more}>{number:,}</td>'
