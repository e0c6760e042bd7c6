"""Who am I, keys, usage and export."""

from __future__ import annotations

import csv
import io

import pytest


@pytest.fixture
def fintech(sandbox):
    return sandbox.list_id("Q3 Outbound – Fintech VPs")


def test_it_says_who_calls_with_a_masked_address(owner):
    body = owner.get("/whoami").json()
    assert body["user_email"] == "o***@harbor.example.com"
    assert (body["auth_type"], body["tier"]) == ("api_key", "pro")
    assert "lists:write" in body["scopes"]
    assert body["features"] == sorted(body["features"])


def test_it_gives_a_reader_read_scopes_only(reader):
    assert all(scope.endswith(":read") for scope in reader.get("/whoami").json()["scopes"])


def test_it_validates_a_key_on_the_legacy_prefix_only(sandbox, owner):
    assert owner.get("/auth/validate-key").json() == {
        "valid": True,
        "user_id": "user_owner",
        "organization_id": "org_sandbox_home",
    }
    new = sandbox.client_for(prefix="/api/v2")
    assert new.get("/auth/validate-key").status_code == 404


def test_it_refuses_a_bad_key_in_the_legacy_shape(sandbox):
    answer = sandbox.client_for("nope").get("/auth/validate-key")
    assert (answer.status_code, answer.json()) == (401, {"detail": "Not authenticated"})


def test_it_tells_the_balance_of_the_organization(owner, teammate, stranger):
    assert owner.get("/credits/balance").json()["credits"] == 120_400
    assert teammate.get("/credits/balance").json()["credits"] == 120_400
    assert stranger.get("/credits/balance").json()["credits"] == 2_500


def test_it_lists_keys_without_their_secrets(owner):
    keys = owner.get("/api-keys").json()["keys"]
    assert [(key["key_last4"], key["is_active"]) for key in keys] == [
        ("wner", True),
        ("oked", False),
    ]
    assert "clapi_sandbox_owner" not in str(keys)


@pytest.mark.parametrize("group_by", ["tool", "key", "day", "error"])
def test_it_counts_calls_by_group(owner, teammate, stranger, group_by):
    owner.get("/lead-lists/nope")
    teammate.get("/whoami")
    stranger.get("/whoami")
    body = owner.get("/usage", params={"group_by": group_by, "days": 30}).json()
    expected = 1 if group_by == "error" else 2
    assert body["total_calls"] == expected == sum(row["calls"] for row in body["rows"])
    assert body["total_errors"] == 1


def test_it_never_shows_a_secret_in_the_usage(owner):
    owner.get("/whoami")
    [row] = owner.get("/usage", params={"group_by": "key"}).json()["rows"]
    assert row["group"] == "key_owner"


def test_it_exports_a_csv_behind_a_signed_link(sandbox, owner, fintech):
    wish = {"list_id": fintech, "columns": ["email", "company_domain"]}
    body = owner.post("/export/csv/signed-url", json=wish).json()
    file = sandbox.client_for(None).get(body["download_url"])
    assert len(file.content) == body["file_size_bytes"]
    rows = list(csv.reader(io.StringIO(file.text)))
    assert rows[0] == ["email", "company_domain"]
    assert len(rows) - 1 == body["row_count"] == 12


def test_it_ends_a_link_after_24_hours_or_when_altered(sandbox, owner, fintech):
    url = owner.post("/export/csv/signed-url", json={"list_id": fintech}).json()[
        "download_url"
    ]
    nobody = sandbox.client_for(None)
    assert nobody.get(url).status_code == 200
    assert nobody.get(url[:-1] + "x").status_code == 403
    sandbox.advance(24 * 3600 + 1)
    assert nobody.get(url).status_code == 403


def test_it_exports_json_page_by_page(owner, fintech):
    query = {"list_id": fintech, "limit": 7, "columns": ["lead_id", "email"]}
    first = owner.get("/export/json", params=query).json()
    rest = owner.get("/export/json", params={**query, "cursor": first["cursor"]}).json()
    assert set(first["leads"][0]) == {"lead_id", "email"}
    assert (len(first["leads"]), len(rest["leads"]), rest["cursor"]) == (7, 5, None)


def test_it_refuses_a_column_or_cursor_that_does_not_exist(owner, fintech):
    query = {"list_id": fintech, "columns": ["shoe_size"]}
    assert owner.get("/export/json", params=query).status_code == 400
    assert owner.get("/export/json", params={**query, "cursor": "7"}).status_code == 400
