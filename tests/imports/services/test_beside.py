from __future__ import annotations

import pytest

from imports.models import Chunk, Run, RunState
from imports.services.beside import Beside, beside, calls_left
from tests.imports.pages import made_run, with_chunks

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(alice):
    return with_chunks(made_run(alice, RunState.SENDING), "ready", "ready")


def columns(run):
    return list(Chunk.objects.filter(run=run).values("state", "enriches", "quote_id"))


def test_it_counts_the_calls_others_have_left(alice, run):
    with_chunks(made_run(alice, RunState.SENDING), "done", "failed", "sending", "ready")
    with_chunks(made_run(alice, RunState.SENDING), "ready", "retrying", "ready")
    assert beside(run) == Beside((2, 3), enriches=False)


def test_it_counts_a_quote_only_where_one_is_still_to_be_fetched(alice, run):
    other = made_run(alice, RunState.SENDING, enrichment_type="partial")
    with_chunks(other, "done", "sending", "ready", "ready")
    Chunk.objects.filter(run=other, number=3).update(quote_id="quoted")
    assert beside(run) == Beside((4,), enriches=True)
    assert calls_left(other, columns(other)) == 4


def test_it_counts_no_quote_for_rows_that_go_in_as_they_are(alice, run):
    other = made_run(alice, RunState.SENDING, enrichment_type="partial")
    with_chunks(other, "ready", "ready", "ready")
    Chunk.objects.filter(run=other, number__gt=1).update(enriches=False)
    assert beside(run) == Beside((4,), enriches=True)
    assert calls_left(other, columns(other)) == 4


@pytest.mark.parametrize(
    "state", [RunState.CHECKED, RunState.PAUSED, RunState.CANCELLING, RunState.SETTLING]
)
def test_it_counts_nobody_who_does_not_send(alice, run, state):
    with_chunks(made_run(alice, state), "ready")
    assert beside(run).imports == 0


def test_it_counts_only_the_canary_until_a_persons_word(alice, run):
    other = with_chunks(made_run(alice, RunState.SENDING, canary=True), "ready", "ready")
    Chunk.objects.filter(run=other, number=1).update(is_canary=True)
    assert beside(run).calls_left == (1,)
    Run.objects.filter(pk=other.pk).update(figures_shown=[{"call": 1, "figures": {}}])
    assert beside(run).calls_left == (2,)


def test_it_counts_no_chunk_of_an_old_plan(alice, run):
    with_chunks(made_run(alice, RunState.SENDING), "ready")
    Chunk.objects.exclude(run=run).update(plan="an earlier check's")
    assert beside(run).imports == 0


def test_it_looks_at_all_of_them_in_one_query(alice, run, django_assert_num_queries):
    for _ in range(20):
        with_chunks(made_run(alice, RunState.SENDING), "ready", "ready")
    with django_assert_num_queries(1):
        assert beside(run).calls_left == (2,) * 20


def test_in_turns_a_small_one_waits_little_for_large_ones():
    others = Beside((100, 100, 1))
    assert others.calls_before_the_last_of(2) == 5
    assert others.calls_before_the_last_of(300) == 201
