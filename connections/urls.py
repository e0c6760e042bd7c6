from __future__ import annotations

from django.urls import path

from connections import views

app_name = "connections"
urlpatterns = [
    path("frame/credits", views.frame_status, name="frame_status"),
    path("credits/", views.credits, name="credits"),
    path("settings/", views.settings_page, name="settings"),
]
