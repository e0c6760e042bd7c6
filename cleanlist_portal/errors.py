"""Pages for what went wrong: in the frame for somebody signed in, bare for everybody else.

htmx gets the words alone and shows them above the page it is on (templates/base.html,
`responseHandling`).
"""

from __future__ import annotations

import sys
from dataclasses import asdict, dataclass

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import requires_csrf_token

from people.access import open_to_all
from people.models import Person

FRAMED, BARE = "base.html", "bare.html"


@dataclass(frozen=True)
class Words:
    status: int
    title: str
    heading: str
    meaning: str
    next_step: str


BAD_REQUEST = Words(
    400,
    "Not understood",
    "The portal did not understand that",
    "The request was malformed, or came under a name the portal is not told about (its "
    "setting ALLOWED_HOSTS). Nothing was changed.",
    "",
)
NOT_ALLOWED = Words(
    403,
    "Not yours to do",
    "You can't do this",
    "Nothing was changed.",
    "An admin can tell you why.",
)
TOO_OLD = Words(
    403,
    "Page too old",
    "That page was too old to send",
    "You signed in or out since it was opened, or the browser keeps no cookies. Nothing was "
    "changed.",
    "Go back, reload the page and send it again.",
)
NOT_FOUND = Words(
    404,
    "Not found",
    "There is no such page",
    "The address is wrong, or what it showed has been deleted.",
    "",
)
FAULT = Words(
    500,
    "Something broke",
    "Something in the portal broke",
    "What you last sent may not have been stored: look before you send it again. Imports go "
    "on in the background and no credits are lost.",
    "The portal's log says what happened, at the time of this page.",
)


@requires_csrf_token
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, BAD_REQUEST)


@requires_csrf_token
def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, NOT_ALLOWED)


@requires_csrf_token
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, NOT_FOUND)


@open_to_all
@requires_csrf_token
def too_old(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without the token of this session (setting CSRF_FAILURE_VIEW)."""
    return _answer(request, TOO_OLD)


@requires_csrf_token
def fault(request: HttpRequest) -> HttpResponse:
    """A bug, or no database: then, or when the frame is what broke, the page is bare."""
    if isinstance(sys.exc_info()[1], DatabaseError):
        return _page(request, FAULT, BARE)
    try:
        return _answer(request, FAULT)
    except Exception:
        return _page(request, FAULT, BARE)


def _answer(request: HttpRequest, words: Words) -> HttpResponse:
    if getattr(request, "htmx", False):
        return render(request, "components/notice.html", _notice(words), status=words.status)
    return _page(request, words, FRAMED if _has_frame(request) else BARE)


def _page(request: HttpRequest, words: Words, layout: str) -> HttpResponse:
    context = {"words": words, "layout": layout}
    return render(request, "error.html", context, status=words.status)


def _notice(words: Words) -> dict[str, object]:
    return asdict(words) | {"title": words.heading, "tone": "warn"}


def _has_frame(request: HttpRequest) -> bool:
    """Not before the portal knows who asks, nor before they have a password of their own."""
    person = getattr(request, "user", None)
    return isinstance(person, Person) and not person.has_one_time_password
