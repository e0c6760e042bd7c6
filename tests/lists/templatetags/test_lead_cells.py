from __future__ import annotations

import time

import pytest

from cleanlist_api.records import Lead
from lists.templatetags.lead_cells import (
    display_name,
    facts,
    grouped,
    lead_rows,
    position,
    profile_handle,
    short_location,
)

HOSTILE = '"><script>alert(1)</script>'


def test_it_escapes_every_value():
    lead = Lead(*[HOSTILE] * 11)

    html = lead_rows([lead], f"/lists/{HOSTILE}/?lead=")

    assert "<script" not in html
    assert '"><' not in html.replace('"><a', "").replace('"><span', "").replace(
        '"></', ""
    ).replace('">&', "")


def test_it_shows_a_soft_dash_for_what_is_missing():
    assert lead_rows([Lead("l1")], "?lead=").count('<td class="none">—</td>') == 6


def test_it_links_each_lead_to_its_drawer():
    html = lead_rows([Lead("a/b?c", full_name="Jane")], "/lists/x/?size=25&lead=")

    assert 'href="/lists/x/?size=25&amp;lead=a%2Fb%3Fc"' in html


@pytest.mark.parametrize(
    ("lead", "name"),
    [
        (Lead("1", full_name="Jane Doe", first_name="J"), "Jane Doe"),
        (Lead("1", first_name="Jane", last_name="Doe"), "Jane Doe"),
        (Lead("1", last_name="Doe", email="j@example.com"), "Doe"),
        (Lead("1", email="j@example.com"), "j@example.com"),
        (Lead("1"), "No name"),
    ],
)
def test_it_finds_a_name_to_show(lead, name):
    assert display_name(lead) == name


@pytest.mark.parametrize(
    ("url", "handle"),
    [
        ("https://www.linkedin.com/in/jane-doe/", "jane-doe"),
        ("http://de.linkedin.com/in/jane?trk=1", "jane"),
        ("https://linkedin.com/pub/jane", "jane"),
        ("javascript:alert(1)//linkedin.com/in/x", ""),
        ("https://evil.example.com/linkedin.com/in/x", ""),
        ("https://linkedin.com.example.com/in/x", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_it_links_only_to_profiles(url, handle):
    assert profile_handle(url) == handle


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("+14155550123", "+1 415 555 0123"),
        ("+4722980511", "+47 2298 0511"),
        ("+493015551234", "+49 301 555 1234"),
        ("+4930155512", "+49 3015 5512"),
        ("+35316711234", "+353 1671 1234"),
        ("+2341270000", "+234 127 0000"),
        ("+49123456789012", "+49 1234 5678 9012"),
        ("030 1555 12", "030 1555 12"),
        ("+49 30 1555", "+49 30 1555"),
        ("", ""),
    ],
)
def test_it_groups_a_phone_without_losing_a_digit(phone, shown):
    assert grouped(phone) == shown
    assert shown.replace(" ", "") == phone.replace(" ", "")


def test_it_copies_a_phone_as_the_api_gave_it():
    html = lead_rows([Lead("l1", phone="+14155550123")], "?lead=")

    assert 'data-copy="+14155550123"' in html and "+1 415 555 0123</td>" in html


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        ("Austin, Texas, United States", "Austin, United States"),
        ("Berlin, Germany", "Berlin, Germany"),
        ("Oslo", "Oslo"),
    ],
)
def test_it_shortens_a_place_to_city_and_country(place, shown):
    assert short_location(place) == shown


def test_it_keeps_the_whole_place_at_hand():
    html = lead_rows([Lead("l1", location="Austin, Texas, United States")], "?lead=")

    assert 'title="Austin, Texas, United States"' in html


def test_it_shows_a_profile_as_a_mark_with_a_name():
    url = "https://www.linkedin.com/in/jane-doe/"
    html = lead_rows([Lead("l1", full_name="Jane Doe", linkedin_url=url)], "?lead=")

    assert 'aria-label="LinkedIn profile of Jane Doe"' in html
    assert ">in</a>" in html and ">jane-doe<" not in html


def test_it_gives_an_unusually_long_e_mail_a_second_line():
    html = lead_rows([Lead("l1", email=f"{'a' * 40}@example.com")], "?lead=")

    assert f"{'a' * 40}@<wbr>example.com</td>" in html


def test_the_drawer_repeats_no_name_that_its_head_says():
    labels = [label for label, _, _ in facts(Lead("l1", "Jane", "Doe", "Jane Doe"))]

    assert "First name" not in labels and "Last name" not in labels


def test_the_drawer_names_a_part_that_its_head_leaves_out():
    assert ("Last name", "Doe-Ortiz", False) in facts(Lead("l1", "Jane", "Doe-Ortiz", "Jane"))


@pytest.mark.parametrize(
    ("lead", "said"),
    [
        (Lead("l1", title="VP Sales", company="Acme"), "VP Sales, Acme"),
        (Lead("l1", company="Acme"), "Acme"),
        (Lead("l1"), ""),
    ],
)
def test_it_says_what_somebody_is_and_where(lead, said):
    assert position(lead) == said


def test_it_writes_500_rows_within_60_ms():
    leads = [
        Lead(str(n), "Jane", "Doe", "Jane Doe", "j@example.com", "+1", "VP", "Acme", "Oslo")
        for n in range(500)
    ]
    lead_rows(leads, "?lead=")

    started = time.process_time()
    lead_rows(leads, "?lead=")

    assert time.process_time() - started < 0.06
