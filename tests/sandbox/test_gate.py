"""Keys, error shapes and request ids: what every call gets."""

from __future__ import annotations

import re

import pytest

REQUEST_ID = re.compile(r"req_[0-9a-f]{16}")


def test_it_answers_under_both_prefixes(sandbox):
    for prefix in ("/api/v1/public", "/api/v2"):
        assert sandbox.client_for(prefix=prefix).get("/whoami").status_code == 200


def test_it_gives_every_answer_a_request_id(owner):
    for path in ("/whoami", "/nowhere", "/lead-lists/nope"):
        assert REQUEST_ID.fullmatch(owner.get(path).headers["X-Request-Id"])


def test_it_refuses_a_missing_key_in_the_envelope(sandbox):
    answer = sandbox.client_for(None).get("/whoami")
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "unauthorized"


@pytest.mark.parametrize("header", ["clapi_sandbox_owner", "Basic x", "Bearer clapi_other"])
def test_it_refuses_a_malformed_or_unknown_key(sandbox, header):
    caller = sandbox.client_for(None)
    assert caller.get("/whoami", headers={"Authorization": header}).status_code == 401


def test_it_refuses_a_revoked_key(sandbox):
    assert sandbox.client_for("clapi_sandbox_revoked").get("/whoami").status_code == 401


def test_it_fills_the_whole_envelope(owner):
    answer = owner.get("/lead-lists/nope")
    error = answer.json()["error"]
    assert error["code"] == "not_found"
    assert error["retryable"] is False
    assert error["retry_after_ms"] is None
    assert error["docs_url"] == "https://docs.cleanlist.ai/errors/not-found"
    assert error["request_id"] == answer.headers["X-Request-Id"]


def test_it_names_the_missing_scope(reader):
    answer = reader.post("/lead-lists", json={"name": "Mine"})
    assert answer.status_code == 403
    error = answer.json()["error"]
    assert error["code"] == "insufficient_scope"
    assert error["problem"].startswith("This call requires the 'lists:write' scope")
    assert error["details"]["required_scopes"] == ["lists:write"]
    assert "lists:read" in error["details"]["granted_scopes"]


def test_it_rejects_an_unknown_request_key_as_a_schema_fault(owner):
    answer = owner.post("/lead-lists", json={"name": "Mine", "colour": "red"})
    assert answer.status_code == 422
    [detail] = answer.json()["detail"]
    assert detail["loc"] == ["body", "colour"]
    assert detail["type"] == "extra_forbidden"


def test_it_rejects_a_query_out_of_range_as_a_schema_fault(owner):
    [detail] = owner.get("/lead-lists", params={"limit": 101}).json()["detail"]
    assert detail["loc"] == ["query", "limit"]


def test_it_rejects_a_body_that_is_no_json(owner):
    answer = owner.post("/lead-lists", data="{nope")
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["type"] == "json_invalid"


def test_it_answers_a_wrong_method_in_json(owner):
    answer = owner.put("/lead-lists")
    assert answer.status_code == 405
    assert answer.json()["error"]["code"] == "method_not_allowed"
    assert "GET" in answer.headers["Allow"]


def test_it_points_a_wrong_path_to_the_right_one(owner):
    error = owner.get("/lead-list").json()["error"]
    assert "/api/v1/public/lead-lists" in error["details"]["similar_paths"]


def test_it_explains_a_path_without_prefix(sandbox, owner):
    answer = owner.post(f"{sandbox.origin}/v1/people/enrich")
    assert answer.status_code == 404
    assert "/api/v2" in answer.json()["error"]["fix"]


def test_it_writes_each_call_to_the_ledger(sandbox, owner):
    owner.post("/lead-lists", json={"name": ""})
    [entry] = sandbox.ledger("request")
    assert entry["method"] == "POST"
    assert entry["path"] == "/api/v1/public/lead-lists"
    assert entry["key"] == "clapi_sandbox_owner"
    assert entry["status"] == 422


def test_it_never_writes_an_unknown_key_to_the_ledger(sandbox):
    sandbox.client_for("clapi_someones_secret").get("/whoami")
    [entry] = sandbox.ledger("request")
    assert entry["key"] == ""
    assert entry["status"] == 401


def test_it_leaves_no_effect_of_a_refused_call(sandbox, owner):
    owner.post("/lead-lists", json={"name": "Mine", "folder_id": "nope"})
    assert sandbox.ledger("list_created") == []


def test_it_refuses_a_body_of_20_mb(owner):
    answer = owner.post("/lead-lists", data=b"x" * (20 * 1024 * 1024 + 1))
    assert answer.status_code == 413


def test_it_publishes_its_documentation_without_outside_addresses(sandbox, owner):
    page = owner.get(f"{sandbox.origin}/api/v2/docs").text
    assert "https://" not in page
    assert owner.get(f"{sandbox.origin}/static/ninja/swagger-ui-bundle.js").ok


def test_it_publishes_an_openapi_document_with_every_operation(sandbox, owner):
    document = owner.get(f"{sandbox.origin}/api/v2/openapi.json").json()
    operation = document["paths"]["/api/v2/lead-lists/{list_id}/csv-import"]["post"]
    assert {"201", "413", "422", "503"} <= set(operation["responses"])
    assert "ErrorReply" in document["components"]["schemas"]
    assert "/api/v2/auth/validate-key" not in document["paths"]
