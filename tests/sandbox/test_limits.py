from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest


@pytest.fixture(autouse=True)
def enforce(sandbox):
    sandbox.enforce_limits(per_key=3, per_organization=5)


def statuses(caller, count):
    return [caller.get("/whoami").status_code for _ in range(count)]


def test_it_refuses_a_key_one_call_too_many(owner):
    assert statuses(owner, 4) == [200, 200, 200, 429]


def test_it_says_how_long_to_wait(owner):
    statuses(owner, 3)
    answer = owner.get("/whoami")
    error = answer.json()["error"]
    assert error["code"] == "rate_limited"
    assert error["retryable"] is True
    assert 58_000 < error["retry_after_ms"] <= 60_000
    assert answer.headers["Retry-After"] == "60"


def test_it_counts_the_organization_over_its_keys(owner, teammate):
    assert statuses(owner, 3) + statuses(teammate, 3) == [200] * 5 + [429]


def test_it_counts_another_organization_apart(owner, stranger):
    statuses(owner, 4)
    assert statuses(stranger, 1) == [200]


def test_it_counts_a_call_that_fails(owner):
    for _ in range(3):
        owner.get("/lead-lists/nope")
    assert statuses(owner, 1) == [429]


def test_it_counts_the_status_of_a_workflow(owner):
    for _ in range(3):
        owner.get("/enrichment/status/nope")
    assert statuses(owner, 1) == [429]


def test_it_does_not_count_health_or_control(sandbox, owner):
    for _ in range(5):
        owner.get(f"{sandbox.origin}/_sandbox/health")
        sandbox.lists()
    assert statuses(owner, 1) == [200]


def test_it_counts_exactly_when_calls_come_at_once(sandbox):
    def call(_):
        return sandbox.client_for().get("/whoami").status_code

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(call, range(12))) == [200] * 3 + [429] * 9


def test_it_ignores_the_sandbox_clock(sandbox, owner):
    statuses(owner, 3)
    sandbox.advance(120)
    assert statuses(owner, 1) == [429]


def test_it_lets_calls_pass_when_limits_are_off(sandbox, owner):
    statuses(owner, 4)
    sandbox.change(limits=False)
    assert statuses(owner, 5) == [200] * 5
