"""The API misbehaves around a call that imports; docs/reliability.md, F05 and F14 to F33.

Parametrised by `mend`, a test is tried once on the portal as it is and once with a fault
built in (`control`), which has to break the promise.
"""

from __future__ import annotations

import base64
import json
import socket
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from cleanlist_api.budget import Lane
from connections import services as connections
from enrichment.models import EnrichmentType
from imports.models import Chunk, ChunkState, Run, RunState
from imports.services import answers, claims
from imports.services.sums import rows_of
from imports.services.turns import take_turn
from tests.imports.files import csv_of, started, stepped, worked

pytestmark = pytest.mark.django_db(transaction=True)
IMPORT = "csv-import"


def imported(sandbox):
    return len(sandbox.ledger("row_imported"))


def keys(sandbox):
    return [call["idempotency_key"] for call in sandbox.calls(IMPORT)]


def with_list(alice, folder, rows=5, kind=EnrichmentType.OFF):
    """A started run whose list is made: the next call is an import or its quote."""
    return stepped(started(alice, folder, csv_of(rows), kind))


def worked_through(run, rounds=10):
    for _ in range(rounds):
        Chunk.objects.exclude(next_try_at=None).update(next_try_at=None)
        run = worked(run)
        if run.is_over:
            break
    return run


# --- F05: the request breaks off ---


