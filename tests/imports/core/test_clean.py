from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from imports.core.clean import RowCleaner, clean
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


HARD = [
    *SPOILT, "", " ", "'", "\u00a0", "\u200b", "\u00ad", " '", "a'b", ";'=x", "|'", "e+1",
    "+49 30 12", "mailto:a@x.com", "tel: 1", "facebook.com/acme", "https://www.acme.com/x",
    "Jos\u00e9", "a  b",
]  # fmt: skip


@given(
    st.lists(
        st.lists(st.sampled_from(HARD), max_size=2).map("".join) | st.text(), max_size=12
    ),
    st.permutations(range(9)),
)
def test_a_row_is_cleaned_as_its_cells_are_one_by_one(cells, columns):
    fields = list(FIELDS)[: len(columns)]
    full = [*cells, *[""] * 9]
    one_by_one = tuple(clean(f, full[c]) for f, c in zip(fields, columns, strict=True))
    assert RowCleaner(fields, columns).clean(cells) == one_by_one


@pytest.mark.parametrize("columns", [(), (1,)])
def test_a_row_of_one_value_or_none_is_cleaned_too(columns):
    fields = ["full_name"][: len(columns)]
    assert (
        RowCleaner(fields, columns).clean(["", " Ann\n Lee "]) == ("Ann Lee",)[: len(columns)]
    )


def test_a_row_is_cleaned_of_every_character_that_does_not_show():
    for code in range(0x11000):
        cell = f"a{chr(code)}b"
        assert RowCleaner(["city", "state"], [0, 1]).clean([cell, ""]) == (
            clean("city", cell),
            "",
        )


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
