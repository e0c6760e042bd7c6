from __future__ import annotations

from django.urls import URLPattern

app_name = "enrichment"
urlpatterns: list[URLPattern] = []
