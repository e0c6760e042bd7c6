"""Browsers somebody has signed in with before, by a signed cookie.

Whoever tries a name from a browser that knows it is not held up by what strangers do
(people/throttle.py). The cookie opens nothing: it is no sign-in.
"""

from __future__ import annotations

import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

SALT = "people.known_browsers"
MAX_AGE = 180 * 24 * 60 * 60
# People who share a browser; the one who came longest ago is forgotten.
MOST = 8


def known_as(request: HttpRequest, username: str) -> str:
    """The browser's own mark for that name, "" if nobody signed in here under it."""
    return _names(request).get(username, "")


def remember(request: HttpRequest, response: HttpResponse, username: str) -> None:
    """Have the browser know that name from now on."""
    names = _names(request)
    mark = names.pop(username, "") or secrets.token_urlsafe(12)
    kept = dict([*names.items(), (username, mark)][-MOST:])
    response.set_cookie(
        settings.KNOWN_BROWSER_COOKIE_NAME,
        signing.dumps(kept, salt=SALT, compress=True),
        max_age=MAX_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _names(request: HttpRequest) -> dict[str, str]:
    cookie = request.COOKIES.get(settings.KNOWN_BROWSER_COOKIE_NAME, "")
    try:
        names: dict[str, str] = signing.loads(cookie, salt=SALT, max_age=MAX_AGE)
    except signing.BadSignature:
        return {}
    return names
