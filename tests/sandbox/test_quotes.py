from __future__ import annotations

import time

import pytest

from tests.sandbox.conftest import people


@pytest.fixture
def estimate(owner):
    def ask(**wish):
        return owner.post("/credits/estimate", json=wish)

    return ask


@pytest.fixture
def quote(estimate, empty):
    """A quote for importing `rows` rows into the empty list."""

    def ask(rows, list_id=empty, enrichment_type="partial"):
        return estimate(
            tool="bulk_import_csv",
            row_count=rows,
            filters={"list_id": list_id},
            enrichment_type=enrichment_type,
        ).json()["quote_id"]

    return ask


@pytest.fixture
def paid(import_csv):
    def send(rows, quote_id, **more):
        body = {"dispatch_enrichment": True, "enrichment_type": "partial", **more}
        return import_csv(people(rows), quote_id=quote_id, **body)

    return send


def code(answer):
    return answer.status_code, answer.json()["error"]["code"]


def test_it_prices_an_import(estimate, empty):
    body = estimate(
        tool="bulk_import_csv",
        row_count=100,
        filters={"list_id": empty},
        enrichment_type="full",
    ).json()
    assert (body["estimated_cost"], body["row_count"]) == (1100, 100)
    assert body["available_credits"] == 120_400
    assert body["sufficient"] is True
    assert 290 < body["expires_at"] - time.time() <= 300
    assert body["quote_id"].startswith("qte_v1_")
    assert len(body["filter_hash"]) == 16


@pytest.mark.parametrize(
    ("scope", "cost"), [("partial", 12), ("phone-only", 120), ("full", 132), (None, 12)]
)
def test_it_counts_the_rows_of_a_list_itself(sandbox, estimate, scope, cost):
    list_id = sandbox.list_id("Q3 Outbound – Fintech VPs")
    wish = {"scope": scope} if scope else {}
    body = estimate(tool="enrich_list", list_id=list_id, row_count=9999, **wish).json()
    assert (body["row_count"], body["estimated_cost"]) == (12, cost)


def test_it_tells_when_credits_do_not_suffice(sandbox, estimate):
    sandbox.change(credits=5)
    body = estimate(tool="bulk_import_csv", row_count=10).json()
    assert (body["sufficient"], body["estimated_cost"]) == (False, 10)
    assert body["filter_hash"] == "none"


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        ({"tool": "make_coffee"}, (400, "unknown_tool")),
        ({"tool": "enrich_list", "extra": {"colour": 1}}, (400, "validation_error")),
        (
            {"tool": "bulk_import_csv", "extra": {"enrichment_type": "full"}},
            (400, "validation_error"),
        ),
        ({"tool": "enrich_list", "scope": "all"}, (400, "validation_error")),
        ({"tool": "enrich_list", "list_id": "nope"}, (404, "not_found")),
        ({"tool": "add_person_enrichments", "task_id": "nope"}, (404, "not_found")),
    ],
)
def test_it_refuses_an_estimate_of_nothing(estimate, wish, expected):
    assert code(estimate(**wish)) == expected


@pytest.mark.parametrize(
    ("wish", "cost"),
    [
        ({"tool": "enrich_person", "enrichment_type": "full"}, 11),
        ({"tool": "enrich_person", "include_phone": True}, 10),
        ({"tool": "enrich_company"}, 1),
        ({"tool": "run_smart_agent", "row_count": 4, "agent_type": "cold_intro_email"}, 12),
        ({"tool": "add_company_enrichments", "row_count": 11}, 2),
        ({"tool": "sync_to_crm", "row_count": 5, "provider": "hubspot"}, 5),
    ],
)
def test_it_prices_every_tool(estimate, wish, cost):
    assert estimate(**wish).json()["estimated_cost"] == cost


def test_it_pays_for_the_import_it_was_asked_for(sandbox, quote, paid):
    assert paid(3, quote(3)).status_code == 201
    assert len(sandbox.ledger("credits_reserved")) == 1


def test_it_is_used_up_once(quote, paid):
    quote_id = quote(3)
    paid(3, quote_id)
    assert code(paid(3, quote_id)) == (409, "quote_used")


def test_it_expires_after_five_minutes(sandbox, quote, paid):
    quote_id = quote(3)
    sandbox.advance(301)
    assert code(paid(3, quote_id)) == (400, "quote_expired")


def test_it_covers_no_more_rows(quote, paid):
    assert code(paid(4, quote(3))) == (400, "spend_cap_exceeded")


def test_it_fits_no_other_number_list_or_type(sandbox, quote, paid):
    other = sandbox.list_id("Q3 Outbound – Fintech VPs")
    assert code(paid(2, quote(3))) == (400, "quote_mismatch")
    assert code(paid(3, quote(3, list_id=other))) == (400, "quote_mismatch")
    assert code(paid(3, quote(3, enrichment_type="full"))) == (400, "quote_mismatch")
    assert code(paid(3, "qte_v1_1_forged")) == (400, "quote_mismatch")


def test_it_fits_no_other_organization(stranger, paid):
    wish = {"tool": "bulk_import_csv", "row_count": 3}
    foreign = stranger.post("/credits/estimate", json=wish).json()["quote_id"]
    assert code(paid(3, foreign)) == (400, "quote_mismatch")


def test_it_stays_good_when_the_import_is_refused(sandbox, quote, paid):
    quote_id = quote(3)
    sandbox.change(credits=0)
    assert code(paid(3, quote_id)) == (400, "insufficient_credits")
    sandbox.change(credits=100)
    assert paid(3, quote_id).status_code == 201


def test_it_gives_two_equal_estimates_two_quotes(quote, paid):
    first, second = quote(3), quote(3)
    assert paid(3, first).status_code == paid(3, second).status_code == 201
