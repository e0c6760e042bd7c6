"""What an undo takes out when its worker dies, its answer is lost or a person stops it."""

from __future__ import annotations

import pytest

from cleanlist_api.client import CleanlistClient
from imports.models import FoundLead, Purpose, ReadBack, ReadBackState
from imports.services import read_backs, reading_back, removing
from imports.services.sums import rows_of
from imports.services.turns import take_turn
from tests.imports.files import csv_of, looked, read_through, started, worked

pytestmark = pytest.mark.django_db
ROWS, A_CALL = 10, 4


class Killed(BaseException):
    """What ends a worker; nothing of the portal's catches it."""


@pytest.fixture(autouse=True)
def few_leads_a_call(sandbox, settings, monkeypatch):
    settings.RATE_PER_KEY = settings.RATE_PER_ORGANIZATION = 2_000
    monkeypatch.setattr(removing, "REMOVED_A_CALL", A_CALL)


def agreed(alice, tmp_path, rows=ROWS):
    """An undo whose list was read twice: leads are about to be taken out."""
    run = worked(started(alice, tmp_path, csv_of(rows)))
    undo = looked(run, alice)
    assert read_backs.confirm(undo, alice, rows)
    step(undo)
    undo.refresh_from_db()
    assert undo.state == ReadBackState.REMOVING
    return undo


def step(undo):
    undo.refresh_from_db()
    with take_turn(undo.pk, ReadBack) as turn:
        reading_back.step(undo, turn)
    undo.refresh_from_db()


def killed_after_the_call(undo, monkeypatch, *, arrives=True):
    """The worker dies after its removal left: with the answer, or before the API had it."""
    remove = CleanlistClient.remove_leads

    def die(*args):
        if arrives:
            remove(*args)
        raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(CleanlistClient, "remove_leads", die)
        step(undo)


def counted(undo):
    """Leads counted as taken out, by the page of the undo and by the sums of the run."""
    return read_backs.findings_of(undo).removed, rows_of(undo.run).undone


def gone(sandbox):
    return len(sandbox.ledger("lead_removed"))


@pytest.mark.parametrize("arrives", [True, False])
def test_a_stop_waits_for_the_removal_of_a_worker_that_died(
    sandbox, alice, tmp_path, monkeypatch, arrives
):
    undo = agreed(alice, tmp_path)
    killed_after_the_call(undo, monkeypatch, arrives=arrives)
    read_backs.stop(undo, alice)
    undo.refresh_from_db()
    assert undo.state == ReadBackState.STOPPING
    read_through(undo)
    assert undo.state == ReadBackState.STOPPED
    assert counted(undo) == (A_CALL, A_CALL)
    assert gone(sandbox) == A_CALL


def test_the_leads_are_noted_before_their_removal_leaves(alice, tmp_path, monkeypatch):
    undo = agreed(alice, tmp_path)
    killed_after_the_call(undo, monkeypatch, arrives=False)
    assert read_backs.findings_of(undo).in_flight == A_CALL


def test_a_removal_whose_worker_died_goes_again_as_it_was(
    sandbox, alice, tmp_path, monkeypatch
):
    undo = agreed(alice, tmp_path)
    killed_after_the_call(undo, monkeypatch)
    step(undo)
    first, second = [c for c in sandbox.calls("/leads") if c["method"] == "DELETE"]
    assert first["body_sha256"] == second["body_sha256"]
    assert counted(undo) == (A_CALL, A_CALL)


def test_a_stop_during_the_call_counts_what_it_took_out(sandbox, alice, tmp_path, monkeypatch):
    undo = agreed(alice, tmp_path)
    remove = CleanlistClient.remove_leads

    def pressed(*args):
        read_backs.stop(undo, alice)
        return remove(*args)

    monkeypatch.setattr(CleanlistClient, "remove_leads", pressed)
    read_through(undo)
    assert (undo.state, counted(undo)) == (ReadBackState.STOPPED, (A_CALL, A_CALL))
    assert gone(sandbox) == A_CALL


def test_a_stop_between_two_calls_is_one_at_once(sandbox, alice, tmp_path):
    undo = agreed(alice, tmp_path)
    step(undo)
    read_backs.stop(undo, alice)
    undo.refresh_from_db()
    assert undo.state == ReadBackState.STOPPED
    assert (counted(undo), gone(sandbox)) == ((A_CALL, A_CALL), A_CALL)


def test_a_worker_that_comes_late_to_a_stop_asks_for_nothing(sandbox, alice, tmp_path):
    undo = agreed(alice, tmp_path)
    seen_early = ReadBack.objects.select_related("run").get(pk=undo.pk)
    read_backs.stop(undo, alice)
    with take_turn(undo.pk, ReadBack) as turn:
        reading_back.step(seen_early, turn)
    assert gone(sandbox) == 0
    assert read_backs.findings_of(undo).in_flight == 0


def test_a_second_press_of_stop_changes_nothing(alice, tmp_path, monkeypatch):
    undo = agreed(alice, tmp_path)
    killed_after_the_call(undo, monkeypatch)
    assert read_backs.stop(undo, alice)
    assert not read_backs.stop(undo, alice)
    undo.refresh_from_db()
    assert undo.state == ReadBackState.STOPPING


