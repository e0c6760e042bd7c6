from __future__ import annotations

import time

import pytest
import requests

from tests.sandbox.conftest import people

ANSWERS = [
    ("rate_limited", 429, "rate_limited"),
    ("server_error", 500, "internal_error"),
    ("unavailable", 503, "service_unavailable"),
    ("unauthorized", 401, "unauthorized"),
    ("no_scope", 403, "insufficient_scope"),
    ("not_found", 404, "not_found"),
    ("out_of_credits", 400, "insufficient_credits"),
    ("quote_expired", 400, "quote_expired"),
    ("feature_off", 503, "feature_disabled"),
]


@pytest.mark.parametrize(("kind", "status", "code"), ANSWERS)
def test_it_answers_as_scripted_without_effect(sandbox, owner, kind, status, code):
    sandbox.fault(kind)
    answer = owner.post("/lead-lists", json={"name": "Mine"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert sandbox.ledger("list_created") == []


def test_it_uses_a_fault_up(sandbox, owner):
    sandbox.fault("server_error", times=2)
    codes = [owner.get("/whoami").status_code for _ in range(3)]
    assert codes == [500, 500, 200]


def test_it_takes_faults_in_order_by_what_they_match(sandbox, owner):
    sandbox.fault("unavailable", path="balance")
    sandbox.fault("server_error", method="post")
    sandbox.fault("rate_limited", path=r"/lead-lists$", method="GET")
    assert owner.get("/lead-lists").status_code == 429
    assert owner.post("/lead-lists", json={"name": "Mine"}).status_code == 500
    assert owner.get("/credits/balance").status_code == 503


@pytest.mark.parametrize("kind", ["rate_limited", "unavailable"])
def test_it_says_when_to_come_back(sandbox, owner, kind):
    sandbox.fault(kind, retry_after=7)
    answer = owner.get("/whoami")
    assert answer.headers["Retry-After"] == "7"
    assert answer.json()["error"]["retry_after_ms"] == 7000


def test_it_gives_any_answer_a_test_wants(sandbox, owner):
    sandbox.fault("answer", status=409, body={"x": 1}, headers={"Retry-After": "soon"})
    answer = owner.get("/whoami")
    assert (answer.status_code, answer.json()) == (409, {"x": 1})
    assert answer.headers["Retry-After"] == "soon"


def test_it_waits_before_a_slow_answer(sandbox, owner):
    sandbox.fault("slow", seconds=0.2)
    start = time.monotonic()
    assert owner.get("/whoami").status_code == 200
    assert time.monotonic() - start >= 0.2


def test_it_serves_others_while_one_call_is_slow(sandbox, owner):
    sandbox.fault("slow", seconds=30, path="balance")
    with pytest.raises(requests.Timeout):
        owner.get("/credits/balance", timeout=0.1)
    assert owner.get("/whoami", timeout=15).status_code == 200


def test_a_slow_call_of_an_earlier_world_leaves_no_trace_in_a_new_one(sandbox, owner):
    sandbox.fault("slow", seconds=0.5, path="balance")
    with pytest.raises(requests.Timeout):
        owner.get("/credits/balance", timeout=0.1)
    sandbox.reset()
    time.sleep(0.7)
    assert sandbox.calls() == []


def test_it_cuts_before_any_effect(sandbox, import_csv):
    sandbox.fault("cut_before")
    with pytest.raises(requests.ConnectionError):
        import_csv(people(2), idempotency_key="k")
    assert sandbox.ledger("row_imported") == []
    assert sandbox.calls("csv-import")[0]["status"] == 0


@pytest.mark.parametrize("kind", ["cut_after", "cut_middle"])
def test_it_cuts_after_the_effect_is_committed(sandbox, import_csv, kind):
    sandbox.fault(kind)
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        import_csv(people(2), idempotency_key="k")
    assert len(sandbox.ledger("row_imported")) == 2
    assert import_csv(people(2), idempotency_key="k").json()["idempotency_replayed"] is True


@pytest.mark.parametrize("kind", ["garbage", "truncated"])
def test_it_answers_what_no_parser_takes(sandbox, owner, kind):
    sandbox.fault(kind)
    answer = owner.post("/lead-lists", json={"name": "Mine"})
    with pytest.raises(ValueError, match=r".*"):
        answer.json()
    assert len(sandbox.ledger("list_created")) == 1


def test_it_answers_a_maintenance_page_with_200(sandbox, owner):
    sandbox.fault("html")
    answer = owner.get("/whoami")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/html"


def test_it_drops_a_required_field(sandbox, owner):
    sandbox.fault("wrong_shape")
    assert "lists" not in owner.get("/lead-lists").json()
    sandbox.fault("wrong_shape", field="total")
    assert "total" not in owner.get("/lead-lists").json()


def test_it_answers_more_than_a_client_should_read(sandbox, owner):
    sandbox.fault("huge")
    assert len(owner.get("/whoami").content) > 5_000_000


def test_it_fails_after_the_effect(sandbox, owner):
    sandbox.fault("error_after", status=502)
    assert owner.post("/lead-lists", json={"name": "Mine"}).status_code == 502
    assert len(sandbox.ledger("list_created")) == 1


def test_it_redirects_to_another_origin(sandbox, owner):
    sandbox.fault("redirect", location="http://127.0.0.1:9/elsewhere")
    answer = owner.get("/whoami", allow_redirects=False)
    assert answer.status_code == 307
    assert answer.headers["Location"] == "http://127.0.0.1:9/elsewhere"


def test_it_rejects_an_unknown_kind_or_pattern(sandbox, owner):
    for fault in ({"kind": "meteor"}, {"kind": "slow", "path": "("}):
        answer = owner.post(f"{sandbox.origin}/_sandbox/faults", json={"faults": [fault]})
        assert answer.status_code == 422


def test_it_forgets_faults_on_demand(sandbox, owner):
    sandbox.fault("server_error", times=9)
    assert sandbox.post("/faults", faults=[], clear=True) == {"faults": []}
    assert owner.get("/whoami").status_code == 200
