from __future__ import annotations

import pytest
from django.utils import timezone

from imports.models import (
    Before,
    Chunk,
    FoundLead,
    KeepReason,
    Purpose,
    ReadBack,
    ReadBackState,
    RunState,
)
from tests.imports.pages import at, htmx, made_run, squeezed, with_chunks, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(alice):
    run = made_run(alice, RunState.FINISHED, before=Before.NOTED, started_at=timezone.now())
    with_chunks(run, "done", "done")
    return run


def undo_of(run, state=ReadBackState.READ, *, out=3, enriched=2, **facts):
    undo = ReadBack.objects.create(
        run=run, purpose=Purpose.UNDO, state=state, read_at=timezone.now(), **facts
    )
    chunk = Chunk.objects.filter(run=run).first()
    for row in range(2, 2 + out + enriched):
        FoundLead.objects.create(
            read_back=undo,
            look=undo.look,
            chunk=chunk,
            row=row,
            lead_id=f"lead-{row}",
            name=f"Ann {row}",
            reason="" if row < 2 + out else KeepReason.ENRICHED,
        )
    return undo


def test_it_says_what_an_undo_does_before_it_looks(alice_client, run):
    text = words(alice_client.get(at("undo", run)))
    assert "First the portal reads Spring" in text
    assert "Look what would be taken out" in text


def test_it_shows_what_would_go_and_what_would_stay(alice_client, run):
    undo_of(run)
    text = words(alice_client.get(at("undo", run)))
    assert "3 leads would be taken out of Spring, 2 would stay" in text
    assert "2 enriched since, so paid for" in text
    assert "Take 3 leads out of the list" in text


def test_it_lists_the_leads_that_would_stay(alice_client, run):
    undo_of(run)
    text = words(alice_client.get(at("undo", run), {"show": "enriched"}))
    assert "Ann 5 Kept: enriched since, so paid for" in text
    assert "Ann 2" not in text


def test_it_shows_how_far_the_reading_is(alice_client, run):
    undo_of(run, ReadBackState.READING, out=0, enriched=0, leads_read=500, leads_total=1200)
    response = alice_client.get(at("undo", run))
    assert "500 of 1,200 leads" in words(response)
    assert "data-poll" in response.content.decode()


def test_it_shows_how_far_the_removing_is(alice_client, run):
    undo = undo_of(run, ReadBackState.REMOVING, confirmed_at=timezone.now())
    FoundLead.objects.filter(read_back=undo, row=2).update(removed_at=timezone.now())
    text = words(alice_client.get(at("undo", run)))
    assert "1 of 3" in text
    assert "1 taken out 2 still to take out" in text


def test_it_says_how_it_ended(alice, alice_client, run):
    now = timezone.now()
    undo = undo_of(run, ReadBackState.DONE, confirmed_by=alice, confirmed_at=now, ended_at=now)
    FoundLead.objects.filter(read_back=undo, reason="").update(removed_at=now)
    response = alice_client.get(at("undo", run))
    assert "3 leads were taken out of Spring, 2 were kept" in words(response)
    assert "data-poll" not in response.content.decode()


def test_one_finds_the_leads_taken_out_again(alice, alice_client, run):
    now = timezone.now()
    undo = undo_of(run, ReadBackState.DONE, confirmed_by=alice, confirmed_at=now, ended_at=now)
    FoundLead.objects.filter(read_back=undo, reason="").update(removed_at=now)
    page = alice_client.get(at("undo", run), {"show": "enriched"})
    links = {url for part in page.context["segments"] if (url := part.href)}
    text = [words(alice_client.get(url)) for url in sorted(links)]
    assert len(text) == 2
    assert any("Ann 2 Taken out" in each for each in text)


def test_it_says_that_the_list_could_not_be_read(alice_client, run):
    undo_of(run, ReadBackState.FAILED, out=0, problem="The list is gone.", request_id="req_9")
    text = words(alice_client.get(at("undo", run)))
    assert "The list is gone." in text
    assert "req_9" in text


def with_removals(run, state, *, out=0, in_flight=0, **facts):
    """An undo of 5 leads a person agreed to, in its second look."""
    now = timezone.now()
    undo = undo_of(run, state, out=5, look=2, confirmed_at=now, **facts)
    FoundLead.objects.filter(read_back=undo, row__lt=2 + out).update(
        asked_at=now, removed_at=now
    )
    asked = FoundLead.objects.filter(row__gte=2 + out, row__lt=2 + out + in_flight)
    asked.update(asked_at=now)
    return undo


