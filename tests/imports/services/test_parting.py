"""Only where missing: rows go apart into calls that enrich and calls that don't."""

from __future__ import annotations

import zlib
from datetime import timedelta

import pytest
from django.utils import timezone

from cleanlist_api.records import CsvResult
from enrichment.models import EnrichmentType, Workflow
from enrichment.polls import poll_due
from imports.core.plan import unpack_rows
from imports.models import (
    Chunk,
    ChunkBody,
    ChunkState,
    LedgerRow,
    OnlyMissing,
    PauseReason,
    Run,
    RunState,
)
from imports.services import (
    answers,
    claims,
    parting,
    progress,
    quoting,
    retrying,
    splitting,
    starting,
    watching,
)
from imports.services.sums import rows_of
from imports.services.turns import take_turn
from tests.imports.files import (
    HEADER,
    checked,
    csv_of,
    some_with_email,
    started,
    stepped,
    undone,
    worked,
)
from tests.imports.test_kill import money_in_the_ledger, money_on_the_page

pytestmark = pytest.mark.django_db
PARTIAL = EnrichmentType.PARTIAL
# 500 of these 1,500 rows have no e-mail: one call enriches, two don't.
ROWS, LACK = 1_500, 500


def only_missing(person, folder, rows=ROWS, text="", kind=PARTIAL, **more):
    text = text or some_with_email(rows)
    return started(person, folder, text, kind, only_missing=True, **more)


def carried(run):
    """(row number, e-mail, whether its call enriches) of all that the run's calls carry."""
    found = []
    for chunk in Chunk.objects.of_plan(run).select_related("body"):
        _, *records = splitting.records_of(chunk)
        rows = unpack_rows(chunk.row_numbers)
        assert len(rows) == len(records) == chunk.rows
        found += [
            (row, record[2], chunk.enriches) for row, record in zip(rows, records, strict=True)
        ]
    return found


def enriched(run, sandbox):
    """Let the enrichment end and the portal see it."""
    sandbox.advance(3600)
    Workflow.objects.update(next_poll_at=run.created_at)
    poll_due(limit=50)
    return worked(run)


# --- Parting ---------------------------------------------------------------------


def test_it_leaves_every_row_in_one_call(alice, tmp_path):
    run = stepped(only_missing(alice, tmp_path))
    assert sorted(row for row, _, _ in carried(run)) == list(range(2, ROWS + 2))
    assert rows_of(run).adds_up
    assert rows_of(run).to_go == ROWS


def test_it_enriches_the_rows_that_lack_it_alone(alice, tmp_path):
    run = stepped(only_missing(alice, tmp_path))
    each = carried(run)
    assert all(enriches == (not email) for _, email, enriches in each)
    assert sum(enriches for _, _, enriches in each) == LACK


def test_calls_that_enrich_go_first(alice, tmp_path):
    run = stepped(only_missing(alice, tmp_path))
    plan = Chunk.objects.of_plan(run).values_list("number", "enriches", "rows")
    assert list(plan) == [(1, True, 500), (2, False, 600), (3, False, 400)]


@pytest.mark.parametrize("max_bytes", [4_000, 20_000, 150_000])
def test_it_makes_as_many_calls_as_the_check_counted(alice, tmp_path, settings, max_bytes):
    settings.CHUNK_MAX_BYTES = max_bytes
    run = only_missing(alice, tmp_path)
    planned = run.calls_planned
    run = stepped(run)
    assert Chunk.objects.of_plan(run).count() == run.calls_planned == planned
    enriching = Chunk.objects.of_plan(run).filter(enriches=True).count()
    assert [enriching, planned - enriching] == run.calls_apart["email"]


@pytest.mark.parametrize("caps", [(200, 150_000), (600, 60)])
def test_it_parts_a_plan_made_under_other_caps(alice, tmp_path, settings, caps):
    run = only_missing(alice, tmp_path)
    settings.CHUNK_MAX_ROWS, settings.CHUNK_MAX_BYTES = caps
    run = stepped(run)
    assert sorted(row for row, _, _ in carried(run)) == list(range(2, ROWS + 2))
    assert run.calls_planned == Chunk.objects.of_plan(run).count()


