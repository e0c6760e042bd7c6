"""Every address of the portal, by app."""

from __future__ import annotations

from django.urls import include, path

from cleanlist_portal import views

urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", views.health, name="health"),
    path("", include("people.urls")),
    path("", include("connections.urls")),
    path("lists/", include("lists.urls")),
    path("enrichment/", include("enrichment.urls")),
    path("imports/", include("imports.urls")),
]

handler400 = "cleanlist_portal.errors.bad_request"
handler403 = "cleanlist_portal.errors.not_allowed"
handler404 = "cleanlist_portal.errors.not_found"
handler500 = "cleanlist_portal.errors.fault"
