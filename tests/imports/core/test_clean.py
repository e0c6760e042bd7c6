from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from imports.core.clean import clean
from imports.core.outcomes import FIELDS, SkipReason
from imports.core.report import guard, unguard
from tests.imports.core.reading import checked

HEAD = b"email,phone,company_domain,full_name\n"
MAPPING = {"email": 0, "phone": 1, "company_domain": 2, "full_name": 3}


@pytest.mark.parametrize(
    ("field", "cell", "sent"),
    [
        ("phone", "'+49 30 1234567", "+49 30 1234567"),
        ("phone", "\u202a+49\u00a030  1234567\u202c", "+49 30 1234567"),
        ("phone", "tel: 030 1234567", "030 1234567"),
        ("phone", "p:+49301234567", "+49301234567"),
        ("email", "\u200bann@acme.com\ufeff", "ann@acme.com"),
        ("email", "mailto:ann@acme.com", "ann@acme.com"),
        ("email", "'ann@acme.com", "ann@acme.com"),
        ("company_domain", "http://www.acme.com/about?x=1", "acme.com"),
        ("company_domain", "https://Acme.COM:8443", "acme.com"),
        ("company_domain", "www.acme.co.uk/", "acme.co.uk"),
        ("company_domain", "facebook.com", "facebook.com"),
        ("company_domain", "Acme Inc.", "Acme Inc."),
        ("linkedin_url", "'https://www.linkedin.com/in/ann", "https://www.linkedin.com/in/ann"),
        ("city", "'s-Hertogenbosch", "'s-Hertogenbosch"),
        ("last_name", "O'Neill", "O'Neill"),
        ("full_name", "Ann\n  Lee", "Ann Lee"),
        ("full_name", "\u0646\u0631\u06af\u0633\u200c\u062c\u0627\u0646",
         "\u0646\u0631\u06af\u0633\u200c\u062c\u0627\u0646"),
        ("company_name", "3M", "3M"),
        ("company_name", "#PAID", "#PAID"),
        ("job_title", "C++ developer", "C++ developer"),
    ],
)  # fmt: skip
def test_it_sends_what_the_person_meant(field, cell, sent):
    assert clean(field, cell) == sent


SPOILT = [
    *("4.91512E+11", "4,91512e+11", "'4.91512E+11", "\u200b49E+10", "#NAME?", "#N/A", "#REF!"),
    *(
        "#VALUE!",
        "#DIV/0!",
        "#BEZUG!",
        "#WERT!",
        "#NV",
        "#NOM?",
        "#¿NOMBRE?",
        "#¡REF!",
        "#N/D",
    ),
    "#N/D",
    "#########",
]


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("cell", SPOILT)
def test_what_a_spreadsheet_spoilt_is_sent_in_no_field(field, cell):
    assert clean(field, cell) == ""


@pytest.mark.parametrize(
    "page", ["https://www.linkedin.com/company/acme", "facebook.com/acme", "x.com/acme"]
)
def test_a_page_on_a_network_is_no_domain(page):
    assert clean("company_domain", page) == ""


@given(st.sampled_from(["first_name", "company_name"]), st.text("=+-@;\t'a1 ", max_size=8))
def test_a_cell_of_a_problem_file_is_sent_as_it_was(field, cell):
    assume(unguard(cell) == cell)
    assert clean(field, guard(cell)) == clean(field, cell)


def test_a_row_goes_without_what_is_spoilt_and_the_figures_add_up():
    body = HEAD + (
        b"a@x.com,4.9E+11,facebook.com/x,Ann\n,4.9E+11,,Bob\n#N/A,+49 30 123456,,Cy\n"
        b"d@x.com,'\xe2\x80\x8b4.9E+11,,\n"
    )
    sums, skips, chunks = checked(body, MAPPING)
    assert b"E+11" not in chunks[0].body
    assert b"facebook" not in chunks[0].body
    assert (sums.rows_in, sums.ready, sums.skipped) == (4, 2, 2)
    assert sums.left_out == {"phone": 2, "company_domain": 1}
    assert [(skip.reason, skip.field, skip.value) for skip in skips] == [
        (SkipReason.MISSING_REQUIRED, "", ""),
        (SkipReason.DAMAGED_VALUE, "email", "#N/A"),
    ]
