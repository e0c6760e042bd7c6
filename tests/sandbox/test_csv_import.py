"""csv-import: the rules of a row, both caps, idempotency, order of checks."""

from __future__ import annotations

import base64

import pytest

from tests.sandbox.conftest import people


def code(answer):
    return answer.status_code, answer.json()["error"]["code"]


def test_it_imports_rows_as_leads_at_once(sandbox, import_csv, empty):
    answer = import_csv("email,full_name\nada@example.com,Ada Bell\n")
    assert answer.status_code == 201
    body = answer.json()
    assert (body["rows_parsed"], body["rows_imported"], body["rows_skipped"]) == (1, 1, 0)
    assert body["workflow_id"] is body["enrichment_status_url"] is None
    [lead] = sandbox.leads(empty)
    assert (lead["email"], lead["full_name"]) == ("ada@example.com", "Ada Bell")


def test_it_writes_each_imported_row_to_the_ledger(sandbox, import_csv, empty):
    import_csv("email,full_name,linkedin_url\na@example.com,Ada Bell,linkedin.com/in/ada\n")
    [entry] = sandbox.ledger("row_imported")
    assert entry["list_id"] == empty
    assert entry["email"] == "a@example.com"
    assert entry["linkedin_url"] == "linkedin.com/in/ada"
    assert entry["full_name"] == "Ada Bell"


def test_it_maps_every_canonical_field(sandbox, import_csv, empty):
    import_csv(
        "first_name,last_name,mobile_phone,company_name,company_domain,job_title,city,country\n"
        "Ada,Bell,+4930,Acme,acme.example.com,VP,Berlin,Germany\n"
    )
    [lead] = sandbox.leads(empty)
    assert lead["full_name"] == "Ada Bell"
    assert lead["phone"] == "+4930"
    assert (lead["company"], lead["title"]) == ("Acme", "VP")
    assert lead["location"] == "Berlin, Germany"


def test_it_drops_columns_that_are_not_mapped(sandbox, import_csv, empty):
    import_csv("Mail,Secret\na@example.com,x\n", column_mapping={"email": "Mail"})
    assert sandbox.emails(empty) == ["a@example.com"]


def test_it_reads_a_byte_order_mark_and_quoted_line_breaks(sandbox, import_csv, empty):
    text = '\ufeffemail,full_name\na@example.com,"Ada\nBell"\n'
    mapping = {"email": "email", "full_name": "full_name"}
    assert import_csv(text, column_mapping=mapping).json()["rows_imported"] == 1


ROWS = "email,linkedin_url,first_name,last_name,full_name,company_name,company_domain\n"


@pytest.mark.parametrize(
    "row",
    [
        "a@example.com,,,,,,",
        ",linkedin.com/in/ada,,,,,",
        ",,Ada,Bell,,Acme,",
        ",,Ada,Bell,,,acme.example.com",
        ",,,,Ada Bell,Acme,",
    ],
)
def test_it_takes_a_row_that_identifies_a_person(import_csv, row):
    assert import_csv(ROWS + row).json()["rows_imported"] == 1


@pytest.mark.parametrize(
    "row", [",,Ada,,,Acme,", ",,Ada,Bell,,,", ",,,,Ada Bell,,", " , ,,,,Acme,", ",,,,,,"]
)
def test_it_skips_a_row_that_does_not(import_csv, row):
    body = import_csv(ROWS + row).json()
    assert body["skip_reasons"] == {"missing_required": 1}
    assert body["sample_skip_rows"] == [2]


def test_it_skips_a_repeated_address_whatever_its_case(import_csv):
    body = import_csv("email,full_name\nA@example.com,A\n a@EXAMPLE.com ,B\n").json()
    assert body["skip_reasons"] == {"duplicate_email": 1}
    assert body["sample_skip_rows"] == [3]


def test_it_skips_a_repeated_profile_in_any_spelling(import_csv):
    body = import_csv(
        "email,linkedin_url\n"
        "a@example.com,https://www.linkedin.com/in/Ada?x=1\n"
        "b@example.com,http://uk.linkedin.com/in/ada/\n"
    ).json()
    assert body["skip_reasons"] == {"duplicate_linkedin": 1}


def test_it_names_a_double_duplicate_by_its_address(import_csv):
    body = import_csv(
        "email,linkedin_url\n" + "a@example.com,linkedin.com/in/ada\n" * 2
    ).json()
    assert body["skip_reasons"] == {"duplicate_email": 1}


def test_it_imports_a_person_who_is_in_the_list_already(sandbox, import_csv, empty):
    import_csv(people(1))
    assert import_csv(people(1)).json()["rows_imported"] == 1
    assert len(sandbox.leads(empty)) == 2


def test_it_skips_rows_the_list_has_no_room_for(sandbox, import_csv):
    sandbox.change(list_rows=2)
    body = import_csv(people(3)).json()
    assert body["skip_reasons"] == {"row_cap_exceeded": 1}
    assert body["rows_imported"] == 2


def test_it_samples_at_most_ten_skipped_rows(import_csv):
    body = import_csv("email,full_name\n" + ",\n" * 15).json()
    assert body["rows_skipped"] == 15
    assert body["sample_skip_rows"] == list(range(2, 12))


def test_it_takes_600_rows_and_refuses_601(import_csv):
    assert import_csv(people(600)).status_code == 201
    assert code(import_csv(people(601))) == (413, "payload_too_large")


def test_it_takes_150_000_bytes_and_refuses_one_more(import_csv):
    head = "email,full_name\na@example.com,"
    fill = "x" * (150_000 - len(head))
    assert import_csv(head + fill).status_code == 201
    assert code(import_csv(head + fill + "x")) == (413, "payload_too_large")


