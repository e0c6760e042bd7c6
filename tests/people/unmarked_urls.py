"""A URLconf whose author forgot to say who may open the page."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import path


def forgotten(request):
    return HttpResponse()


urlpatterns = [path("forgotten", forgotten)]
