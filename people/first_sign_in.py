"""The way in to a portal that has no people yet."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from people.audit import record
from people.models import Person, Role


@dataclass(frozen=True)
class FirstSignIn:
    username: str
    password: str

    @property
    def words(self) -> str:
        return f"First sign-in: user {self.username}, password {self.password}"


@transaction.atomic
def create_first_sign_in() -> FirstSignIn | None:
    """Make an admin if there is nobody yet; return their name and password, else None."""
    if Person.objects.exists():
        return None
    password = settings.FIRST_PASSWORD or secrets.token_urlsafe(12)
    username = settings.FIRST_USER
    person = Person.objects.create_user(username, password=password, role=Role.ADMIN)
    record(None, "added person", person.username, role=person.role)
    return FirstSignIn(username, password)
