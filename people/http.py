"""What a request of this portal carries beyond Django's own."""

from __future__ import annotations

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from people.models import Person


class PortalRequest(HttpRequest):
    """A request of a signed-in person; `may_view` and its sisters hand it to a view."""

    user: Person
    htmx: HtmxDetails
