from __future__ import annotations

import json
import re
import threading
import time
from html import unescape

import pytest
from django.utils import timezone

from imports.models import Chunk, Run, RunState, RunVersion
from imports.views.watched import LONGEST_PAUSE, Crowd, Remembered, parts
from people.models import Role
from tests.cast import signed_in
from tests.imports.pages import htmx, made_run, with_chunks


@pytest.fixture
def run(alice) -> Run:
    run = made_run(alice, RunState.PAUSED, pause_reason="person", beat_at=timezone.now())
    return with_chunks(run, "done", "sending", "ready")


def next_poll(response) -> str:
    """The address the page asks next."""
    return unescape(re.search(r'data-poll hx-get="([^"]+)"', response.content.decode())[1])


def poll(client, address: str):
    return client.get(address, headers=htmx("run"))


@pytest.fixture
def address(run, alice_client) -> str:
    return next_poll(alice_client.get(run.get_absolute_url()))


def test_nothing_is_sent_while_nothing_changed(alice_client, address):
    response = poll(alice_client, address)

    assert response.status_code == 204
    assert response.content == b""


def test_nothing_changed_costs_three_queries(alice_client, address, django_assert_num_queries):
    """The session, the person, the version."""
    with django_assert_num_queries(3):
        poll(alice_client, address)


def test_nothing_changed_still_tells_the_sign_of_life_and_when_to_ask_again(
    alice_client, address, run
):
    later = timezone.now()
    Run.objects.filter(pk=run.pk).update(beat_at=later)

    told = json.loads(poll(alice_client, address)["HX-Trigger"])["unchanged"]

    assert told["beat"] == later.isoformat()
    assert 1 <= told["again"] <= LONGEST_PAUSE


def test_a_change_is_sent(alice_client, address, run):
    Run.objects.filter(pk=run.pk).update(state=RunState.CANCELLING)

    assert "Cancelling" in poll(alice_client, address).content.decode()


def test_of_the_grid_only_what_changed_is_sent(alice_client, address, run):
    Chunk.objects.filter(run=run, number=2).update(state="done", rows_imported=600)

    page = poll(alice_client, address).content.decode()

    assert '<ol class="chunk-grid" id="chunk-grid" hx-preserve="true"></ol>' in page
    assert 'class="cell done" id="call-2"' in page
    assert 'hx-swap-oob="true"' in page
    assert 'id="call-1"' not in page
    assert "2 of 3 batches answered" in page


def test_a_call_that_came_in_between_is_not_left_out(alice_client, address, run):
    """Two changes, one look: both squares are sent, also to who asks a second time."""
    Chunk.objects.filter(run=run, number=2).update(state="done")
    poll(alice_client, address)
    parts.clear()
    Chunk.objects.filter(run=run, number=3).update(state="sending")

    page = poll(alice_client, address).content.decode()

    assert 'id="call-2"' in page
    assert 'id="call-3"' in page


def test_the_whole_grid_is_sent_when_it_has_other_squares(alice_client, address, run):
    Chunk.objects.create(
        run=run, plan=run.plan, number=4, rows=1, row_numbers="9", body_bytes=1, body_sha256=""
    )

    page = poll(alice_client, address).content.decode()

    assert "hx-preserve" not in page.split("chunk-legend")[0]
    assert page.count('class="cell ') >= 4
    assert 'id="call-1"' in page


def test_a_new_role_is_shown_at_once(alice, alice_client, address):
    alice.role = Role.VIEWER
    alice.save()

    page = poll(alice_client, address).content.decode()

    assert "resume-button" not in page


def test_a_viewer_is_never_sent_what_was_made_for_an_operator(alice_client, bob, run):
    """Nor the other way round, in whichever order they ask."""
    address = run.get_absolute_url()
    for_alice = poll(alice_client, address).content.decode()
    for_bob = poll(signed_in(bob), address).content.decode()

    assert "resume-button" in for_alice
    assert "resume-button" not in for_bob


def test_it_is_rendered_once_for_all_who_watch(
    alice_client, ada_client, run, django_assert_num_queries
):
    address = run.get_absolute_url()
    first = poll(alice_client, address)

    with django_assert_num_queries(3):
        second = poll(ada_client, address)

    assert second.content == first.content


def test_what_is_shared_knows_nothing_of_who_asked(alice_client, alice, run):
    page = poll(alice_client, run.get_absolute_url()).content.decode()

    assert "csrf" not in page.lower()


def test_a_run_without_a_version_is_always_sent(alice_client, run):
    address = f"{run.get_absolute_url()}?v=0.0.o&n=3"
    RunVersion.objects.all().delete()

    assert poll(alice_client, address).status_code == 200


@pytest.mark.parametrize("query", ["v=1", "v=1.2.admin", "n=-1", "v=%00"])
def test_a_version_that_makes_no_sense_is_none(alice_client, run, query):
    response = poll(alice_client, f"{run.get_absolute_url()}?{query}")

    assert response.status_code in {200, 400}


def test_few_who_watch_ask_each_second():
    crowd, now = Crowd(), 0.0
    for _ in range(20):
        pause = crowd.pause(1, 1, now)
        now += 1.0
    assert pause == 1


def test_many_who_watch_ask_less_often():
    crowd, now = Crowd(), 0.0
    for _ in range(2_000):
        pause = crowd.pause(1, 1, now)
        now += 0.01
    assert pause == LONGEST_PAUSE


def test_they_ask_more_often_again_when_most_have_left():
    crowd, now = Crowd(), 0.0
    for _ in range(2_000):
        crowd.pause(1, 1, now)
        now += 0.01
    for _ in range(10):
        pause = crowd.pause(1, 1, now)
        now += 2.5
    assert pause == 1


def test_while_one_makes_it_the_others_wait_for_it():
    made, start = [], threading.Barrier(4)
    memory = Remembered()

    def make() -> int:
        made.append(1)
        time.sleep(0.05)
        return len(made)

    def ask() -> None:
        start.wait()
        memory.get("key", "token", 0, make)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert made == [1]


def test_it_remembers_only_so_many():
    memory = Remembered(most=2)
    for key in "abc":
        memory.get(key, "t", 60, lambda key=key: key)
    assert memory.get("a", "t", 60, lambda: "anew") == "anew"
