from __future__ import annotations

from datetime import timedelta

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


def test_health_is_503_when_a_worker_lives_and_is_stuck(anonymous, settings):
    Heart("w1").beat()
    Heart("w2").beat()
    long_ago = timezone.now() - timedelta(seconds=settings.STUCK_SECONDS + 1)
    WorkerBeat.objects.filter(worker_id="w2").update(got_on_at=long_ago)
    response = anonymous.get("/healthz")
    report = response.json()
    assert (response.status_code, report["status"]) == (503, "worker stuck")
    assert (report["workers"], report["stuck"]) == (2, 1)


def test_a_worker_that_died_while_it_was_stuck_is_not_stuck_any_more(anonymous, settings):
    Heart("w1").beat()
    Heart("w2").beat()
    long_ago = timezone.now() - timedelta(seconds=settings.STUCK_SECONDS + 1)
    WorkerBeat.objects.filter(worker_id="w2").update(got_on_at=long_ago, beat_at=long_ago)
    assert anonymous.get("/healthz").status_code == 200


def test_health_is_503_when_the_database_is_gone(anonymous, monkeypatch):
    def gone():
        raise DatabaseError

    monkeypatch.setattr("cleanlist_portal.views.jobs.health", gone)
    response = anonymous.get("/healthz")
    assert (response.status_code, response.json()["status"]) == (503, "down")


def test_every_answer_carries_the_security_headers(anonymous):
    headers = anonymous.get("/sign-in").headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert (headers["X-Content-Type-Options"], headers["X-Frame-Options"]) == (
        "nosniff",
        "DENY",
    )
    assert headers["Referrer-Policy"] == "same-origin"
