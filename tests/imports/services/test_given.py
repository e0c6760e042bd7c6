"""Rows that have what an enrichment finds, and what an import covers without them."""

from __future__ import annotations

import pytest

from enrichment.models import EnrichmentType
from imports.models import Run
from imports.services.given import coverage_of, having, may_part, rows_covered, saves, words_of

PARTIAL, PHONE, FULL = (
    EnrichmentType.PARTIAL,
    EnrichmentType.PHONE_ONLY,
    EnrichmentType.FULL,
)


def run_of(**facts):
    given = {"email": 200, "phone": 30, "both": 20}
    apart = {"email": [1, 2], "phone": [3, 1], "both": [2, 1]}
    return Run(
        **{"rows_ready": 300, "calls_planned": 2, "given": given, "calls_apart": apart} | facts
    )


@pytest.mark.parametrize(
    ("kind", "rows", "calls", "enriching", "most"),
    [(PARTIAL, 100, 3, 1, 100), (PHONE, 270, 4, 3, 2_700), (FULL, 280, 3, 2, 3_080)],
)
def test_it_covers_the_rows_that_lack_what_is_found(kind, rows, calls, enriching, most):
    covered = coverage_of(run_of(), kind, only_missing=True)
    assert (covered.rows, covered.as_they_are) == (rows, 300 - rows)
    assert (covered.calls, covered.enriching, covered.most) == (calls, enriching, most)
    assert covered.parts


@pytest.mark.parametrize(("kind", "most"), [(PARTIAL, 300), (PHONE, 3_000), (FULL, 3_300)])
def test_it_covers_all_rows_unless_told_otherwise(kind, most):
    covered = coverage_of(run_of(), kind, only_missing=False)
    assert (covered.rows, covered.as_they_are, covered.most) == (300, 0, most)
    assert (covered.calls, covered.enriching, covered.parts) == (2, 2, False)


def test_it_covers_nothing_without_an_enrichment():
    covered = coverage_of(run_of(), EnrichmentType.OFF, only_missing=True)
    assert (covered.rows, covered.most, covered.enriching, covered.parts) == (0, 0, 0, False)
    assert covered.calls == 2


def test_there_is_nothing_to_leave_out_where_no_row_has_it():
    run = run_of(given={"phone": 30})
    assert not saves(run, PARTIAL)
    assert coverage_of(run, PARTIAL, only_missing=True).most == 300
    assert may_part(run, PARTIAL)


def test_a_file_checked_before_its_calls_were_counted_apart_is_covered_whole():
    run = run_of(calls_apart={})
    assert coverage_of(run, PARTIAL, only_missing=True).most == 300
    assert not may_part(run, PARTIAL)


@pytest.mark.parametrize(
    ("facts", "rows"),
    [
        ({"enrichment_type": "partial", "only_missing": "to_part"}, 100),
        ({"enrichment_type": "partial", "only_missing": "parted"}, 100),
        ({"enrichment_type": "partial"}, 300),
        ({}, 0),
    ],
)
def test_it_knows_how_many_rows_of_a_started_run_it_covers(facts, rows):
    assert rows_covered(run_of(**facts)) == rows


@pytest.mark.parametrize(
    ("record", "kinds"),
    [
        (["Ann", "ann@example.com", "+1 555 010 2233"], {PARTIAL, PHONE, FULL}),
        (["Ann", "ann@example.com", ""], {PARTIAL}),
        (["Ann", "", "0301234"], {PHONE}),
        (["Ann", "", ""], set()),
        (["Ann", "n/a", "-"], set()),
        (["Ann", "none", "0000"], set()),
    ],
)
def test_it_tells_of_a_row_what_it_has(record, kinds):
    header = ["first_name", "email", "phone"]
    assert {kind for kind in (PARTIAL, PHONE, FULL) if having(header, kind)(record)} == kinds


def test_a_file_without_the_column_has_none_of_it():
    assert not having(["first_name"], PARTIAL)(["ann@example.com"])


def test_it_says_that_rows_go_in_as_they_are():
    said = words_of(run_of(), PARTIAL, only_missing=True)
    assert said == "200 of 300 rows have an e-mail already and go in as they are"
