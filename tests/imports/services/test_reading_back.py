from __future__ import annotations

import pytest

from enrichment.models import EnrichmentType, Workflow
from enrichment.polls import poll_due
from imports.models import (
    Again,
    Chunk,
    FoundLead,
    KeepReason,
    PauseReason,
    ReadBack,
    ReadBackState,
    RunState,
)
from imports.services import noting, read_backs, reading_back, setbacks
from imports.services.sums import rows_of
from imports.services.turns import take_turn
from people.models import Notice
from tests.imports.files import csv_of, looked, read_through, started, undone, worked

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_waits(settings):
    settings.RATE_PER_KEY = settings.RATE_PER_ORGANIZATION = 2_000


def imported(alice, tmp_path, rows=5, start=1, **more):
    text = csv_of(rows, start=start)
    run = worked(started(alice, tmp_path, text, again=Again.ALL, **more))
    assert run.is_over, run.state
    return run


def enriched(sandbox, alice, tmp_path, rows=40):
    run = worked(started(alice, tmp_path, csv_of(rows), EnrichmentType.FULL))
    sandbox.advance(3600)
    Workflow.objects.update(next_poll_at=run.created_at)
    poll_due()
    run = worked(run)
    assert run.state == RunState.FINISHED
    return run


def kept(undo):
    return read_backs.findings_of(undo).kept


def test_it_takes_out_what_the_import_added(sandbox, alice, tmp_path):
    run = imported(alice, tmp_path)
    undo = undone(run, alice)
    assert (undo.state, sandbox.emails(run.list_id)) == (ReadBackState.DONE, [])


def test_it_removes_nothing_before_a_person_agrees(sandbox, alice, tmp_path):
    run = imported(alice, tmp_path)
    undo = looked(run, alice)
    assert (undo.state, read_backs.findings_of(undo).removable) == (ReadBackState.READ, 5)
    assert len(sandbox.emails(run.list_id)) == 5
    assert sandbox.ledger("lead_removed") == []


def test_the_sums_say_how_many_rows_were_undone(sandbox, alice, tmp_path):
    run = imported(alice, tmp_path)
    undone(run, alice)
    rows = rows_of(run)
    assert (rows.imported, rows.undone, rows.still_in, rows.adds_up) == (5, 5, 0, True)


def test_it_reads_and_removes_in_the_apis_portions(sandbox, alice, tmp_path):
    run = imported(alice, tmp_path, rows=1210)
    undone(run, alice)
    assert sandbox.emails(run.list_id) == []
    removals = [c for c in sandbox.calls("/leads") if c["method"] == "DELETE"]
    reads = [c for c in sandbox.calls("/leads") if c["method"] == "GET"]
    assert (len(reads), len(removals)) == (2 * 3, 13)


def test_it_keeps_what_was_in_the_list_before(sandbox, alice, tmp_path):
    list_id = imported(alice, tmp_path, rows=3).list_id
    run = imported(alice, tmp_path, rows=5, list_name="Spring", list_id=list_id)
    undo = undone(run, alice)
    assert read_backs.findings_of(undo).removed == 5
    assert sorted(sandbox.emails(list_id)) == [f"ann{n}@example.com" for n in (1, 2, 3)]


def test_it_notes_a_long_list_page_by_page(sandbox, alice, tmp_path):
    list_id = sandbox.make_list("Long", leads=1100)
    before = sandbox.emails(list_id)
    run = imported(alice, tmp_path, list_name="Long", list_id=list_id)
    undone(run, alice)
    assert sandbox.emails(list_id) == before


def test_it_goes_on_noting_after_a_lost_answer(sandbox, alice, tmp_path):
    list_id = sandbox.make_list("Long", leads=600)
    sandbox.fault("cut_middle", path="/leads", times=1)
    run = started(alice, tmp_path, csv_of(5), list_name="Long", list_id=list_id)
    run = worked(worked(run))
    undone(run, alice)
    assert len(sandbox.emails(list_id)) == 600


def test_it_keeps_a_lead_that_was_changed_since(sandbox, alice, tmp_path):
    run = imported(alice, tmp_path)
    sandbox.change_lead(sandbox.leads(run.list_id)[1]["lead_id"], title="Chief of Staff")
    sandbox.change_lead(sandbox.leads(run.list_id)[2]["lead_id"], company="Other")
    undo = undone(run, alice)
    assert sandbox.emails(run.list_id) == ["ann2@example.com", "ann3@example.com"]
    assert sum(kept(undo).values()) == 2


