from __future__ import annotations

import pytest

from imports.core.matching import Change, change_of, lead_keys, row_keys

ROW = {
    "first_name": "Ann",
    "last_name": "Lee",
    "email": "ann@example.com",
    "phone": "(415) 555-0100",
    "linkedin_url": "linkedin.com/in/ann-lee",
    "company_name": "Acme",
    "job_title": "CFO",
    "city": "Oslo",
    "country": "Norway",
}
LEAD = {
    "first_name": "Ann",
    "last_name": "Lee",
    "full_name": "Ann Lee",
    "email": "ann@example.com",
    "phone": "+14155550100",
    "title": "CFO",
    "company": "Acme",
    "location": "Oslo, Norway",
    "linkedin_url": "https://www.linkedin.com/in/ann-lee/",
    "provider": None,
}


def fits(row, lead):
    return bool(set(row_keys(row)) & set(lead_keys(lead)))


def test_a_lead_is_known_by_its_email_whatever_the_case():
    assert fits({"email": "ANN@example.com "}, {"email": "ann@example.com"})


def test_a_lead_is_known_by_its_profile_however_it_is_written():
    url = "https://no.linkedin.com/in/Ann-Lee?trk=x"
    assert fits({"linkedin_url": url}, {"linkedin_url": "linkedin.com/in/ann-lee"})


def test_a_row_without_either_is_known_by_name_and_company():
    row = {"first_name": "Ann", "last_name": "Lee", "company_name": "ACME"}
    assert fits(row, {"full_name": "Ann Lee", "company": "Acme"})


def test_a_row_with_a_domain_alone_is_known_by_its_name():
    row = {"full_name": "Ann Lee", "company_domain": "acme.com"}
    assert fits(row, {"first_name": "Ann", "last_name": "Lee", "company": "Acme"})


def test_a_row_with_an_email_is_not_known_by_its_name():
    row = {"full_name": "Ann Lee", "company_name": "Acme", "email": "a@example.com"}
    assert not fits(row, {"full_name": "Ann Lee", "company": "Acme"})


def test_a_row_that_got_an_email_since_is_still_known():
    row = {"full_name": "Ann Lee", "company_name": "Acme"}
    assert fits(row, {"full_name": "Ann Lee", "company": "Acme", "email": "a@example.com"})


def test_a_lead_as_it_was_imported_has_not_changed():
    assert change_of(ROW, LEAD) is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "other@example.com"),
        ("email", None),
        ("phone", "+4720000000"),
        ("phone", None),
        ("title", "CEO"),
        ("company", "Other"),
        ("location", "Bergen, Norway"),
        ("linkedin_url", "linkedin.com/in/other"),
        ("full_name", "Ann Berg"),
    ],
)
def test_a_value_that_is_another_now_is_a_change(field, value):
    assert change_of(ROW, LEAD | {field: value}) is Change.CHANGED


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("phone", "+14155550100"),
        ("title", "CFO"),
        ("linkedin_url", "linkedin.com/in/ann"),
        ("location", "Oslo"),
        ("company", "Acme"),
        ("full_name", "Ann Lee"),
    ],
)
def test_a_value_that_was_filled_in_is_an_enrichment(field, value):
    bare = {"email": "ann@example.com"}
    assert change_of(bare, bare | {field: value}) is Change.ENRICHED


def test_a_provider_is_an_enrichment_even_if_nothing_else_changed():
    assert change_of(ROW, LEAD | {"provider": "wiza"}) is Change.ENRICHED


def test_a_company_that_stands_for_the_domain_is_no_change():
    row = {"full_name": "Ann Lee", "company_domain": "acme.com"}
    assert change_of(row, {"full_name": "Ann Lee", "company": "Acme"}) is None
