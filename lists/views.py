"""The pages of lists and leads."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from cleanlist_api.errors import ApiError, ListProtected, NotAllowed, NotFound
from connections import rights
from connections.notices import Notice, notice
from lists import changes, services
from lists.forms import LEAD_SIZES, LIST_SIZES, ListForm, SharesForm, TableQuery, table_query
from lists.fragments import after, answer
from lists.leads import open_lead
from lists.links import address, table_links
from lists.models import KnownList, short_id
from lists.paging import TablePage
from people.access import asked_by_pages, may_operate, may_view
from people.http import PortalRequest
from people.models import Role

PROTECTED = (
    "Cleanlist lets nobody rename or delete it. Leads go into it by import as into any other."
)
WAS_PROTECTED = "Cleanlist did not let it be changed before"
GONE = "The Cleanlist API has no such list, or none that this key may see."
LAST_ASK = 20


@may_view
@require_safe
def index(request: PortalRequest) -> HttpResponse:
    """All lists, or those whose known name matches."""
    query = table_query(request.GET, LIST_SIZES, default=50)
    if query.search:
        page = services.search_lists(query.search, query.place, folder_id=query.folder_id)
    else:
        page = services.lists_page(
            query.place,
            folder_id=query.folder_id,
            refresh=query.refresh,
            browsing=_is_browsing(request, query),
            at_once=not query.behind,
        )
    if query.refresh and not page.problem:
        return redirect(address(request))
    is_all = not (query.search or query.folder_id)
    context = {
        "page": page,
        "links": table_links(request, page, LIST_SIZES),
        "notice": notice(page.problem) if page.problem else None,
        "behind_url": _behind(request, page, query),
        "workspace": services.workspace(page.total if is_all else services.known_total()),
        "query": query,
        "folder_name": short_id(query.folder_id),
        "may_operate": request.user.may(Role.OPERATOR),
        "without_search": address(request, q=None, row=None),
        "without_folder": address(request, folder=None, cursor=None, row=None, skip=None),
        "waiting": [row.pk for row in page.rows if row.enriched_percent is None],
    }
    return answer(request, "lists/index.html", context, parts=("lists",))


@asked_by_pages
@may_view
@require_safe
def shares(request: PortalRequest) -> HttpResponse:
    """The cells of the enriched share a page lacks, from our own table; ends by itself."""
    form = SharesForm(request.GET)
    asked = (form.cleaned_data.get("n") or 0) if form.is_valid() else LAST_ASK
    rows = services.shares(request.GET.getlist("id")[: max(LIST_SIZES)])
    waiting = [row.pk for row in rows if row.enriched_percent is None]
    goes_on = asked < LAST_ASK
    context = {
        # The last time those that did not come as well, as not known.
        "told": [row for row in rows if row.enriched_percent is not None or not goes_on],
        "waiting": waiting if goes_on else [],
        "next_ask": asked + 1,
        "next_delay": min(3 + asked, 10),
    }
    return render(request, "lists/index.html#shares", context)


@may_view
@require_safe
def detail(request: PortalRequest, list_id: str) -> HttpResponse:
    """One list and its leads; `?lead=` opens the drawer."""
    query = table_query(request.GET, LEAD_SIZES, default=100)
    try:
        page = services.leads_page(
            list_id,
            query.place,
            refresh=query.refresh,
            browsing=_is_browsing(request, query),
            at_once=not query.behind,
        )
    except NotFound as error:
        raise Http404(GONE) from error
    if query.refresh and not page.problem:
        services.forget_detail(list_id)
        return redirect(address(request, lead=query.lead_id))
    context = {
        "head": services.list_head(list_id),
        "page": page,
        "links": table_links(request, page, LEAD_SIZES),
        "notice": notice(page.problem) if page.problem else None,
        "behind_url": _behind(request, page, query),
        "lead_address": address(request, lead="-")[:-1],
        "drawer": open_lead(request, page, query.lead_id),
        "may_operate": request.user.may(Role.OPERATOR),
    }
    response = answer(request, "lists/detail.html", context, parts=("leads", "drawer"))
    if not request.htmx:
        after(response, partial(services.visit, request.user, list_id))
    return response


@asked_by_pages
@may_view
@require_safe
def head(request: PortalRequest, list_id: str) -> HttpResponse:
    """The head of a list's page with its detail read; the page asks for it once."""
    if not request.htmx:
        return redirect("lists:detail", list_id)
    try:
        list_head = services.list_detail(list_id)
    except NotFound:
        list_head = replace(services.list_head(list_id), is_stale=False)
    context = {"head": list_head, "may_operate": request.user.may(Role.OPERATOR)}
    return render(request, "lists/detail.html#list-head", context)


