"""What may be done to people. Every action is one transaction and one line of the trail."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from people.audit import record
from people.models import Person, Role
from people.sessions import end_sessions
from people.throttle import forget_tries

ONE_TIME_PASSWORD_LIFE = timedelta(days=3)


class LastAdminError(Exception):
    """The change would leave nobody to look after people and settings."""


@transaction.atomic
def add_person(by: Person, username: str, email: str, role: Role) -> tuple[Person, str]:
    """Add a person; return them and the one-time password to hand over."""
    person = Person.objects.create_user(username, email, role=role)
    password = _hand_out_password(person)
    record(by, "added person", username, role=role)
    return person, password


@transaction.atomic
def renew_password(by: Person, person: Person) -> str:
    """Replace the person's password by a one-time one and sign them out; return it."""
    password = _hand_out_password(person)
    end_sessions(person)
    record(by, "set new password", person.username)
    return password


@transaction.atomic
def change_role(by: Person, person: Person, role: Role) -> None:
    """Give the person another role. Raises LastAdminError if they are the only admin."""
    before = person.role
    if role != Role.ADMIN:
        _require_another_admin(person)
    person.role = role
    person.save(update_fields=["role"])
    record(by, "changed role", person.username, before=before, after=role)


@transaction.atomic
def deactivate(by: Person, person: Person) -> None:
    """Lock the person out at once. Raises LastAdminError if they are the only admin."""
    _require_another_admin(person)
    person.is_active = False
    person.save(update_fields=["is_active"])
    end_sessions(person)
    record(by, "deactivated", person.username)


@transaction.atomic
def reactivate(by: Person, person: Person) -> None:
    """Let the person sign in again, with the password they had."""
    person.is_active = True
    person.save(update_fields=["is_active"])
    record(by, "reactivated", person.username)


@transaction.atomic
def choose_password(person: Person, password: str, session_key: str | None) -> None:
    """Set the password the person chose; only the session they sit at goes on."""
    person.set_password(password)
    person.one_time_password_until = None
    person.save(update_fields=["password", "one_time_password_until"])
    end_sessions(person, keep=session_key)
    forget_tries(person.username)
    record(person, "changed own password", person.username)


@transaction.atomic
def change_mail(person: Person, email: str, wants_mail: bool) -> None:
    """Set the person's own address and whether their notices go there."""
    person.email, person.wants_mail = email, wants_mail
    person.save(update_fields=["email", "wants_mail"])
    record(person, "changed own e-mail", person.username, wanted=wants_mail)


@transaction.atomic
def sign_out_elsewhere(person: Person, session_key: str | None) -> int:
    """End the person's other sessions; return how many there were."""
    ended = end_sessions(person, keep=session_key)
    record(person, "signed out elsewhere", person.username, sessions=ended)
    return ended


def _hand_out_password(person: Person) -> str:
    password = secrets.token_urlsafe(12)
    forget_tries(person.username)
    person.set_password(password)
    person.one_time_password_until = timezone.now() + ONE_TIME_PASSWORD_LIFE
    person.save(update_fields=["password", "one_time_password_until"])
    return password


def _require_another_admin(person: Person) -> None:
    admins = Person.objects.select_for_update().filter(role=Role.ADMIN, is_active=True)
    if {admin.pk for admin in admins} == {person.pk}:
        raise LastAdminError
