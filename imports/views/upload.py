"""The first step: a file, and the list its leads go to."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from imports import upload_handler
from imports.core.outcomes import UnreadableFile
from imports.forms.upload import TargetForm, UploadForm
from imports.services import uploads
from imports.services.storage import NoRoom
from imports.views import steps
from imports.views.access import get_run, lack_to_import
from imports.views.cards import size_words
from imports.views.choosing import choice_of, found_lists, is_finding, offered, wanted_list
from people.access import may_operate
from people.http import PortalRequest


@may_operate
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: PortalRequest) -> HttpResponse:
    """Take a file; the same form sent twice gives the run made the first time."""
    form = _upload_form(request)
    if is_finding(request):
        return found_lists(request, form)
    problem = ""
    if request.method == "POST":
        problem = _refused(request)
        if not problem and form.is_valid():
            try:
                return _kept(request, form)
            except UnreadableFile as refused:
                problem = refused.sentence
    context: dict[str, Any] = {
        "problem": problem,
        "steps": steps.steps_before_upload(),
        "max_bytes": settings.UPLOAD_MAX_BYTES,
        "limit": _limit_words(),
        "lack": lack_to_import(),
    }
    if request.htmx:
        template = "imports/upload.html#upload-problem"
        return render(request, template, context | {"form": form})
    return render(request, "imports/upload.html", context | choice_of(request, form))


@may_operate
@require_http_methods(["GET", "HEAD", "POST"])
def target(request: PortalRequest, run_id: int) -> HttpResponse:
    """Back at the first step: another list for a file that is uploaded already."""
    run = get_run(run_id)
    if not run.is_before_start:
        return redirect(run)
    wanted = wanted_list(request, run.list_id)
    chosen = {"list": wanted, "new_list": "" if run.list_id else run.list_name}
    form = TargetForm(request.POST or None, offered=offered(wanted), initial=chosen)
    if is_finding(request):
        return found_lists(request, form)
    if request.method == "POST" and form.is_valid():
        uploads.change_target(run, form.target)
        _say_if_existing(request, form)
        return redirect("imports:map", run.pk)
    context: dict[str, Any] = {
        "run": run,
        "size": size_words(run.file_size),
        "steps": steps.steps_of(run, steps.UPLOAD, may_operate=True),
    }
    return render(request, "imports/target.html", context | choice_of(request, form))


def _kept(request: PortalRequest, form: UploadForm) -> HttpResponse:
    file: TemporaryUploadedFile = form.cleaned_data["file"]
    stored = uploads.keep_upload(file)
    run = uploads.create_run(request.user, stored, form.target, form_nonce=form.form_nonce)
    _say_if_existing(request, form)
    address = reverse("imports:map", args=[run.pk])
    if request.htmx:
        return HttpResponseClientRedirect(address)
    return HttpResponse(status=303, headers={"Location": address})


def _upload_form(request: PortalRequest) -> UploadForm:
    wanted = wanted_list(request)
    sent = request.method == "POST"
    return UploadForm(
        request.POST if sent else None,
        request.FILES if sent else None,
        offered=offered(wanted),
        initial={"list": wanted, "nonce": uuid.uuid4()},
    )


def _say_if_existing(request: PortalRequest, form: TargetForm) -> None:
    if form.names_existing:
        name = form.target.list_name
        messages.info(request, f"“{name}” is there already, so the leads go into that list.")


def _refused(request: PortalRequest) -> str:
    match getattr(request, "upload_refused", ""):
        case upload_handler.TOO_LARGE:
            return (
                f"The file is larger than {_limit_words()}, the most this portal takes, "
                "and was not kept. Split it and import the parts."
            )
        case upload_handler.NO_ROOM:
            return NoRoom.sentence
        case _:
            return ""


def _limit_words() -> str:
    return f"{settings.UPLOAD_MAX_BYTES / (1024 * 1024):,.0f} MB"
