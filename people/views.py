"""The people of the portal, for admins; and each person's own page."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import push_url

from people import mail, services, trail
from people.access import may_administer, may_view
from people.forms import (
    ROLE_HINTS,
    AddPersonForm,
    ChangePasswordForm,
    FirstPasswordForm,
    MailForm,
    RoleForm,
    TrailForm,
)
from people.http import PortalRequest
from people.models import Person, Role

LAST_ADMIN = "{} is the only admin. Make somebody else an admin first."
AUDIT_PAGE = 50


@may_administer
@require_safe
def index(request: PortalRequest) -> HttpResponse:
    everybody = Person.objects.order_by("-is_active", "username")
    return render(request, "people/index.html", {"everybody": everybody})


@may_administer
@require_http_methods(["GET", "POST"])
def add(request: PortalRequest) -> HttpResponse:
    form = AddPersonForm(request.POST or None)
    if not form.is_valid():
        context = {"form": form, "roles": _role_options(form["role"].value())}
        return render(request, "people/add.html", context)
    fields = form.cleaned_data
    person, password = services.add_person(
        request.user, fields["username"], fields["email"], Role(fields["role"])
    )
    return _show_password(request, person, password)


@may_administer
@require_safe
def detail(request: PortalRequest, person_id: int) -> HttpResponse:
    person = get_object_or_404(Person, pk=person_id)
    context = {
        "person": person,
        "roles": _role_options(person.role),
        "lines": trail.lines(list(person.audit_entries.all()[:10])),
    }
    return render(request, "people/detail.html", context)


@may_administer
@require_POST
def set_role(request: PortalRequest, person_id: int) -> HttpResponse:
    person = get_object_or_404(Person, pk=person_id)
    form = RoleForm(request.POST)
    if not form.is_valid():
        messages.error(request, "There is no such role. Nothing was changed.")
        return redirect("people:detail", person_id)
    role = Role(form.cleaned_data["role"])
    try:
        services.change_role(request.user, person, role)
        messages.success(request, f"{person.username} is now {role.label.lower()}.")
    except services.LastAdminError:
        messages.error(request, LAST_ADMIN.format(person.username))
    return redirect("people:detail", person_id)


@may_administer
@require_POST
def set_active(request: PortalRequest, person_id: int) -> HttpResponse:
    person = get_object_or_404(Person, pk=person_id)
    try:
        if request.POST.get("active") == "yes":
            services.reactivate(request.user, person)
            messages.success(request, f"{person.username} can sign in again.")
        else:
            services.deactivate(request.user, person)
            messages.success(request, f"{person.username} is signed out and stays out.")
    except services.LastAdminError:
        messages.error(request, LAST_ADMIN.format(person.username))
    return redirect("people:detail", person_id)


@may_administer
@require_POST
def renew_password(request: PortalRequest, person_id: int) -> HttpResponse:
    person = get_object_or_404(Person, pk=person_id)
    return _show_password(request, person, services.renew_password(request.user, person))


@may_administer
@require_safe
def audit(request: PortalRequest) -> HttpResponse:
    """Who did what, narrowed by the address."""
    form = TrailForm(request.GET)
    filters = form.filters
    pages = Paginator(trail.entries(filters), AUDIT_PAGE)
    page = pages.get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "lines": trail.lines(list(page)),
        "is_filtered": filters != trail.Filters(),
        "newer_url": _trail_at(request, page.number - 1) if page.has_previous() else "",
        "older_url": _trail_at(request, page.number + 1) if page.has_next() else "",
    }
    response = render(request, "people/audit.html", context)
    if request.htmx:
        push_url(response, _trail_at(request, page.number))
    return response


@may_view
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def me(request: PortalRequest) -> HttpResponse:
    person = request.user
    was_one_time = person.has_one_time_password
    asks = FirstPasswordForm if was_one_time else ChangePasswordForm
    form = asks(request, request.POST or None)
    if not form.is_valid():
        return _show_me(request, form, MailForm(instance=person))
    password = form.cleaned_data["new_password1"]
    services.choose_password(person, password, request.session.session_key)
    update_session_auth_hash(request, person)
    messages.success(
        request, "The new password counts from now on. Other browsers are signed out."
    )
    return redirect("lists:index" if was_one_time else "people:me")


@may_view
@require_POST
def set_mail(request: PortalRequest) -> HttpResponse:
    person = request.user
    form = MailForm(request.POST, instance=Person.objects.get(pk=person.pk))
    if not form.is_valid():
        return _show_me(request, ChangePasswordForm(request), form)
    services.change_mail(person, form.cleaned_data["email"], form.cleaned_data["wants_mail"])
    messages.success(request, "Saved.")
    return redirect("people:me")


@may_view
@require_POST
def sign_out_elsewhere(request: PortalRequest) -> HttpResponse:
    ended = services.sign_out_elsewhere(request.user, request.session.session_key)
    words = "No other browser was signed in." if not ended else f"{ended} signed out."
    messages.success(request, words)
    return redirect("people:me")


def _trail_at(request: PortalRequest, number: int) -> str:
    """The trail's address for that page, without what a form sends empty."""
    kept = {name: value for name, value in request.GET.items() if value and name != "page"}
    query = kept | ({"page": str(number)} if number > 1 else {})
    return reverse("people:audit", query=query)


def _show_me(
    request: PortalRequest, form: FirstPasswordForm, mail_form: MailForm
) -> HttpResponse:
    context = {
        "form": form,
        "mail_form": mail_form,
        "person": request.user,
        "sends_mail": mail.is_configured(),
    }
    is_first = request.user.has_one_time_password
    template = "people/first_password.html" if is_first else "people/me.html"
    return render(request, template, context)


def _show_password(request: PortalRequest, person: Person, password: str) -> HttpResponse:
    context = {"person": person, "password": password}
    return render(request, "people/one_time_password.html", context)


def _role_options(chosen: str) -> list[dict[str, object]]:
    return [
        {"value": role.value, "label": role.label, "hint": hint, "checked": role == chosen}
        for role, hint in ROLE_HINTS.items()
    ]