def half_a_request(sandbox, run):
    """Claim the chunk, send half of its call and die."""
    chunk = Chunk.objects.get()
    with take_turn(run.pk) as turn:
        assert claims.claim(run, chunk, turn, datetime.now(UTC))
        upload = claims.request_of(run, chunk).upload
    body = json.dumps(
        {
            "csv_content_base64": base64.b64encode(upload.csv).decode(),
            "column_mapping": upload.column_mapping,
            "dispatch_enrichment": False,
            "idempotency_key": upload.idempotency_key,
        }
    ).encode()
    head = (
        f"POST /api/v1/public/lead-lists/{run.list_id}/csv-import HTTP/1.1\r\n"
        f"Host: 127.0.0.1\r\nAuthorization: Bearer clapi_sandbox_owner\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", sandbox.port)) as line:
        line.sendall(head.encode() + body[: len(body) // 2])


def test_f05_it_sends_the_whole_again_after_half_a_request(sandbox, alice, tmp_path):
    run = with_list(alice, tmp_path)
    half_a_request(sandbox, run)
    assert imported(sandbox) == 0
    run = worked(run)
    assert (run.state, imported(sandbox)) == (RunState.FINISHED, 5)


# --- F14 to F16, F32: told to wait ---


def in_an_hour():
    return format_datetime(datetime.now(UTC) + timedelta(seconds=3600), usegmt=True)


TOO_MANY = {"error": {"code": "rate_limited", "problem": "Slow down.", "retryable": True}}


@pytest.mark.parametrize(
    ("header", "least", "most"),
    [
        ("70", 60, 70),
        (in_an_hour, 3000, 3600),
        (None, 50, 60),
        ("-1", 50, 60),
        ("soon", 50, 60),
        ("86400", 86_000, 86_400),
    ],
    ids=["seconds", "date", "missing", "negative", "word", "day"],
)
def test_f14_it_calls_nobody_before_the_time_the_api_gave(
    sandbox, alice, tmp_path, header, least, most
):
    run = with_list(alice, tmp_path)
    said = header() if callable(header) else header
    headers = {} if said is None else {"Retry-After": said}
    sandbox.fault("answer", path=IMPORT, status=429, body=TOO_MANY, headers=headers)
    run = stepped(run)
    assert least <= connections.take_slot(Lane.PAGE) <= most
    assert (run.state, Chunk.objects.get().state) == (RunState.SENDING, ChunkState.READY)


def test_f15_it_counts_no_429_against_a_chunk(sandbox, alice, tmp_path):
    run = with_list(alice, tmp_path)
    body = {"error": {**TOO_MANY["error"], "retry_after_ms": 50}}
    sandbox.fault("answer", path=IMPORT, times=3, status=429, body=body)
    run = worked_through(run)
    assert (run.state, imported(sandbox)) == (RunState.FINISHED, 5)
    assert Chunk.objects.get().faults == 0


def test_f32_it_waits_for_a_feature_to_come_back(sandbox, alice, tmp_path):
    run = with_list(alice, tmp_path)
    sandbox.fault("feature_off", path=IMPORT, times=8)
    run = worked_through(run)
    assert (run.state, imported(sandbox)) == (RunState.FINISHED, 5)


# --- F17 to F20: errors, once and for ever ---


@pytest.mark.parametrize("status", [500, 502, 504])
@pytest.mark.parametrize("times", [1, 3])
def test_f17_it_gets_over_a_few_errors(sandbox, alice, tmp_path, status, times):
    run = with_list(alice, tmp_path)
    sandbox.fault("server_error", path=IMPORT, status=status, times=times)
    run = worked_through(run)
    assert (run.state, imported(sandbox)) == (RunState.FINISHED, 5)
    assert len(set(keys(sandbox))) == 1


def test_f17_it_leaves_a_chunk_to_a_person_and_goes_on_with_others(sandbox, alice, tmp_path):
    run = with_list(alice, tmp_path)
    sandbox.fault("server_error", path=IMPORT, times=answers.MOST_FAULTS)
    run = worked_through(run)
    assert (run.state, rows_of(run).unknown) == (RunState.FAILED, 5)
    assert Chunk.objects.get().state == ChunkState.UNKNOWN
    other = worked(started(alice, tmp_path, csv_of(3, start=100), list_name="Autumn"))
    assert (other.state, imported(sandbox)) == (RunState.FINISHED, 3)


def _new_key_after_an_error(monkeypatch):
    """The fault: an error of the API taken for a proof that nothing happened."""

    def ask_anew(write, run, chunk, error, *, counts):
        write.chunk(chunk, **claims.renewed(chunk))
        return answers.NOW

    monkeypatch.setattr(answers, "_ask_again", ask_anew)


@pytest.mark.parametrize("control", [False, True], ids=["portal", "control"])
def test_f18_it_never_makes_a_new_key_for_a_stored_500(
    sandbox, alice, tmp_path, monkeypatch, control
):
    if control:
        _new_key_after_an_error(monkeypatch)
    run = with_list(alice, tmp_path)
    sandbox.fault("error_after", path=IMPORT)
    sandbox.fault("server_error", path=IMPORT, times=answers.MOST_FAULTS - 1)
    worked_through(run)
    chunk = Chunk.objects.get()
    kept = (chunk.state, len(set(keys(sandbox))), imported(sandbox))
    assert (kept == (ChunkState.UNKNOWN, 1, 5)) is not control


def test_f19_it_asks_again_under_the_same_key_while_one_is_in_progress(
    sandbox, alice, tmp_path
):
    run = with_list(alice, tmp_path)
    busy = {"error": {"code": "in_progress", "problem": "Still running."}}
    sandbox.fault("answer", path=IMPORT, status=409, body=busy, times=2)
    run = worked_through(run)
    assert (run.state, imported(sandbox)) == (RunState.FINISHED, 5)
    assert len(set(keys(sandbox))) == 1


def test_f20_it_does_not_argue_about_a_key_with_another_payload(sandbox, alice, tmp_path):
    run = with_list(alice, tmp_path)
    sandbox.fault("answer", path=IMPORT, status=422, body={"detail": "Other payload."})
    run = worked_through(run)
    assert Chunk.objects.get().state == ChunkState.FAILED
    assert len(keys(sandbox)) == 1


# --- F23 and F25: answers that are none ---


def _any_answer_is_a_success(monkeypatch):
    """The fault: what the API said is not looked at."""

    def take_as_done(write, run, chunk, error, *, counts):
        write.chunk(chunk, state=ChunkState.DONE, rows_imported=chunk.rows)
        return answers.NOW

    monkeypatch.setattr(answers, "_ask_again", take_as_done)


@pytest.mark.parametrize("kind", ["cut_before", "html"])
@pytest.mark.parametrize("control", [False, True], ids=["portal", "control"])
def test_f25_it_takes_nothing_for_a_success_that_is_none(
    sandbox, alice, tmp_path, monkeypatch, kind, control
):
    if control:
        _any_answer_is_a_success(monkeypatch)
    run = with_list(alice, tmp_path)
    sandbox.fault(kind, path=IMPORT)
    run = worked_through(run)
    assert (imported(sandbox) == rows_of(run).imported == 5) is not control


@pytest.mark.parametrize(
    "kind", ["cut_after", "cut_middle", "garbage", "truncated", "wrong_shape", "huge"]
)
def test_f23_f25_it_hears_of_an_import_whose_answer_was_spoiled(
    sandbox, alice, tmp_path, kind
):
    run = with_list(alice, tmp_path)
    sandbox.fault(kind, path=IMPORT)
    run = worked_through(run)
    assert (run.state, imported(sandbox)) == (RunState.FINISHED, 5)
    assert Chunk.objects.get().replayed


# --- F27: sums that don't add up ---


def answer_with(run, **sums):
    reply = {"list_id": run.list_id, "rows_parsed": 5, "rows_imported": 5, "rows_skipped": 0}
    return reply | {"skip_reasons": {}, "sample_skip_rows": []} | sums


@pytest.mark.parametrize(
    "sums",
    [
        {"rows_imported": 4},
        {"rows_imported": 6},
        {"rows_parsed": 4, "rows_imported": 4},
        {"rows_imported": 2, "rows_skipped": 2},
    ],
)
def test_f27_it_calls_nothing_finished_whose_sums_do_not_add_up(
    sandbox, alice, tmp_path, sums
):
    run = with_list(alice, tmp_path)
    sandbox.fault("answer", path=IMPORT, status=201, body=answer_with(run, **sums))
    run = worked_through(run)
    assert Chunk.objects.get().state == ChunkState.UNKNOWN
    assert (run.state, rows_of(run).unknown) == (RunState.FAILED, 5)
    assert "does not add up" in Chunk.objects.get().problem


# --- F33: sent elsewhere ---


def test_f33_it_follows_nobody_to_another_host(sandbox, alice, tmp_path):
    run = with_list(alice, tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as elsewhere:
        elsewhere.settimeout(0.2)
        there = f"http://127.0.0.1:{elsewhere.getsockname()[1]}/api/v1/public/whoami"
        sandbox.fault("redirect", path=IMPORT, location=there)
        worked_through(run)
        with pytest.raises(TimeoutError):
            elsewhere.accept()
    assert imported(sandbox) == len(set(sandbox.emails(Run.objects.get().list_id)))


# --- F47: quotes ---


def test_f47_it_does_not_quote_again_after_a_lost_answer_to_a_redeem(sandbox, alice, tmp_path):
    run = with_list(alice, tmp_path, kind=EnrichmentType.PARTIAL)
    sandbox.fault("cut_after", path=IMPORT)
    worked_through(run, rounds=3)
    assert len(sandbox.calls("credits/estimate")) == 1
    assert len(sandbox.ledger("credits_reserved")) == 1


def test_f47_it_leaves_a_used_quote_to_a_person(sandbox, alice, tmp_path):
    run = with_list(alice, tmp_path, kind=EnrichmentType.PARTIAL)
    used = {"error": {"code": "quote_used", "problem": "The quote was used."}}
    sandbox.fault("answer", path=IMPORT, status=409, body=used, times=answers.MOST_FAULTS)
    worked_through(run)
    assert Chunk.objects.get().state == ChunkState.UNKNOWN
