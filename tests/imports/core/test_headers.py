from __future__ import annotations

import io

import pytest

from imports.core.columns import match_columns
from imports.core.sniff import sniff
from imports.core.table import read_table
from tests.imports.core.reading import rows_of, sniffed

PEOPLE = [
    ("Ann", "Lee", "Acme", "CEO"),
    ("Bob", "Bo", "Bolt", "CTO"),
    ("Cy", "Cox", "Cog", "VP"),
]


def lines(*rows: str, times: int = 1) -> bytes:
    return "".join(f"{row}\n" for row in rows * times).encode()


def people(end: str = "", times: int = 7) -> bytes:
    return lines(*[",".join(cells) + end for cells in PEOPLE], times=times)


def header_of(body: bytes) -> tuple[str, ...]:
    return read_table(io.BytesIO(body), sniffed(body)).header


@pytest.mark.parametrize("end", ["", ","])
@pytest.mark.parametrize(
    "head", ["A,B,Company,Z", "A,B,Company,Z,", "First name,Last name,Company,Role"]
)
def test_delimiters_at_the_end_of_header_or_rows_do_not_hide_the_header(head, end):
    body = lines(head) + people(end)
    assert sniffed(body).header_row == 1
    assert len(rows_of(body, sniffed(body))) == 21
    assert not any(row.problem for row in rows_of(body, sniffed(body)))


def test_delimiters_at_the_end_of_all_rows_make_no_column():
    assert header_of(lines("Name 1,Surname,Company,Role") + people(",")) == (
        "Name 1",
        "Surname",
        "Company",
        "Role",
    )


def test_the_names_of_rows_that_r_writes_stand_before_the_header():
    body = lines('"mpg","cyl","hp"', *[f'"{n}",2{n},6,1{n}0' for n in range(1, 10)])
    assert sniffed(body).header_row == 1
    assert header_of(body) == ("", "mpg", "cyl", "hp")


def test_a_header_that_lacks_its_last_name_keeps_its_rows():
    body = lines("First name,Last name,Company") + people()
    assert header_of(body) == ("First name", "Last name", "Company", "")
    assert not any(row.problem for row in rows_of(body, sniffed(body)))


def test_ids_under_their_own_name_do_not_move_the_header():
    body = lines(
        "Id,First name,Company", *[f"{n},Ann {n},Acme {n},Berlin" for n in range(1, 9)]
    )
    assert header_of(body) == ("Id", "First name", "Company", "")


def test_the_second_row_of_a_header_of_two_is_no_lead():
    body = lines("Contact,,,Account,", "First Name,Last Name,Email,Company,City") + lines(
        "Ann,Lee,a@x.com,Acme,Berlin", "Bob,Bo,b@x.com,Bolt,Bonn", times=5
    )
    assert sniffed(body).header_row == 2


def test_a_second_row_that_names_fields_wins_over_gaps_that_name_some():
    body = lines(
        "Name,,Email,Company,City", "First Name,Last Name,Email,Company,City"
    ) + lines("Ann,Lee,a@x.com,Acme,Berlin", "Bob,Bo,b@x.com,Bolt,Bonn", times=5)
    assert sniffed(body).header_row == 2


def test_a_row_with_a_gap_over_a_row_of_people_is_the_header():
    body = lines("First Name,,Email,Company", "Ann,Lee,a@x.com,Acme", "Bob,Bo,b@x.com,Bolt")
    assert sniffed(body).header_row == 1


TWO_TABLES = (
    lines("Region,Revenue")
    + lines(*[f"Region {n},{n}00" for n in range(12)])
    + lines("", "First Name,Last Name,Email,Company")
    + lines("Ann,Lee,a@x.com,Acme", "Bob,Bo,b@x.com,Bolt")
)


def test_the_header_of_the_first_table_wins_over_that_of_a_later_one():
    assert sniffed(TWO_TABLES).header_row == 1


def test_it_counts_full_rows_above_a_header():
    body = lines(*[f"Partner {n},Berlin" for n in range(12)]) + lines(
        "", "First Name,Last Name,Email,Company", "Ann,Lee,a@x.com,Acme", "Bob,Bo,b@x.com,Bolt"
    )
    found = sniff(body, is_whole_file=True)
    assert (found.dialect.header_row, found.rows_above) == (14, 12)


def test_titles_above_a_header_are_no_full_rows():
    body = lines("Leads of 2024", "Exported by Ann", "", "First Name,Email", "Ann,a@x.com")
    found = sniff(body, is_whole_file=True)
    assert (found.dialect.header_row, found.rows_above) == (4, 0)


def test_a_header_with_one_name_less_is_matched_by_what_stands_under_it():
    body = lines("First name,Last name,Email", *[f"Ann,Lee,a{n}@x.com,Acme" for n in range(5)])
    table = read_table(io.BytesIO(body), sniffed(body))
    found = match_columns(table.header, [row.cells for row in table])
    assert [match.field for match in found] == ["first_name", "last_name", "email", None]
