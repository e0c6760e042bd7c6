from __future__ import annotations

import pytest
from django.utils import timezone

from enrichment.models import EnrichmentType
from imports.models import Chunk, ChunkState, Run, RunState
from imports.services import claims
from imports.services.turns import Turn, take_turn
from tests.imports.files import csv_of, started

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(alice, tmp_path) -> Run:
    """Four rows to enrich in one chunk, none of them sent."""
    made = started(alice, tmp_path, csv_of(4), EnrichmentType.PARTIAL, list_id="a-list")
    Run.objects.update(turn_token="mine")
    made.refresh_from_db()
    return made


def claimed(run: Run, **changes: object) -> Chunk:
    Chunk.objects.update(**changes)
    assert claims.claim(run, Chunk.objects.get(), Turn(run.pk, "mine"), timezone.now())
    return Chunk.objects.get()


def test_it_has_state_and_key_on_disk(run):
    chunk = claimed(run)
    assert (chunk.state, chunk.idempotency_key[:3]) == (ChunkState.SENDING, "cp-")


def test_it_counts_the_attempts(run):
    assert [claimed(run).attempts, claimed(run, state=ChunkState.RETRYING).attempts] == [1, 2]


def test_it_keeps_key_and_first_moment_when_it_asks_again(run):
    first, again = claimed(run), claimed(run, state=ChunkState.RETRYING)
    assert again.idempotency_key == first.idempotency_key
    assert again.first_sent_at == first.first_sent_at is not None


@pytest.mark.parametrize(
    ("state", "asked_before"), [(ChunkState.READY, False), (ChunkState.RETRYING, True)]
)
def test_it_knows_whether_it_asked_before(run, state, asked_before):
    assert claimed(run, state=state).asked_before is asked_before


def test_it_books_what_a_quote_says(run):
    assert claimed(run, quote_id="qte_1", credits_quoted=3).credits_quoted == 3


def test_it_books_the_most_it_may_cost_where_there_is_no_quote(run):
    assert claimed(run, quote_id="", credits_quoted=3).credits_quoted == 4


@pytest.mark.parametrize("enriches", [True, False])
def test_it_asks_for_the_enrichment_that_was_approved(run, enriches):
    run.enrichment_type = EnrichmentType.PARTIAL if enriches else EnrichmentType.OFF
    upload = claims.request_of(run, claimed(run)).upload
    assert upload.dispatch_enrichment is enriches
    assert upload.enrichment_type == ("partial" if enriches else None)


def test_it_sends_no_body_that_is_not_what_was_planned(run):
    with pytest.raises(ValueError, match="not what was planned"):
        claims.request_of(run, claimed(run, body_sha256="0" * 64))


@pytest.mark.parametrize("quote_id", ["", "qte_1"])
def test_it_sends_the_quote_it_has(run, quote_id):
    upload = claims.request_of(run, claimed(run, quote_id=quote_id)).upload
    assert upload.quote_id == (quote_id or None)


def test_a_chunk_that_had_no_effect_starts_afresh(run):
    now = timezone.now()
    left = {
        "state": ChunkState.SENDING,
        "idempotency_key": "cp-1",
        "quote_id": "qte_1",
        "quote_expires_at": now,
        "credits_quoted": 9,
        "quotes_refused": 1,
        "first_sent_at": now,
        "next_try_at": now,
        "faults": 5,
    }
    Chunk.objects.update(**left, key_generation=3)
    with take_turn(run.pk) as turn, turn.writing() as write:
        chunk = Chunk.objects.get()
        write.chunk(chunk, **claims.renewed(chunk))
    chunk, fresh = Chunk.objects.get(), Chunk()
    assert [getattr(chunk, name) for name in left] == [getattr(fresh, name) for name in left]
    assert chunk.key_generation == 4


def test_a_pause_by_a_person_keeps_the_chunk_from_leaving(run):
    Run.objects.update(state=RunState.PAUSED)
    chunk = Chunk.objects.get()
    assert not claims.claim(run, chunk, Turn(run.pk, "mine"), timezone.now())
    assert Chunk.objects.get().state == ChunkState.READY