def test_it_says_what_a_stop_waits_for(alice_client, run):
    with_removals(run, ReadBackState.STOPPING, out=2, in_flight=2)
    response = alice_client.get(at("undo", run))
    text = words(response)
    assert "Stopping: the removal of 2 leads is in flight" in text
    assert "It is counted when its answer is here" in text
    assert "2 taken out 2 in flight 1 not taken out" in text
    assert "Ann 4 In flight" in text
    assert "data-poll" in response.content.decode()
    assert 'id="stop-button"' not in response.content.decode()


def test_it_says_what_was_out_before_a_stop(alice, alice_client, run):
    now = timezone.now()
    with_removals(run, ReadBackState.STOPPED, out=2, confirmed_by=alice, ended_at=now)
    text = words(alice_client.get(at("undo", run)))
    assert "2 leads were taken out of Spring" in text
    assert "stopped before the end" in text
    assert "2 taken out 3 not taken out" in text


@pytest.mark.parametrize(
    ("removals", "said"),
    [
        ({}, "Nothing was taken out."),
        ({"out": 2}, "2 leads were taken out of Spring."),
        (
            {"out": 2, "in_flight": 2},
            "2 leads were taken out of Spring. Of 2 leads it is not known whether they are "
            "still in the list: the removal had no answer.",
        ),
    ],
)
def test_it_says_what_was_out_before_it_failed(alice_client, run, removals, said):
    with_removals(run, ReadBackState.FAILED, problem="The list is gone.", **removals)
    text = words(alice_client.get(at("undo", run)))
    assert "The undo ended early" in text
    assert f"The list is gone. {said}" in text


def test_the_bar_shows_leads_of_which_nothing_is_known(alice_client, run):
    with_removals(run, ReadBackState.FAILED, out=2, in_flight=2)
    text = words(alice_client.get(at("undo", run)))
    assert "2 taken out 2 not known 1 not taken out" in text
    assert "Ann 4 Not known" in text


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"state": RunState.SENDING}, "The import is not over"),
        ({"pruned_at": timezone.now()}, "The contents of its rows were deleted"),
        ({"before": Before.NOT_NOTED}, "was not noted"),
    ],
)
def test_it_says_what_stands_in_the_way(alice_client, run, facts, said):
    type(run).objects.filter(pk=run.pk).update(**facts)
    text = words(alice_client.get(at("undo", run)))
    assert said in text
    assert "Look what would be taken out" not in text


def test_the_fragment_is_part_of_the_page(alice_client, run):
    undo_of(run)
    page = squeezed(alice_client.get(at("undo", run)))
    part = squeezed(alice_client.get(at("undo", run), headers=htmx("undo")))
    table = squeezed(alice_client.get(at("undo", run), headers=htmx("found")))
    assert part in page
    assert table in page


def test_looking_asks_for_a_read_back(alice, alice_client, run):
    response = alice_client.post(at("undo_look", run))
    assert response["Location"] == at("undo", run)
    assert ReadBack.objects.get().asked_by == alice


def test_a_double_click_looks_once(alice_client, run):
    alice_client.post(at("undo_look", run))
    alice_client.post(at("undo_look", run))
    assert ReadBack.objects.count() == 1


def test_looking_for_one_call_comes_back_to_it(alice_client, run):
    response = alice_client.post(at("undo_look", run), {"chunk": 2})
    assert response["Location"] == at("undo", run) + "?chunk=2"
    assert ReadBack.objects.get().chunk.number == 2


def test_looking_says_why_it_can_not(alice_client, run):
    type(run).objects.update(before=Before.NOT_NOTED)
    response = alice_client.post(at("undo_look", run), follow=True)
    assert "was not noted" in words(response)
    assert not ReadBack.objects.exists()


def test_a_person_agrees_to_what_was_shown(alice, alice_client, run):
    undo = undo_of(run)
    alice_client.post(at("undo_confirm", run), {"read_back": undo.pk, "leads": 3})
    undo.refresh_from_db()
    assert (undo.state, undo.confirmed_by) == (ReadBackState.READING_AGAIN, alice)


