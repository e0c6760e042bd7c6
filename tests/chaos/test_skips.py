"""The API names only ten skipped rows of a call, so the check has to find them all; F28."""

from __future__ import annotations

import random

import pytest

from imports.core.outcomes import SkipReason
from imports.core.seen import SeenInMemory
from imports.models import Chunk, ProblemRow, ProblemSource, RunState
from imports.services.sums import rows_of
from tests.imports.files import started, worked

pytestmark = pytest.mark.django_db(transaction=True)
HEADER = "First name,Last name,Email,Company name,LinkedIn URL"


def dirty_file(rows=400, seed=5):
    """Rows of few people, often without what a row needs, in every spelling."""
    chance = random.Random(seed)
    return "\n".join([HEADER, *(dirty_row(chance) for _ in range(rows))]) + "\n"


def dirty_row(chance):
    who = chance.randrange(60)
    email = chance.choice([f"ann{who}@example.com", f" ANN{who}@Example.com ", "", ""])
    slug = chance.choice(["https://www.linkedin.com/in/ann-{}/", "linkedin.com/in/ANN-{}"])
    last, company = chance.choice(["Lee", ""]), chance.choice(["Acme", ""])
    return f"Ann,{last},{email},{company},{chance.choice([slug.format(who), ''])}"


def test_f28_the_api_skips_nothing_the_check_let_through(sandbox, alice, tmp_path):
    run = worked(started(alice, tmp_path, dirty_file()))
    assert run.state == RunState.FINISHED_WITH_SKIPS
    assert not ProblemRow.objects.filter(source=ProblemSource.API).exists()
    assert sum(Chunk.objects.values_list("rows_skipped", flat=True)) == 0
    assert rows_of(run).imported == len(sandbox.ledger("row_imported"))
    assert set(run.skip_reasons) == {
        SkipReason.MISSING_REQUIRED,
        SkipReason.DUPLICATE_EMAIL,
        SkipReason.DUPLICATE_LINKEDIN,
    }


def test_f28_it_finds_out_a_check_that_overlooks_duplicates(
    sandbox, alice, tmp_path, monkeypatch
):
    monkeypatch.setattr(SeenInMemory, "first", lambda _self, _key: None)
    worked(started(alice, tmp_path, dirty_file()))
    assert ProblemRow.objects.filter(source=ProblemSource.API).exists()
