"""The cast: ada (admin), alice (operator), bob (viewer), charlie (no way in)."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client

from people.models import Person, Role

PASSWORD = "correct horse battery"


def person(username: str, role: Role, **fields: object) -> Person:
    return Person.objects.create_user(
        username, f"{username}@example.com", PASSWORD, role=role, **fields
    )


def signed_in(somebody: Person) -> Client:
    """A client with a session as signing in leaves it; that itself is tested elsewhere."""
    session = SessionStore()
    session[SESSION_KEY] = str(somebody.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = somebody.get_session_auth_hash()
    session.create()
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return client


@pytest.fixture
def ada(db) -> Person:
    return person("ada", Role.ADMIN)


@pytest.fixture
def alice(db) -> Person:
    return person("alice", Role.OPERATOR)


@pytest.fixture
def bob(db) -> Person:
    return person("bob", Role.VIEWER)


@pytest.fixture
def charlie(db) -> Person:
    return person("charlie", Role.VIEWER, is_active=False)


@pytest.fixture
def ada_client(ada) -> Client:
    return signed_in(ada)


@pytest.fixture
def alice_client(alice) -> Client:
    return signed_in(alice)


@pytest.fixture
def bob_client(bob) -> Client:
    return signed_in(bob)


@pytest.fixture
def anonymous(db) -> Client:
    return Client()