def test_agreeing_to_another_number_changes_nothing(alice_client, run):
    undo = undo_of(run)
    told = {"read_back": undo.pk, "leads": 4}
    response = alice_client.post(at("undo_confirm", run), told, follow=True)
    undo.refresh_from_db()
    assert undo.state == ReadBackState.READ
    assert "Nothing was taken out" in words(response)


def test_a_form_that_makes_no_sense_changes_nothing(alice_client, run):
    undo = undo_of(run)
    alice_client.post(at("undo_confirm", run), {"read_back": "x", "leads": "many"})
    undo.refresh_from_db()
    assert undo.state == ReadBackState.READ


def test_an_undo_of_another_import_is_not_agreed_to(alice, alice_client, run):
    other = made_run(alice, RunState.FINISHED, before=Before.NOTED, form_nonce="other")
    with_chunks(other, "done")
    undo = undo_of(other)
    alice_client.post(at("undo_confirm", run), {"read_back": undo.pk, "leads": 3})
    undo.refresh_from_db()
    assert undo.state == ReadBackState.READ


def test_a_person_stops_it(alice_client, run):
    undo = undo_of(run, ReadBackState.REMOVING)
    alice_client.post(at("undo_stop", run))
    undo.refresh_from_db()
    assert undo.state == ReadBackState.STOPPED


def test_a_viewer_sees_it_and_may_not_press(bob_client, run):
    undo_of(run)
    text = words(bob_client.get(at("undo", run)))
    assert "would be taken out" in text
    assert "Take 3 leads out" not in text


@pytest.mark.parametrize("name", ["undo_look", "undo_confirm", "undo_stop", "evidence"])
def test_a_viewer_may_not_act(bob_client, run, name):
    assert bob_client.post(at(name, run)).status_code == 403


@pytest.mark.parametrize("name", ["undo_look", "undo_confirm", "undo_stop", "evidence"])
def test_acting_needs_a_post(alice_client, run, name):
    assert alice_client.get(at(name, run)).status_code == 405


def test_the_page_is_only_read(alice_client, run):
    assert alice_client.post(at("undo", run)).status_code == 405


def test_a_stranger_is_sent_to_sign_in(client, run):
    assert "/sign-in" in client.get(at("undo", run))["Location"]


def test_an_import_that_is_not_there_is_not_found(alice_client):
    assert alice_client.get(at("undo", 999)).status_code == 404


def test_a_query_that_makes_no_sense_is_left_out(alice_client, run):
    undo_of(run)
    asked = {"chunk": "x", "show": "x", "page": "-1"}
    assert "3 leads would be taken out" in words(alice_client.get(at("undo", run), asked))


def test_the_page_costs_a_fixed_number_of_queries(
    alice_client, run, django_assert_max_num_queries
):
    undo_of(run, out=60, enriched=20)
    with django_assert_max_num_queries(10):
        alice_client.get(at("undo", run), headers=htmx("undo"))


def test_the_run_page_leads_to_it(alice_client, run):
    assert f'href="{at("undo", run)}"' in alice_client.get(at("run", run)).content.decode()


def test_the_run_page_shows_what_the_list_says_of_an_unknown_call(alice, alice_client):
    run = made_run(alice, RunState.FAILED, before=Before.NOTED)
    with_chunks(run, "unknown")
    chunk = Chunk.objects.get(run=run)
    ReadBack.objects.create(
        run=run, chunk=chunk, purpose=Purpose.EVIDENCE, state=ReadBackState.READ
    )
    assert "None of the 600 rows is in the list by now" in words(
        alice_client.get(at("run", run))
    )


def test_the_run_page_goes_on_looking_while_the_list_is_read(alice, alice_client):
    run = made_run(alice, RunState.FAILED)
    with_chunks(run, "unknown")
    chunk = Chunk.objects.get(run=run)
    ReadBack.objects.create(run=run, chunk=chunk, purpose=Purpose.EVIDENCE, leads_read=500)
    response = alice_client.get(at("run", run))
    assert "Reading the list: 500 leads" in words(response)
    assert "data-poll" in response.content.decode()


def test_a_person_has_the_list_read_again(alice, alice_client):
    run = made_run(alice, RunState.FAILED)
    with_chunks(run, "unknown")
    alice_client.post(at("evidence", run), {"chunk": 1})
    assert ReadBack.objects.get().purpose == Purpose.EVIDENCE