def test_it_keeps_what_was_enriched(sandbox, alice, tmp_path):
    run = enriched(sandbox, alice, tmp_path)
    paid = {lead["email"] for lead in sandbox.leads(run.list_id) if lead["provider"]}
    undo = undone(run, alice)
    assert 0 < len(paid) < 40
    assert set(sandbox.emails(run.list_id)) == paid
    assert kept(undo) == {KeepReason.ENRICHED: len(paid)}


def test_it_keeps_a_call_that_was_paid_for_without_a_sign_for_whom(sandbox, alice, tmp_path):
    run = enriched(sandbox, alice, tmp_path)
    Workflow.objects.update(credits_charged=40 * 11)
    findings = read_backs.findings_of(looked(run, alice))
    assert (findings.removable, KeepReason.PAID in findings.kept) == (0, True)


def test_it_keeps_what_is_being_enriched(sandbox, alice, tmp_path):
    run = imported(alice, tmp_path)
    workflow = Workflow.objects.create(workflow_id="wf", list_id=run.list_id)
    Chunk.objects.update(workflow=workflow)
    assert kept(looked(run, alice)) == {KeepReason.ENRICHING: 5}


def test_it_keeps_a_row_that_several_leads_fit(sandbox, alice, tmp_path):
    run = imported(alice, tmp_path)
    first, second = sandbox.leads(run.list_id)[:2]
    sandbox.change_lead(second["lead_id"], email=first["email"])
    undo = undone(run, alice)
    assert sandbox.emails(run.list_id) == [first["email"], first["email"]]
    assert KeepReason.SEVERAL in kept(undo)


def test_it_keeps_the_leads_of_another_import_of_the_same_rows(sandbox, alice, tmp_path):
    run = imported(alice, tmp_path)
    gone = [lead["lead_id"] for lead in sandbox.leads(run.list_id)]
    leads = f"/lead-lists/{run.list_id}/leads"
    sandbox.client_for().delete(leads, json={"lead_ids": gone})
    again = imported(alice, tmp_path, rows=6, list_name="Spring", list_id=run.list_id)
    assert kept(looked(run, alice)) == {KeepReason.OTHER_IMPORT: 5}
    undone(again, alice)
    assert sandbox.emails(run.list_id) == []


def in_sum(undo) -> int:
    findings = read_backs.findings_of(undo)
    return findings.removable + findings.kept_leads + findings.missing


def test_a_later_import_of_the_same_rows_adds_nothing_to_the_sum(sandbox, alice, tmp_path):
    first = imported(alice, tmp_path)
    imported(alice, tmp_path, rows=6, list_name="Spring", list_id=first.list_id)
    undo = looked(first, alice)
    assert kept(undo) == {}
    assert (read_backs.findings_of(undo).removable, in_sum(undo)) == (5, 5)


def test_leads_that_were_there_before_add_nothing_to_the_sum(sandbox, alice, tmp_path):
    list_id = imported(alice, tmp_path, rows=3).list_id
    run = imported(alice, tmp_path, rows=5, list_name="Spring", list_id=list_id)
    undo = looked(run, alice)
    assert (read_backs.findings_of(undo).removable, kept(undo), in_sum(undo)) == (5, {}, 5)


def test_a_row_that_several_leads_fit_counts_once(sandbox, alice, tmp_path):
    run = imported(alice, tmp_path)
    first, second = sandbox.leads(run.list_id)[:2]
    sandbox.change_lead(second["lead_id"], email=first["email"])
    assert in_sum(looked(run, alice)) == 5


def test_the_sum_of_an_undo_that_ended_is_that_of_the_import(sandbox, alice, tmp_path):
    run = imported(alice, tmp_path)
    gone, changed = (lead["lead_id"] for lead in sandbox.leads(run.list_id)[:2])
    leads = f"/lead-lists/{run.list_id}/leads"
    sandbox.client_for().delete(leads, json={"lead_ids": [gone]})
    sandbox.change_lead(changed, title="Chief of Staff")
    undo = undone(run, alice)
    findings = read_backs.findings_of(undo)
    assert (findings.removed, findings.kept_leads, findings.missing) == (3, 1, 1)
    assert in_sum(undo) == 5


def test_a_later_import_is_undone_without_touching_the_earlier(sandbox, alice, tmp_path):
    first = imported(alice, tmp_path)
    imported(alice, tmp_path, list_name="Spring", list_id=first.list_id, start=4)
    undone(first, alice)
    left = sorted(sandbox.emails(first.list_id))
    assert left == sorted([f"ann{n}@example.com" for n in (4, 5, 6, 7, 8)])


