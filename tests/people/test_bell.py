from __future__ import annotations

import re

import pytest
from django.urls import reverse

from people import notices
from tests.people.test_notices import TEXT, told

LIST = reverse("people:notices")
READ_ALL = reverse("people:mark_all_read")


def bell(client) -> str:
    found = re.search(r'<a class="bell".*?</a>', client.get(LIST).content.decode(), re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())


@pytest.mark.parametrize("address", [LIST, f"{LIST}/1", READ_ALL])
def test_it_sends_anonymous_visitors_to_sign_in(anonymous, address):
    response = anonymous.get(address)
    assert response["Location"].startswith(reverse("people:sign_in"))


def test_it_lets_viewers_see_their_own(bob, bob_client):
    told(bob)
    assert TEXT in bob_client.get(LIST).content.decode()


def test_it_shows_nobody_the_notices_of_others(alice, bob_client):
    told(alice)
    assert TEXT not in bob_client.get(LIST).content.decode()


def test_it_opens_no_notice_of_others(alice, bob_client):
    notice = told(alice)
    assert bob_client.get(notice.get_absolute_url()).status_code == 404
    assert notices.unread_count(alice) == 1


@pytest.mark.parametrize("number", ["0", "9" * 30])
def test_it_knows_no_notice_of_that_number(alice_client, number):
    assert alice_client.get(f"{LIST}/{number}").status_code == 404


def test_opening_one_leads_to_what_it_is_about_and_marks_it_read(alice, alice_client):
    response = alice_client.get(told(alice).get_absolute_url())
    assert response["Location"] == "/imports/41/"
    assert notices.unread_count(alice) == 0


def test_the_bell_says_how_many_are_unread(alice, alice_client):
    for key in "123":
        told(alice, key=key)
    assert bell(alice_client) == "Notices, 3 unread 3"


def test_the_frame_brings_a_new_bell(alice, alice_client, sandbox):
    told(alice)
    frame = alice_client.get(reverse("connections:frame_status")).content.decode()
    assert 'id="bell"' in frame
    assert "Notices, 1 unread" in frame


def test_the_bell_has_no_figure_when_all_is_read(alice, alice_client):
    notices.mark_read(alice, told(alice).pk)
    assert bell(alice_client) == "Notices"


def test_it_marks_which_are_unread(alice, alice_client):
    told(alice, key="1")
    notices.mark_read(alice, told(alice, key="2").pk)
    assert alice_client.get(LIST).content.decode().count(">Unread: <") == 1


def test_it_marks_all_read(alice, alice_client):
    newest = told(alice)
    assert alice_client.post(READ_ALL, {"up_to": newest.pk}, follow=True).status_code == 200
    assert notices.unread_count(alice) == 0


def test_its_button_names_the_newest_notice(alice, alice_client):
    notice = told(alice)
    assert f'name="up_to" value="{notice.pk}"' in alice_client.get(LIST).content.decode()


@pytest.mark.parametrize("up_to", ["", "x", "-1"])
def test_it_marks_nothing_without_knowing_what_was_seen(alice, alice_client, up_to):
    told(alice)
    alice_client.post(READ_ALL, {"up_to": up_to})
    assert notices.unread_count(alice) == 1


def test_it_marks_by_post_only(alice_client):
    assert alice_client.get(READ_ALL).status_code == 405


def test_it_says_what_would_be_told(alice_client):
    assert "No notices yet" in alice_client.get(LIST).content.decode()


def test_it_pages(alice, alice_client):
    for key in range(notices.PAGE + 1):
        told(alice, key=str(key))
    assert "51–51 of 51" in alice_client.get(LIST, {"page": 2}).content.decode()


def test_somebody_with_a_one_time_password_chooses_their_own_first(alice, alice_client):
    alice.one_time_password_until = alice.date_joined
    alice.save()
    assert alice_client.get(LIST)["Location"] == reverse("people:me")
