"""The portal's addresses and, for the tests of the design system, one page more."""

from __future__ import annotations

from django.urls import path

from cleanlist_portal.urls import urlpatterns as portal_urls
from tests.browser.showcase.views import live, parts, slow, upload

urlpatterns = [
    *portal_urls,
    path("showcase/", parts),
    path("showcase/live", live),
    path("showcase/slow", slow),
    path("showcase/upload", upload),
]