def test_it_refuses_a_header_the_file_lacks(import_csv):
    answer = import_csv("email\na@example.com\n", column_mapping={"email": "Mail"})
    assert code(answer) == (400, "missing_column")
    assert answer.json()["error"]["details"]["missing"] == ["Mail"]


@pytest.mark.parametrize("body", ["not base64!", base64.b64encode(b"\xff\xfe").decode(), ""])
def test_it_refuses_what_is_no_csv(import_csv, body):
    answer = import_csv("email\n", csv_content_base64=body)
    assert code(answer) == (400, "invalid_csv")


@pytest.mark.parametrize(
    "change",
    [
        {"column_mapping": {}},
        {"column_mapping": {"nickname": "email"}},
        {"column_mapping": {"email": None}},
        {"dispatch_enrichment": True},
        {"dispatch_enrichment": True, "enrichment_type": "phone-only"},
        {"webhook_url": "https://example.com"},
    ],
)
def test_it_rejects_a_request_outside_the_schema(import_csv, change):
    assert import_csv(people(1), **change).status_code == 422


def test_it_enriches_by_default(owner, empty):
    body = {
        "csv_content_base64": base64.b64encode(people(1).encode()).decode(),
        "column_mapping": {"email": "email"},
    }
    answer = owner.post(f"/lead-lists/{empty}/csv-import", json=body)
    assert answer.status_code == 422
    assert "enrichment_type" in answer.json()["detail"][0]["msg"]


def test_it_needs_both_scopes_to_dispatch(reader, empty):
    body = {"csv_content_base64": "", "column_mapping": {"email": "email"}}
    answer = reader.post(
        f"/lead-lists/{empty}/csv-import", json={**body, "dispatch_enrichment": False}
    )
    assert code(answer) == (403, "insufficient_scope")


def test_it_can_be_switched_off(sandbox, import_csv):
    sandbox.change(csv_import=False)
    answer = import_csv(people(1))
    assert code(answer) == (503, "feature_disabled")
    assert answer.headers["Retry-After"] == "60"


def test_it_replays_the_answer_of_a_key(sandbox, import_csv):
    first = import_csv(people(3), idempotency_key="k1").json()
    again = import_csv(people(3), idempotency_key="k1")
    assert again.status_code == 201
    assert again.json() == {**first, "idempotency_replayed": True}
    assert len(sandbox.ledger("row_imported")) == 3


def test_it_replays_the_first_list_for_another_list(import_csv, sandbox, empty):
    import_csv(people(1), idempotency_key="k1")
    other = sandbox.list_id("Q3 Outbound – Fintech VPs")
    body = import_csv(people(9), list_id=other, idempotency_key="k1").json()
    assert (body["list_id"], body["rows_imported"]) == (empty, 1)


def test_it_shares_keys_inside_an_organization_only(sandbox, import_csv, teammate, stranger):
    import_csv(people(1), idempotency_key="k1")
    body = {
        "csv_content_base64": base64.b64encode(people(2).encode()).decode(),
        "column_mapping": {"email": "email"},
        "dispatch_enrichment": False,
        "idempotency_key": "k1",
    }
    ours = sandbox.list_id("DACH RevOps leaders")
    theirs = sandbox.list_id("Elsewhere prospects")
    mate = teammate.post(f"/lead-lists/{ours}/csv-import", json=body).json()
    assert mate["idempotency_replayed"] is True
    other = stranger.post(f"/lead-lists/{theirs}/csv-import", json=body).json()
    assert other["rows_imported"] == 2


def test_it_forgets_a_key_after_24_hours(sandbox, import_csv):
    import_csv(people(1), idempotency_key="k1")
    sandbox.advance(24 * 3600 - 60)
    assert import_csv(people(1), idempotency_key="k1").json()["idempotency_replayed"] is True
    sandbox.advance(120)
    assert import_csv(people(1), idempotency_key="k1").json()["idempotency_replayed"] is False


def test_it_does_not_keep_a_refusal(sandbox, import_csv):
    assert import_csv(people(601), idempotency_key="k1").status_code == 413
    assert import_csv(people(1), idempotency_key="k1").status_code == 201


def test_it_replays_even_when_the_list_is_gone(owner, import_csv, empty):
    import_csv(people(1), idempotency_key="k1")
    owner.delete(f"/lead-lists/{empty}")
    assert import_csv(people(1), idempotency_key="k1").json()["idempotency_replayed"] is True
    assert import_csv(people(1), idempotency_key="k2").status_code == 404


def test_it_refuses_before_inserting_when_credits_are_short(sandbox, import_csv):
    sandbox.change(credits=40)
    answer = import_csv(people(10), dispatch_enrichment=True, enrichment_type="full")
    assert code(answer) == (400, "insufficient_credits")
    error = answer.json()["error"]
    assert error["estimated_cost_credits"] == 110
    assert error["available_credits"] == 40
    assert error["shortfall_credits"] == 70
    assert sandbox.ledger("row_imported") == []


def test_it_starts_one_workflow_for_the_rows_it_imported(sandbox, import_csv):
    answer = import_csv(people(4), dispatch_enrichment=True, enrichment_type="phone_only")
    body = answer.json()
    [started] = sandbox.ledger("workflow_started")
    assert started["workflow_id"] == body["workflow_id"]
    assert started["total"] == 4
    assert sandbox.ledger("credits_reserved")[0]["credits"] == 40
    end = f"/api/v1/public/enrichment/status/{body['workflow_id']}"
    assert body["enrichment_status_url"] == end


def test_it_starts_no_workflow_when_every_row_is_skipped(sandbox, import_csv):
    answer = import_csv("email\n\n", dispatch_enrichment=True, enrichment_type="full")
    assert answer.json()["workflow_id"] is None
    assert sandbox.ledger("workflow_started") == []
