"""Every address of the portal, by app."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("people.urls")),
    path("", include("connections.urls")),
    path("lists/", include("lists.urls")),
    path("enrichment/", include("enrichment.urls")),
    path("imports/", include("imports.urls")),
]
