from __future__ import annotations

from django.urls import path

from lists import views

app_name = "lists"
urlpatterns = [
    path("", views.index, name="index"),
    path("new", views.new, name="new"),
    path("shares", views.shares, name="shares"),
    path("<str:list_id>/", views.detail, name="detail"),
    path("<str:list_id>/head", views.head, name="head"),
    path("<str:list_id>/edit", views.edit, name="edit"),
    path("<str:list_id>/delete", views.delete, name="delete"),
]
