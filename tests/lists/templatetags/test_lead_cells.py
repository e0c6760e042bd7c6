from __future__ import annotations

import time

import pytest

from cleanlist_api.records import Lead
from lists.templatetags.lead_cells import display_name, lead_rows, profile_handle

HOSTILE = '"><script>alert(1)</script>'


def test_it_escapes_every_value():
    lead = Lead(*[HOSTILE] * 11)

    html = lead_rows([lead], f"/lists/{HOSTILE}/?lead=")

    assert "<script" not in html
    assert '"><' not in html.replace('"><a', "").replace('"></', "").replace('">&', "")


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


def test_it_writes_500_rows_within_60_ms():
    leads = [
        Lead(str(n), "Jane", "Doe", "Jane Doe", "j@example.com", "+1", "VP", "Acme", "Oslo")
        for n in range(500)
    ]
    lead_rows(leads, "?lead=")

    started = time.process_time()
    lead_rows(leads, "?lead=")

    assert time.process_time() - started < 0.06
