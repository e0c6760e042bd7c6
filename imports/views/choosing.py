"""The choice of a list on a page: the ticked one, and those found by typing."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.text import Truncator

from connections.notices import notice
from imports.forms.upload import TargetForm
from lists import services as lists
from lists.choosing import Choices, list_choices, list_known_as
from lists.models import KnownList
from people.http import PortalRequest

PART = "list-choices"


def wanted_list(request: PortalRequest, otherwise: str = "") -> str:
    """The id of the list the address asks for."""
    return request.GET.get("list", otherwise)[:100]


def offered(list_id: str) -> KnownList | None:
    """The list asked for, even if the portal has not met it yet."""
    if not list_id:
        return None
    return list_known_as(list_id) or KnownList(list_id=list_id, name=lists.list_name(list_id))


def is_finding(request: PortalRequest) -> bool:
    """The search field asks, not the page."""
    return request.method != "POST" and request.htmx.target == PART


def found_lists(request: PortalRequest, form: TargetForm) -> HttpResponse:
    """What the search field found, with the ticked list still in front."""
    context = choice_of(request, form) | {"is_part": True}
    return render(request, f"imports/target_fields.html#{PART}", context)


def choice_of(request: PortalRequest, form: TargetForm) -> dict[str, Any]:
    """What `imports/target_fields.html` shows."""
    find = request.GET.get("find", "").strip()[:200]
    choices = list_choices(find)
    chosen = form.chosen
    others = [row for row in choices.lists if chosen is None or row.pk != chosen.pk]
    return {
        "form": form,
        "options": [chosen, *others] if chosen else others,
        "told": _told(choices, find),
        "find": find,
        "here": request.path,
        "notice": notice(choices.problem) if choices.problem else None,
    }


def _told(choices: Choices, find: str) -> str:
    shown, total = len(choices.lists), choices.total
    if not find:
        return f"The {shown} newest of {total:,} lists" if shown < total else ""
    if not total:
        return f"No list has “{Truncator(find).chars(60)}” in its name"
    if shown < total:
        return f"The {shown} newest of {total:,} found: type more of the name"
    return f"{total:,} list{'' if total == 1 else 's'} found"