def test_it_undoes_one_call_alone(sandbox, alice, tmp_path):
    run = imported(alice, tmp_path, rows=1300)
    undone(run, alice, number=2)
    left = set(sandbox.emails(run.list_id))
    assert len(left) == 700
    assert not left & {f"ann{n}@example.com" for n in range(601, 1201)}
    assert list(Chunk.objects.values_list("rows_undone", flat=True)) == [0, 600, 0]


def test_it_looks_again_before_it_removes(sandbox, alice, tmp_path):
    run = imported(alice, tmp_path)
    undo = looked(run, alice)
    sandbox.change_lead(sandbox.leads(run.list_id)[0]["lead_id"], phone="+14155550100")
    read_backs.confirm(undo, alice, 5)
    read_through(undo)
    assert sandbox.emails(run.list_id) == ["ann1@example.com"]


def test_it_leaves_what_the_person_was_not_shown(sandbox, alice, tmp_path):
    run = imported(alice, tmp_path)
    lead = sandbox.leads(run.list_id)[0]
    sandbox.change_lead(lead["lead_id"], email="other@example.com")
    undo = looked(run, alice)
    sandbox.change_lead(lead["lead_id"], email=lead["email"])
    read_backs.confirm(undo, alice, 4)
    read_through(undo)
    assert sandbox.emails(run.list_id) == [lead["email"]]


def test_it_goes_on_after_a_removal_without_an_answer(sandbox, alice, tmp_path):
    run = imported(alice, tmp_path, rows=150)
    undo = looked(run, alice)
    read_backs.confirm(undo, alice, 150)
    sandbox.fault("cut_after", method="DELETE", path="/leads")
    read_through(undo)
    read_through(undo)
    assert (undo.state, sandbox.emails(run.list_id)) == (ReadBackState.DONE, [])
    assert read_backs.findings_of(undo).removed == 150


def test_it_waits_longer_after_each_failure(sandbox, alice, tmp_path, monkeypatch):
    monkeypatch.setattr(setbacks, "LONGEST_WAIT", 60.0)
    undo = read_backs.ask_undo(imported(alice, tmp_path), alice)
    sandbox.fault("garbage", path="/leads", times=2)
    waits = []
    for _ in range(2):
        with take_turn(undo.pk, ReadBack) as turn:
            waits.append(reading_back.step(undo, turn))
        undo.refresh_from_db()
    assert waits == [2, 4]


def test_a_reading_goes_on_where_a_killed_worker_stopped(sandbox, alice, tmp_path):
    run = imported(alice, tmp_path, rows=1200)
    undo = read_backs.ask_undo(run, alice)
    with take_turn(undo.pk, ReadBack) as turn:
        reading_back.step(undo, turn)
    undo.refresh_from_db()
    assert undo.leads_read == 500
    read_through(undo)
    assert read_backs.findings_of(undo).removable == 1200


def test_a_worker_that_lost_its_turn_stores_nothing(sandbox, alice, tmp_path):
    run = imported(alice, tmp_path)
    undo = read_backs.ask_undo(run, alice)
    with take_turn(undo.pk, ReadBack) as turn:
        ReadBack.objects.update(turn_token="another")
        reading_back.step(undo, turn)
    undo.refresh_from_db()
    assert (undo.state, FoundLead.objects.count()) == (ReadBackState.READING, 0)


def test_it_starts_over_when_the_api_forgets_the_place(sandbox, alice, tmp_path):
    run = imported(alice, tmp_path, rows=700)
    undo = read_backs.ask_undo(run, alice)
    with take_turn(undo.pk, ReadBack) as turn:
        reading_back.step(undo, turn)
    ReadBack.objects.update(cursor="forgotten")
    read_through(undo)
    assert (undo.leads_read, read_backs.findings_of(undo).removable) == (700, 700)


def test_it_stops_when_a_person_says_so(sandbox, alice, tmp_path):
    run = imported(alice, tmp_path, rows=250)
    undo = looked(run, alice)
    read_backs.confirm(undo, alice, 250)
    with take_turn(undo.pk, ReadBack) as turn:
        for _ in range(2):
            undo.refresh_from_db()
            reading_back.step(undo, turn)
    read_backs.stop(undo, alice)
    read_through(undo)
    assert undo.state == ReadBackState.STOPPED
    assert len(sandbox.emails(run.list_id)) == 150
    assert rows_of(run).undone == 100


