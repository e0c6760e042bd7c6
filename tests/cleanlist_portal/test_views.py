from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.utils import timezone

from jobs.heart import Heart
from jobs.models import WorkerBeat


def test_the_front_door_leads_to_the_lists(anonymous):
    assert anonymous.get("/")["Location"] == "/lists/"


def test_health_is_200_while_a_worker_lives(anonymous):
    Heart("w1").beat()
    response = anonymous.get("/healthz")
    report = response.json()
    assert (response.status_code, report["status"], report["database"]) == (200, "ok", "ok")
    assert 0 <= report["worker_seconds_ago"] < 5


def test_health_is_503_when_the_worker_is_silent(anonymous):
    Heart("w1").beat()
    WorkerBeat.objects.update(beat_at=timezone.now() - timedelta(seconds=31))
    response = anonymous.get("/healthz")
    assert (response.status_code, response.json()["status"]) == (503, "no worker")


def test_health_is_503_when_there_was_never_a_worker(anonymous):
    response = anonymous.get("/healthz")
    assert (response.status_code, response.json()["worker_seconds_ago"]) == (503, None)


def test_health_is_503_when_the_database_is_gone(anonymous, monkeypatch):
    def gone():
        raise DatabaseError

    monkeypatch.setattr("cleanlist_portal.views.sign_of_life", gone)
    response = anonymous.get("/healthz")
    assert (response.status_code, response.json()["status"]) == (503, "down")


@pytest.mark.parametrize(
    "path, status, words",
    [
        ("/no-such-page", 404, "There is no such page"),
        ("/people/999/", 404, "There is no such page"),
    ],
)
def test_it_says_in_words_what_is_not_there(path, status, words, ada_client):
    response = ada_client.get(path)
    assert (response.status_code, words in response.content.decode()) == (status, True)


def test_a_fault_of_ours_shows_no_trace(ada_client, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("secret detail")

    monkeypatch.setattr("people.views.render", broken)
    ada_client.raise_request_exception = False
    response = ada_client.get("/people/")
    assert response.status_code == 500
    assert b"Something in the portal broke" in response.content
    assert b"secret detail" not in response.content


def test_a_form_without_its_token_changes_nothing(ada):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(ada, backend="django.contrib.auth.backends.ModelBackend")
    response = client.post("/people/add", {"username": "dora", "role": "viewer"})
    assert response.status_code == 403
    assert b"That page was too old to send" in response.content


def test_a_strange_host_name_is_refused_in_words(anonymous):
    response = anonymous.get("/sign-in", headers={"Host": "evil.example.com"})
    assert response.status_code == 400


def test_every_answer_carries_the_security_headers(anonymous):
    headers = anonymous.get("/sign-in").headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert (headers["X-Content-Type-Options"], headers["X-Frame-Options"]) == (
        "nosniff",
        "DENY",
    )
    assert headers["Referrer-Policy"] == "same-origin"
