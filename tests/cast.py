"""The cast: ada (admin), alice (operator), bob (viewer), charlie (no way in)."""

from __future__ import annotations

import pytest
from django.test import Client, override_settings

from people.models import Person, Role

PASSWORD = "correct horse battery"


def person(username: str, role: Role, **fields: object) -> Person:
    return Person.objects.create_user(
        username, f"{username}@example.com", PASSWORD, role=role, **fields
    )


def signed_in(somebody: Person) -> Client:
    client = Client()
    with override_settings(AXES_ENABLED=False):  # nobody guesses here, so nothing to count
        client.force_login(somebody, backend="django.contrib.auth.backends.ModelBackend")
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