def test_it_keeps_a_cell_with_commas_and_line_ends_whole(alice, tmp_path):
    line = 'Ann{n},"Le""e, {n}\nthe second",{email},Acme'
    lines = [line.format(n=n, email="" if n % 2 else f"a{n}@b.com") for n in range(700)]
    run = stepped(only_missing(alice, tmp_path, text="\n".join([HEADER, *lines]) + "\n"))
    bodies = Chunk.objects.of_plan(run).select_related("body")
    records = [record for chunk in bodies for record in splitting.records_of(chunk)[1:]]
    assert sorted(record[1] for record in records) == sorted(
        f'Le"e, {n} the second' for n in range(700)
    )


def test_a_worker_that_looked_early_parts_it_into_the_same_calls(alice, tmp_path):
    run = only_missing(alice, tmp_path)
    with take_turn(run.pk) as turn:
        parting.step(run, turn)
        once = sorted(carried(run))
        parting.step(run, turn)
    assert sorted(carried(run)) == once
    assert Chunk.objects.count() == 3


def test_nothing_of_the_plan_before_is_left(alice, tmp_path):
    run = stepped(only_missing(alice, tmp_path))
    assert set(Chunk.objects.values_list("plan", flat=True)) == {run.plan}
    assert ChunkBody.objects.count() == Chunk.objects.count()


def test_rows_left_out_by_the_check_stay_so(alice, tmp_path):
    run = stepped(only_missing(alice, tmp_path, text=some_with_email(30) + "Li,,,\n"))
    assert (rows_of(run).skipped, rows_of(run).adds_up) == (1, True)
    assert run.skip_reasons == {"missing_required": 1}


def test_a_run_that_enriches_all_rows_is_not_parted(alice, tmp_path):
    run = started(alice, tmp_path, some_with_email(30), PARTIAL)
    assert run.only_missing == OnlyMissing.NO
    with take_turn(run.pk) as turn:
        assert parting.step(run, turn) is None


def test_nobody_parts_it_without_the_turn(alice, tmp_path):
    run = only_missing(alice, tmp_path, rows=30)
    before = list(Chunk.objects.values_list("pk", flat=True))
    with take_turn(run.pk) as turn:
        Run.objects.update(turn_token="another")
        parting.step(run, turn)
    assert list(Chunk.objects.values_list("pk", flat=True)) == before
    assert Run.objects.get().only_missing == OnlyMissing.TO_PART


def test_a_person_who_cancels_meanwhile_keeps_the_plan_whole(alice, tmp_path):
    run = only_missing(alice, tmp_path, rows=30)
    with take_turn(run.pk) as turn:
        starting.cancel_run(run, alice)
        parting.step(run, turn)
    assert Chunk.objects.get().rows == 30
    run = worked(run)
    assert (run.state, rows_of(run).not_sent) == (RunState.CANCELLED, 30)


def test_it_is_parted_when_rows_of_a_cancelled_one_go_after_all(sandbox, alice, tmp_path):
    run = only_missing(alice, tmp_path, rows=30)
    starting.cancel_run(run, alice)
    run = worked(run)
    assert retrying.retry_rows(run, alice) == 30
    run = enriched(worked(run), sandbox)
    assert (run.state, rows_of(run).imported) == (RunState.FINISHED, 30)
    assert money_in_the_ledger(sandbox)["reserved"] == 10


