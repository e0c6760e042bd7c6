"""Who may call: four sandbox keys, their people, organizations and scopes."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from django.http import HttpRequest

from sandbox import errors
from sandbox.clock import Clock

ALL_SCOPES = (
    "admin:api_keys",
    "companies:read",
    "credits:read",
    "enrich:read",
    "enrich:write",
    "export:read",
    "lists:read",
    "lists:write",
    "people:read",
    "smart_agents:read",
    "smart_agents:write",
    "sync:write",
)
READ_SCOPES = tuple(scope for scope in ALL_SCOPES if scope.endswith(":read"))


@dataclass(frozen=True)
class Organization:
    organization_id: str
    name: str
    tier: str
    credits: int


@dataclass(frozen=True)
class Person:
    user_id: str
    name: str
    email: str
    organization: Organization
    scopes: tuple[str, ...]


@dataclass(frozen=True)
class ApiKey:
    key_id: str
    secret: str
    name: str
    person: Person
    is_active: bool = True


HOME = Organization("org_sandbox_home", "Harbor & Pine", "pro", 120_400)
ELSEWHERE = Organization("org_sandbox_elsewhere", "Elsewhere Ltd", "starter", 2_500)

OWNER = Person("user_owner", "Olga Owner", "olga@harbor.example.com", HOME, ALL_SCOPES)
TEAMMATE = Person(
    "user_teammate", "Tariq Teammate", "tariq@harbor.example.com", HOME, ALL_SCOPES
)
READER = Person("user_reader", "Rita Reader", "rita@harbor.example.com", HOME, READ_SCOPES)
STRANGER = Person(
    "user_stranger", "Sam Stranger", "sam@elsewhere.example.com", ELSEWHERE, ALL_SCOPES
)
PEOPLE = {person.user_id: person for person in (OWNER, TEAMMATE, READER, STRANGER)}

KEYS = (
    ApiKey("key_owner", "clapi_sandbox_owner", "Portal", OWNER),
    ApiKey("key_owner_old", "clapi_sandbox_revoked", "Old script", OWNER, is_active=False),
    ApiKey("key_teammate", "clapi_sandbox_teammate", "Laptop", TEAMMATE),
    ApiKey("key_reader", "clapi_sandbox_reader", "Dashboard", READER),
    ApiKey("key_stranger", "clapi_sandbox_stranger", "Main", STRANGER),
)
_ACTIVE = {key.secret: key for key in KEYS if key.is_active}


class ApiRequest(HttpRequest):
    """A call that passed the gate: who calls, the open transaction and the clock."""

    key: ApiKey
    person: Person
    organization_id: str
    db: sqlite3.Connection
    clock: Clock
    seed: int
    world_age: int
    prefix: str
    request_id: str


def key_of(request: HttpRequest) -> ApiKey | None:
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    return _ACTIVE.get(secret.strip()) if scheme.lower() == "bearer" else None


def require(request: ApiRequest, scope: str) -> None:
    if scope not in request.person.scopes:
        raise errors.missing_scope(scope, request.person.scopes)
