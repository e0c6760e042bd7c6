"""The rows of the table of lists (lists/cells.py says why in Python)."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from lists.cells import NONE, day, path_part, share
from lists.models import KnownList

register = template.Library()


@register.simple_tag
def list_rows(lists: Iterable[KnownList]) -> SafeString:
    start = reverse("lists:index")
    return mark_safe("\n".join(_row(known, start) for known in lists))  # noqa: S308


def _row(known: KnownList, start: str) -> str:
    name, owner = escape(known.name), escape(known.owner_name)
    protected = ' <span class="badge">protected</span>' if known.is_protected else ""
    leads = "lead" if known.lead_count == 1 else "leads"
    return (
        f'<tr><th scope="row" class="name"><a href="{start}{path_part(known.pk)}/" '
        f'title="{name}">{name}</a>{protected}</th>'
        f'<td class="num first-line" data-label="{leads}">{known.lead_count:,}</td>'
        f'<td><span id="share-{escape(known.pk)}">{share(known.enriched_percent)}</span></td>'
        f"<td>{_visibility(known.visibility)}</td>"
        f'<td class="wide-only" title="{owner}">{owner or NONE}</td>'
        f'<td class="soft wide-only">{_folder(known)}</td>'
        f'<td class="num soft">{day(known.created_at)}</td></tr>'
    )


def _visibility(visibility: str) -> str:
    if not visibility:
        return NONE
    look = "soft" if visibility == "private" else "badge"
    return f'<span class="{look}">{escape(visibility)}</span>'


def _folder(known: KnownList) -> str:
    if not known.folder_id:
        return NONE
    short = escape(known.short_folder)
    return f'<span title="Folder {escape(known.folder_id)}">{short}</span>'