@may_operate
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: PortalRequest) -> HttpResponse:
    """Make a list; an existing name opens that list."""
    form = ListForm(request.POST if request.method == "POST" else None)
    context: dict[str, object] = {"form": form, "lack": _lack("no list can be made")}
    if request.method == "POST" and form.is_valid():
        try:
            made = changes.create_list(request.user, **form.cleaned_data)
        except ApiError as error:
            context["notice"] = notice(error)
        else:
            words = "“{}” already exists, opened it." if made.reused else "“{}” is made."
            messages.info(request, words.format(made.name))
            return redirect("lists:detail", made.list_id)
    return render(request, "lists/new.html", context)


@may_operate
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: PortalRequest, list_id: str) -> HttpResponse:
    """Rename and describe a list."""
    known_list = _the_list(list_id)
    initial = {"name": known_list.name, "description": known_list.description}
    form = ListForm(request.POST if request.method == "POST" else None, initial=initial)
    context: dict[str, object] = {"form": form, "list": known_list}
    context["lack"] = _lack("no list can be changed")
    if request.method == "POST" and form.is_valid():
        try:
            changed = changes.change_list(request.user, list_id, **form.cleaned_data)
        except ApiError as error:
            context["notice"] = _refusal(error, known_list)
        else:
            messages.info(request, f"“{changed.name}” is saved.")
            return redirect("lists:detail", list_id)
    return render(request, "lists/edit.html", context)


@may_operate
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: PortalRequest, list_id: str) -> HttpResponse:
    """Ask, then delete a list; its leads stay in the workspace."""
    found = services.list_head(list_id)
    known_list = found.known
    context: dict[str, object] = {"list": known_list, "may_delete": True}
    context["lack"] = _lack("no list can be deleted")
    if request.method == "POST":
        try:
            was_there = changes.delete_list(request.user, list_id)
        except ApiError as error:
            context["notice"] = _refusal(error, known_list)
            context["may_delete"] = not isinstance(error, (NotAllowed, NotFound))
        else:
            words = "“{}” is deleted." if was_there else "“{}” was deleted before."
            messages.info(request, words.format(known_list.name))
            return redirect("lists:index")
    elif not found.is_met:
        context["list"] = _the_list(list_id)
    elif known_list.is_protected:
        context["notice"] = _refusal(ListProtected(WAS_PROTECTED), known_list)
    return render(request, "lists/delete.html", context)


def _lack(so: str) -> str:
    """What the key lacks for a change of lists, "" if it may."""
    lacking = rights.surely_lacks(rights.LISTS_WRITE)
    return rights.lack(rights.LISTS_WRITE, so) if lacking else ""


def _behind(request: PortalRequest, page: TablePage[Any], query: TableQuery) -> str:
    """Where the page asks for the rows anew while old ones are shown, "" if they are not."""
    return address(request, behind=1, lead=query.lead_id) if page.is_old else ""


def _is_browsing(request: PortalRequest, query: TableQuery) -> bool:
    """On the way through a table, not arriving at it."""
    return not query.behind and bool(request.htmx or query.place.position or query.lead_id)


def _the_list(list_id: str) -> KnownList:
    """The list as known; read first where the portal knows too little of it."""
    found = services.list_head(list_id)
    if not found.is_stale:
        return found.known
    try:
        return services.list_detail(list_id).known
    except NotFound as error:
        raise Http404(GONE) from error


def _refusal(error: ApiError, known_list: KnownList) -> Notice:
    """The API's words for a change it refused, with what to do about it."""
    said = notice(error)
    if isinstance(error, ListProtected):
        return replace(said, next_step=PROTECTED)
    if isinstance(error, NotFound):
        owner = known_list.owner_name or "its owner"
        return replace(
            said,
            title="The list is gone, or belongs to somebody else",
            meaning="The API tells both in the same words. Nothing was changed.",
            next_step=f"Only {owner} can change it in Cleanlist.",
        )
    return said
