from __future__ import annotations

from itertools import product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from imports.core.outcomes import SkipReason
from imports.core.rows import BLANK, Judge, Ready, Skip, has_required, linkedin_key
from imports.core.seen import SeenInMemory, digest

FIELDS = {"first_name": 0, "last_name": 1, "full_name": 2, "email": 3, "linkedin_url": 4,
          "company_name": 5, "company_domain": 6}  # fmt: skip


def judge(**values):
    cells = [""] * 7
    for field, value in values.items():
        cells[FIELDS[field]] = value
    return Judge(FIELDS, SeenInMemory()).judge(cells)


@pytest.mark.parametrize(
    "values",
    [
        {"email": "a@x.com"},
        {"linkedin_url": "linkedin.com/in/ann"},
        {"first_name": "Ann", "last_name": "Lee", "company_name": "Acme"},
        {"first_name": "Ann", "last_name": "Lee", "company_domain": "acme.com"},
        {"full_name": "Ann Lee", "company_name": "Acme"},
        {"full_name": "Ann Lee", "company_domain": "acme.com"},
    ],
)
def test_these_are_enough_to_find_a_person(values):
    assert isinstance(judge(**values), Ready)
    assert has_required(values)


@pytest.mark.parametrize(
    "values",
    [
        {"full_name": "Ann Lee"},
        {"first_name": "Ann", "company_name": "Acme"},
        {"last_name": "Lee", "company_name": "Acme"},
        {"first_name": "Ann", "last_name": "Lee"},
        {"company_name": "Acme", "company_domain": "acme.com"},
        {"email": "   ", "full_name": "Ann"},
    ],
)
def test_these_are_not(values):
    assert judge(**values) == Skip(SkipReason.MISSING_REQUIRED)


def test_a_row_of_spaces_is_blank():
    assert judge(full_name=" ", email="\t\u00a0") is BLANK


def test_a_row_with_text_only_in_columns_not_sent_is_not_blank():
    verdict = Judge({"email": 0}, SeenInMemory()).judge(["", "a note"])
    assert verdict == Skip(SkipReason.MISSING_REQUIRED)


def test_it_trims_values_and_puts_them_in_the_api_order():
    ready = Judge({"email": 1, "first_name": 0}, SeenInMemory()).judge([" Ann ", " a@x.com "])
    assert isinstance(ready, Ready)
    assert ready.values == ("Ann", "a@x.com")


def second(first, later, mapping=FIELDS):
    """The verdict on a row after one that was remembered as row 2."""
    rules = Judge(mapping, SeenInMemory())
    earlier = rules.judge(first)
    assert isinstance(earlier, Ready)
    rules.remember(earlier, 2)
    return rules.judge(later)


def test_the_same_email_in_another_case_is_a_duplicate():
    verdict = second(["A@x.com "], [" a@X.COM"], {"email": 0})
    assert verdict == Skip(SkipReason.DUPLICATE_EMAIL, "email", "a@X.COM", 2)


def test_the_same_profile_written_otherwise_is_a_duplicate():
    mapping = {"linkedin_url": 0}
    one, two = ["https://www.linkedin.com/in/Ann-Lee/"], ["de.linkedin.com/in/ann-lee?trk=x"]
    assert second(one, two, mapping) == Skip(
        SkipReason.DUPLICATE_LINKEDIN, "linkedin_url", two[0], 2
    )


def test_email_is_compared_before_linkedin():
    mapping = {"email": 0, "linkedin_url": 1}
    row = ["a@x.com", "linkedin.com/in/ann"]
    verdict = second(row, row, mapping)
    assert isinstance(verdict, Skip)
    assert verdict.reason is SkipReason.DUPLICATE_EMAIL


def test_a_row_that_was_not_remembered_makes_no_duplicates():
    rules = Judge({"email": 0}, SeenInMemory())
    rules.judge(["a@x.com"])
    assert isinstance(rules.judge(["a@x.com"]), Ready)


def test_people_of_one_name_and_company_are_not_duplicates():
    row = ["Ann", "Lee", "", "", "", "Acme", ""]
    assert isinstance(second(row, row), Ready)


@pytest.mark.parametrize(
    "value",
    [
        "https://www.linkedin.com/in/jürgen-müller",
        "http://LINKEDIN.com/in/J%C3%BCrgen-M%C3%BCller/",
        "de.linkedin.com/in/jürgen-müller?trk=abc#top",
        "linkedin.com/in/jürgen-müller/de",
        "https://linkedin.com/pub/jürgen-müller",
        "jürgen-müller",
        " www.linkedin.com/in/Jürgen-Müller ",
    ],
)
def test_all_forms_of_a_profile_have_one_key(value):
    assert linkedin_key(value) == "linkedin.com/in/jürgen-müller"


def test_old_public_addresses_of_namesakes_stay_apart():
    one, two = "linkedin.com/pub/ann-lee/1/234/5", "linkedin.com/pub/ann-lee/9/876/5"
    assert linkedin_key(one) != linkedin_key(two)


def test_a_slug_with_a_space_is_not_cut_there():
    assert linkedin_key("linkedin.com/in/van den Berg") != linkedin_key("linkedin.com/in/van")


def test_other_addresses_lose_scheme_and_query():
    assert (
        linkedin_key("https://linkedin.com/sales/lead/ABC?x=1")
        == "linkedin.com/sales/lead/abc"
    )


@given(st.text(max_size=40) | st.from_regex(r"https?://\w+\.linkedin\.com/(in|pub)/\S+"))
@example("0#")
@example("0 #")
@example("IN/ #")
def test_the_key_of_a_key_is_itself(value):
    key = linkedin_key(value)
    assert linkedin_key(key) == key


@given(st.lists(st.text(max_size=3), max_size=300))
def test_seen_gives_the_first_row_of_each_key(keys):
    seen, expected = SeenInMemory(), {}
    for row, key in enumerate(keys, 1):
        assert seen.first(digest(key)) == expected.get(key)
        seen.remember(digest(key), row)
        expected.setdefault(key, row)


def test_seen_tells_keys_apart_that_share_most_of_their_bits():
    parts = product((0, 4_095), (0, 1, 256, 2**40, 2**48 - 1))
    keys = [(part << 52) | (middle << 4) for part, middle in parts]
    seen = SeenInMemory()
    for row, key in enumerate(keys, 1):
        assert seen.first(key) is None
        seen.remember(key, row)
        seen.remember(key, 99)
    assert [seen.first(key) for key in keys] == list(range(1, 11))


def test_seen_grows():
    seen = SeenInMemory()
    for row in range(1, 20_001):
        seen.remember(digest(str(row)), row)
    assert all(seen.first(digest(str(row))) == row for row in range(1, 20_001))