def test_a_removal_the_api_did_not_do_is_not_in_flight(sandbox, alice, tmp_path):
    undo = agreed(alice, tmp_path)
    sandbox.fault("unavailable", method="DELETE", path="/leads")
    step(undo)
    read_backs.stop(undo, alice)
    undo.refresh_from_db()
    assert (undo.state, gone(sandbox)) == (ReadBackState.STOPPED, 0)


def test_a_later_refusal_does_not_prove_that_the_first_call_did_nothing(
    sandbox, alice, tmp_path
):
    undo = agreed(alice, tmp_path)
    sandbox.fault("cut_after", method="DELETE", path="/leads")
    step(undo)
    sandbox.fault("unavailable", method="DELETE", path="/leads")
    step(undo)
    read_backs.stop(undo, alice)
    step(undo)
    step(undo)
    assert (undo.state, counted(undo)) == (ReadBackState.STOPPED, (A_CALL, A_CALL))


@pytest.mark.parametrize("refusal", ["unauthorized", "no_scope"])
def test_it_waits_for_the_key_while_a_removal_is_in_flight(sandbox, alice, tmp_path, refusal):
    undo = agreed(alice, tmp_path)
    sandbox.fault("cut_after", method="DELETE", path="/leads")
    step(undo)
    sandbox.fault(refusal, method="DELETE", path="/leads")
    step(undo)
    assert undo.state == ReadBackState.REMOVING
    assert undo.waiting_for
    step(undo)
    assert (counted(undo), gone(sandbox)) == ((A_CALL, A_CALL), A_CALL)


def test_a_refused_key_ends_it_where_nothing_is_in_flight(sandbox, alice, tmp_path):
    undo = agreed(alice, tmp_path)
    sandbox.fault("unauthorized", method="DELETE", path="/leads")
    step(undo)
    assert undo.state == ReadBackState.FAILED
    assert read_backs.findings_of(undo).in_flight == 0


def test_it_says_of_which_leads_it_is_not_known_when_the_list_is_gone(
    sandbox, alice, tmp_path
):
    undo = agreed(alice, tmp_path)
    sandbox.fault("cut_after", method="DELETE", path="/leads")
    step(undo)
    sandbox.client_for().delete(f"/lead-lists/{undo.run.list_id}")
    step(undo)
    assert undo.state == ReadBackState.FAILED
    assert read_backs.findings_of(undo).in_flight == A_CALL


@pytest.mark.parametrize(("lost", "taken"), [("cut_after", A_CALL), ("cut_before", 0)])
def test_the_next_look_tells_what_became_of_a_removal_without_an_answer(
    sandbox, alice, tmp_path, lost, taken
):
    undo = agreed(alice, tmp_path)
    for fault in (lost, "not_found"):
        sandbox.fault(fault, method="DELETE", path="/leads")
        step(undo)
    assert (undo.state, read_backs.findings_of(undo).in_flight) == ("failed", A_CALL)
    again = looked(undo.run, alice)
    assert (counted(undo), gone(sandbox)) == ((taken, taken), taken)
    assert read_backs.findings_of(undo).in_flight == 0
    findings = read_backs.findings_of(again)
    assert (findings.rows, findings.removable, findings.missing) == (ROWS - taken,) * 2 + (0,)


def test_a_look_of_another_kind_leaves_the_question_open(sandbox, alice, tmp_path):
    """It may have read its first page before the removal that failed."""
    undo = agreed(alice, tmp_path)
    look = read_backs.make(undo.run, Purpose.EVIDENCE, undo.run.chunks.get(), alice)
    for fault in ("cut_after", "not_found"):
        sandbox.fault(fault, method="DELETE", path="/leads")
        step(undo)
    read_through(look)
    assert read_backs.findings_of(undo).in_flight == A_CALL


def test_it_ends_what_it_began_though_the_rows_were_deleted(
    sandbox, alice, tmp_path, monkeypatch
):
    undo = agreed(alice, tmp_path)
    killed_after_the_call(undo, monkeypatch)
    type(undo.run).objects.update(pruned_at=undo.asked_at)
    read_through(undo)
    assert (undo.state, counted(undo)) == (ReadBackState.DONE, (ROWS, ROWS))


def test_a_stop_with_nothing_left_to_take_out_is_its_end(
    sandbox, alice, tmp_path, monkeypatch
):
    undo = agreed(alice, tmp_path, rows=A_CALL)
    killed_after_the_call(undo, monkeypatch)
    read_backs.stop(undo, alice)
    read_through(undo)
    assert (undo.state, counted(undo)) == (ReadBackState.DONE, (A_CALL, A_CALL))


def test_no_other_undo_begins_while_a_stop_is_not_over(alice, tmp_path, monkeypatch):
    undo = agreed(alice, tmp_path)
    killed_after_the_call(undo, monkeypatch)
    read_backs.stop(undo, alice)
    assert read_backs.ask_undo(undo.run, alice) == undo
    assert FoundLead.objects.filter(look=2).count() == ROWS


def test_a_worker_that_lost_its_turn_counts_nothing_as_undone(alice, tmp_path, monkeypatch):
    undo = agreed(alice, tmp_path)
    remove = CleanlistClient.remove_leads

    def overtaken(*args):
        ReadBack.objects.update(turn_token="another")
        return remove(*args)

    monkeypatch.setattr(CleanlistClient, "remove_leads", overtaken)
    step(undo)
    assert counted(undo) == (0, 0)
    assert read_backs.findings_of(undo).in_flight == A_CALL