def test_it_says_that_the_list_is_gone(sandbox, alice, tmp_path):
    run = imported(alice, tmp_path)
    sandbox.client_for().delete(f"/lead-lists/{run.list_id}")
    undo = looked(run, alice)
    assert (undo.state, bool(undo.problem)) == (ReadBackState.FAILED, True)


def test_it_tells_the_person_who_asked_that_it_is_over(sandbox, alice, tmp_path):
    run = imported(alice, tmp_path)
    undone(run, alice)
    notice = Notice.objects.latest("pk")
    assert notice.person == alice
    said = f"Import {run.pk} is undone: 5 leads taken out of Spring, 0 kept"
    assert notice.text == said


def test_an_older_look_is_not_agreed_to_while_another_is_made(sandbox, alice, tmp_path):
    run = imported(alice, tmp_path)
    older = looked(run, alice)
    read_backs.ask_undo(run, alice)
    with pytest.raises(read_backs.CannotUndo, match="under way"):
        read_backs.confirm(older, alice, 5)


def test_it_is_not_agreed_to_once_the_rows_are_deleted(sandbox, alice, tmp_path):
    run = imported(alice, tmp_path)
    undo = looked(run, alice)
    undo.run.pruned_at = run.created_at
    with pytest.raises(read_backs.CannotUndo, match="deleted"):
        read_backs.confirm(undo, alice, 5)


def test_a_look_ends_when_the_rows_are_deleted_meanwhile(sandbox, alice, tmp_path):
    run = imported(alice, tmp_path)
    undo = read_backs.ask_undo(run, alice)
    type(run).objects.update(pruned_at=run.created_at)
    assert read_through(undo).state == ReadBackState.FAILED
    assert "deleted" in undo.problem


def test_the_undo_of_one_call_is_not_that_of_the_import(sandbox, alice, tmp_path):
    run = imported(alice, tmp_path, rows=1300)
    looked(run, alice, number=2)
    assert read_backs.latest_undo(run) is None
    assert read_backs.latest_undo(run, 2) is not None


# --- An API whose pages come to no end -------------------------------------------


def page_of(*lead_ids, cursor, total=2):
    leads = [{"lead_id": lead_id} for lead_id in lead_ids]
    return {"list_id": "any", "leads": leads, "total": total, "cursor": cursor}


def test_it_ends_where_a_page_leads_back_to_itself(sandbox, alice, tmp_path):
    run = imported(alice, tmp_path)
    page = page_of("a", cursor="SAME")
    sandbox.fault("answer", path="/leads", status=200, body=page, times=50)
    calls = len(sandbox.calls("/leads"))
    undo = looked(run, alice)
    assert undo.state == ReadBackState.FAILED
    assert "leads back to where it was asked" in undo.problem
    assert len(sandbox.calls("/leads")) - calls == 2


def test_it_pauses_the_noting_of_a_list_that_leads_back(sandbox, alice, tmp_path):
    list_id = sandbox.make_list("Long", leads=2)
    page = page_of("a", cursor="SAME")
    sandbox.fault("answer", path="/leads", status=200, body=page, times=50)
    run = worked(started(alice, tmp_path, csv_of(5), list_name="Long", list_id=list_id))
    assert (run.state, run.pause_reason) == (RunState.PAUSED, PauseReason.REJECTED)
    assert "leads back to where it was asked" in run.problem
    assert len(sandbox.calls("/leads")) == 2


def forgetful(sandbox):
    """The API gives a place and then never knows it."""
    page = page_of("a", cursor="gone")
    for _ in range(20):
        sandbox.fault("answer", path="/leads", status=200, body=page)
        sandbox.fault("answer", path="/leads", status=400, body={"detail": "Bad cursor."})


def test_it_does_not_start_over_for_ever(sandbox, alice, tmp_path):
    run = imported(alice, tmp_path)
    forgetful(sandbox)
    undo = looked(run, alice)
    assert undo.state == ReadBackState.FAILED
    assert len(sandbox.calls("/leads")) == 2 * (noting.MOST_STARTS + 1)


def test_it_does_not_start_to_note_a_list_for_ever(sandbox, alice, tmp_path):
    list_id = sandbox.make_list("Long", leads=2)
    forgetful(sandbox)
    run = worked(started(alice, tmp_path, csv_of(5), list_name="Long", list_id=list_id))
    assert (run.state, run.pause_reason) == (RunState.PAUSED, PauseReason.REJECTED)
    assert len(sandbox.calls("/leads")) == 2 * (noting.MOST_STARTS + 1)