def test_drafts_of_a_worker_that_died_are_cleared_away(alice, tmp_path, monkeypatch):
    run = only_missing(alice, tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(parting, "_take_the_place", _dies)
        with take_turn(run.pk) as turn, pytest.raises(RuntimeError):
            parting.step(run, turn)
    assert Chunk.objects.exclude(plan=run.plan).count() == 3
    run = stepped(run)
    assert Chunk.objects.exclude(plan=run.plan).count() == 0
    assert sorted(row for row, _, _ in carried(run)) == list(range(2, ROWS + 2))


def _dies(*_):
    raise RuntimeError("kill -9")


# --- What it refuses ---------------------------------------------------------------


def test_it_refuses_a_body_that_is_not_what_was_planned(alice, tmp_path):
    run = only_missing(alice, tmp_path, rows=30)
    other = zlib.compress(some_with_email(30).encode().replace(b"Acme", b"Acne"))
    ChunkBody.objects.update(packed_csv=other)
    with take_turn(run.pk) as turn, pytest.raises(ValueError, match="not what was planned"):
        parting.step(run, turn)
    assert Chunk.objects.of_plan(run).get().rows == 30


@pytest.mark.parametrize("rows_ready", [29, 31])
def test_it_refuses_parts_with_more_or_fewer_rows(alice, tmp_path, rows_ready):
    run = only_missing(alice, tmp_path, rows=30)
    run.rows_ready = rows_ready
    with take_turn(run.pk) as turn, pytest.raises(ValueError, match="and its parts"):
        parting.step(run, turn)
    assert Chunk.objects.of_plan(run).get().rows == 30


def test_it_refuses_parts_that_cost_more_than_was_approved(alice, tmp_path):
    run = only_missing(alice, tmp_path, rows=30)
    run.credits_most = 9
    with take_turn(run.pk) as turn, pytest.raises(ValueError, match="than was approved"):
        parting.step(run, turn)
    assert Chunk.objects.of_plan(run).get().rows == 30


def test_it_refuses_a_plan_of_which_a_call_has_left(alice, tmp_path):
    run = only_missing(alice, tmp_path, rows=30)
    Chunk.objects.update(state=ChunkState.DONE)
    with take_turn(run.pk) as turn, pytest.raises(ValueError, match="have left"):
        parting.step(run, turn)
    assert Chunk.objects.of_plan(run).get().state == ChunkState.DONE


def test_a_row_that_has_it_is_never_sent_to_be_enriched(sandbox, alice, tmp_path):
    run = stepped(only_missing(alice, tmp_path, rows=30))
    Chunk.objects.filter(enriches=False).update(enriches=True)
    chunk = Chunk.objects.get(number=2)
    with pytest.raises(ValueError, match="20 rows of Chunk 2 .* have what it would pay for"):
        claims.request_of(run, chunk)


def test_a_run_that_was_not_parted_sends_nothing(sandbox, alice, tmp_path):
    run = only_missing(alice, tmp_path, rows=30)
    with pytest.raises(ValueError, match="20 rows of Chunk 1 .* have what it would pay for"):
        claims.request_of(run, Chunk.objects.get())


def test_a_row_that_lacks_it_is_never_sent_without_the_enrichment(sandbox, alice, tmp_path):
    run = stepped(only_missing(alice, tmp_path, rows=30))
    Chunk.objects.filter(enriches=True).update(enriches=False)
    with pytest.raises(ValueError, match="10 rows of Chunk 1 .* lack what was to be found"):
        claims.request_of(run, Chunk.objects.get(number=1))


# --- What a call asks for ------------------------------------------------------------


def test_a_call_without_enrichment_says_so_and_needs_no_quote(alice, tmp_path):
    run = stepped(only_missing(alice, tmp_path, rows=30))
    first, second = Chunk.objects.of_plan(run)
    asked = [claims.request_of(run, chunk).upload for chunk in (first, second)]
    assert [each.dispatch_enrichment for each in asked] == [True, False]
    assert [each.enrichment_type for each in asked] == ["partial", None]
    now = timezone.now()
    assert [quoting.needs_quote(run, chunk, now) for chunk in (first, second)] == [True, False]
    assert [quoting.most_of(run, chunk) for chunk in (first, second)] == [10, 0]


@pytest.mark.parametrize("number", [1, 2])
def test_the_halves_of_a_call_ask_for_what_it_did(sandbox, alice, tmp_path, number):
    run = before_call(only_missing(alice, tmp_path, rows=30), number)
    sandbox.fault("answer", path="csv-import", status=413, body={"detail": "large"})
    run = enriched(worked(run), sandbox)
    assert run.state == RunState.FINISHED, run.problem
    assert all(enriches == (not email) for _, email, enriches in carried(run))
    assert Chunk.objects.of_plan(run).count() == 3
    assert money_in_the_ledger(sandbox)["reserved"] == 10


def test_a_call_without_enrichment_is_never_let_go_without_a_quote(sandbox, alice, tmp_path):
    run = before_call(only_missing(alice, tmp_path, rows=30), 2)
    body = {"error": {"code": "quote_mismatch", "problem": "The quote won't do."}}
    sandbox.fault("answer", path="csv-import", times=2, status=400, body=body)
    run = worked(run)
    assert (run.pause_reason, run.problem) == (PauseReason.QUOTE, "The quote won't do.")
    assert not Chunk.objects.filter(skips_quote=True).exists()


def test_an_enrichment_nobody_asked_for_counts_as_none_of_the_price(alice, tmp_path):
    run = stepped(only_missing(alice, tmp_path, rows=30))
    chunk = Chunk.objects.get(number=2)
    result = CsvResult("a-list", 20, 20, 0, {}, (), "w-1", None, False, "req_1")
    with take_turn(run.pk) as turn:
        answers.accept(run, chunk, turn, result)
    workflow = Workflow.objects.get()
    assert (workflow.enrichment_type, workflow.credits_reserved) == ("off", 0)


def test_what_nobody_asked_for_is_not_held_against_the_test_batch():
    workflow = Workflow(enrichment_type="off", ended_at=timezone.now(), credits_charged=3)
    chunk = Chunk(state=ChunkState.DONE, rows=20, rows_imported=20, workflow=workflow)
    assert watching.finds_of(chunk) == {}


# --- From end to end -----------------------------------------------------------------


def names_imported(sandbox):
    return sorted(entry["full_name"] for entry in sandbox.ledger("row_imported"))


def before_call(run, number):
    """Work up to where call `number` is the next."""
    run = stepped(run)
    before = Chunk.objects.of_plan(run).filter(number__lt=number)
    while not run.list_id or before.exclude(state=ChunkState.DONE).exists():
        run = stepped(run)
    return run


def every_name(rows):
    return sorted(f"Ann{n} Lee" for n in range(1, rows + 1))


def test_it_pays_for_the_rows_that_lack_it_and_imports_all(sandbox, alice, tmp_path):
    run = enriched(worked(only_missing(alice, tmp_path, rows=300)), sandbox)
    assert run.state == RunState.FINISHED, run.problem
    assert names_imported(sandbox) == every_name(300)
    assert money_in_the_ledger(sandbox)["reserved"] == 100
    assert money_on_the_page(run) == money_in_the_ledger(sandbox)
    assert LedgerRow.objects.count() == len(set(LedgerRow.objects.values_list("row"))) == 300
    rows = rows_of(run)
    assert (rows.imported, rows.enriched, rows.as_they_are) == (300, 100, 200)


def test_it_asks_for_one_quote_of_its_three_calls(sandbox, alice, tmp_path):
    worked(only_missing(alice, tmp_path))
    asked = [entry["path"].rsplit("/", 1)[-1] for entry in sandbox.ledger("request")]
    assert (asked.count("estimate"), asked.count("csv-import")) == (1, 3)


def test_nothing_is_enriched_where_every_row_has_it(sandbox, alice, tmp_path):
    run = only_missing(alice, tmp_path, text=csv_of(30))
    assert run.credits_most == 0
    run = worked(run)
    assert run.state == RunState.FINISHED, run.problem
    assert (rows_of(run).imported, sandbox.ledger("credits_reserved")) == (30, [])
    assert progress.as_json(progress.progress_of(run))["enrichment"]["status"] == "off"


def test_all_is_enriched_where_no_row_has_it(sandbox, alice, tmp_path):
    run = only_missing(alice, tmp_path, text=some_with_email(30, every=1).replace("@", "-"))
    assert (run.only_missing, run.credits_most) == (OnlyMissing.NO, 30)


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_lost_answer_brings_nothing_twice(sandbox, alice, tmp_path, number):
    run = before_call(only_missing(alice, tmp_path), number)
    sandbox.fault("cut_after", path="csv-import")
    run = enriched(worked(run), sandbox)
    assert run.state == RunState.FINISHED, run.problem
    assert names_imported(sandbox) == every_name(ROWS)
    assert money_in_the_ledger(sandbox)["reserved"] == LACK
    assert money_on_the_page(run) == money_in_the_ledger(sandbox)


def test_a_failed_call_goes_again_as_it_was(sandbox, alice, tmp_path):
    run = before_call(only_missing(alice, tmp_path), 2)
    sandbox.fault("answer", path="csv-import", status=400, body={"detail": "no"})
    run = enriched(worked(run), sandbox)
    assert run.state == RunState.FAILED
    retrying.retry_rows(run, alice)
    run = enriched(worked(run), sandbox)
    assert (run.state, rows_of(run).as_they_are) == (RunState.FINISHED, 1_000)
    assert names_imported(sandbox) == every_name(ROWS)
    assert money_in_the_ledger(sandbox)["reserved"] == LACK


def test_an_undo_takes_out_what_was_not_enriched(sandbox, alice, tmp_path):
    run = enriched(worked(only_missing(alice, tmp_path, rows=60)), sandbox)
    undo = undone(run, alice)
    assert undo.state == "done", undo.problem
    rows = rows_of(run)
    assert rows.undone >= 40  # what an enrichment has found stays
    assert LedgerRow.objects.filter(is_undone=True).count() == rows.undone


def test_an_enrichment_nobody_asked_for_is_told_at_the_end(sandbox, alice, tmp_path):
    run = stepped(only_missing(alice, tmp_path, rows=30))
    run = worked(run)
    workflow = Workflow.objects.create(workflow_id="w-2", list_id=run.list_id)
    Chunk.objects.filter(enriches=False).update(workflow=workflow)
    Workflow.objects.update(ended_at=timezone.now())
    run = worked(run)
    assert run.state == RunState.NOT_AS_APPROVED
    [said] = progress.progress_of(run).unlike_approved
    assert "20 rows that should go in as they are (batch 2)" in said


def test_rows_that_cost_nothing_go_in_although_more_was_charged(sandbox, alice, tmp_path):
    run = before_call(only_missing(alice, tmp_path), 2)
    Workflow.objects.update(credits_charged=LACK + 1, ended_at=timezone.now())
    run = worked(run)
    assert (run.state, rows_of(run).imported) == (RunState.NOT_AS_APPROVED, ROWS)


# --- With a test batch -----------------------------------------------------------------


def test_the_test_batch_is_of_rows_that_are_enriched(sandbox, alice, tmp_path):
    run = worked(only_missing(alice, tmp_path, canary=True))
    batch = Chunk.objects.get(is_canary=True)
    assert (batch.rows, batch.enriches, batch.state) == (125, True, ChunkState.DONE)
    run = enriched(run, sandbox)
    assert run.pause_reason == PauseReason.CANARY


def test_the_rest_is_forecast_by_the_rows_that_are_enriched(sandbox, alice, tmp_path):
    run = enriched(worked(only_missing(alice, tmp_path, canary=True)), sandbox)
    result = progress.progress_of(run).canary
    most = {line.name: line.most_rest for line in result.lines}
    assert most == {"imported": 1_375, "skips": 1_375, "emails": 375, "charge": 375}


def test_with_a_test_batch_all_goes_in_once_too(sandbox, alice, tmp_path):
    run = enriched(worked(only_missing(alice, tmp_path, canary=True)), sandbox)
    starting.resume_run(run, alice)
    run = enriched(worked(run), sandbox)
    assert run.state == RunState.FINISHED, run.problem
    assert names_imported(sandbox) == every_name(ROWS)
    assert money_in_the_ledger(sandbox)["reserved"] == LACK
    assert money_on_the_page(run) == money_in_the_ledger(sandbox)


def test_a_test_batch_of_a_file_in_which_every_row_has_it_enriches_nothing(
    sandbox, alice, tmp_path
):
    run = worked(only_missing(alice, tmp_path, text=csv_of(1_300), canary=True))
    batch = Chunk.objects.get(is_canary=True)
    assert (batch.rows, batch.enriches) == (200, False)
    assert run.pause_reason == PauseReason.CANARY
    starting.resume_run(run, alice)
    run = worked(run)
    assert (run.state, rows_of(run).imported) == (RunState.FINISHED, 1_300)


# --- What may be started ---------------------------------------------------------------


def test_what_it_may_cost_is_what_the_rows_without_it_cost(alice, tmp_path):
    run = checked(alice, tmp_path, some_with_email(30))
    approval = starting.Approval(PARTIAL, 9, only_missing=True)
    with pytest.raises(starting.NotAsShown):
        starting.start_run(run, alice, approval)


def test_it_may_cost_no_more_than_they_do_whatever_was_offered(alice, tmp_path):
    run = checked(alice, tmp_path, some_with_email(30))
    starting.start_run(run, alice, starting.Approval(PARTIAL, 30, only_missing=True))
    run.refresh_from_db()
    assert run.credits_most == 10


def test_its_calls_are_those_of_the_rows_apart(alice, tmp_path):
    run = checked(alice, tmp_path, some_with_email(300))
    assert run.calls_planned == 1
    starting.start_run(run, alice, starting.Approval(PARTIAL, 100, only_missing=True))
    run.refresh_from_db()
    assert run.calls_planned == 2


def test_a_plan_of_one_call_may_have_a_test_batch_once_it_is_two(alice, tmp_path):
    run = checked(alice, tmp_path, some_with_email(300))
    approval = starting.Approval(PARTIAL, 100, canary=True, only_missing=True)
    starting.start_run(run, alice, approval)
    run.refresh_from_db()
    assert run.canary


@pytest.fixture
def forecast_of(monkeypatch):
    """(calls, quotes) of the forecasts that were asked for."""
    asked = []

    def length_of(chunks, quotes, *_, **__):
        asked.append((chunks, quotes))
        return timedelta(seconds=1)

    monkeypatch.setattr(starting.forecast, "length_of", length_of)
    return asked


def test_it_is_forecast_with_a_quote_for_each_call_that_enriches(alice, tmp_path, forecast_of):
    only_missing(alice, tmp_path)
    assert forecast_of == [(3, 1)]


def test_so_is_the_rest_after_a_test_batch(sandbox, alice, tmp_path, forecast_of):
    run = enriched(worked(only_missing(alice, tmp_path, canary=True)), sandbox)
    forecast_of.clear()
    starting.resume_run(run, alice)
    assert forecast_of == [(3, 1)]


def test_all_rows_are_not_enriched_at_the_price_of_some(alice, tmp_path):
    run = checked(alice, tmp_path, some_with_email(30))
    with pytest.raises(starting.NotAsShown):
        starting.start_run(run, alice, starting.Approval(PARTIAL, 10))


def test_a_file_that_was_not_counted_apart_is_not_enriched_whole_instead(alice, tmp_path):
    run = checked(alice, tmp_path, some_with_email(30))
    Run.objects.update(calls_apart={})
    with pytest.raises(starting.NotAsShown):
        starting.start_run(run, alice, starting.Approval(PARTIAL, 30, only_missing=True))
