from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.utils import timezone

from people.models import AuditEntry
from tests.cast import PASSWORD


def sign_in(client, name="bob", password=PASSWORD, **more):
    return client.post("/sign-in", {"username": name, "password": password, **more})


def test_it_lets_a_person_in(bob, anonymous):
    assert sign_in(anonymous)["Location"] == "/lists/"


def test_it_goes_back_to_the_page_that_was_asked_for(bob, anonymous):
    assert sign_in(anonymous, next="/lists/?page=2")["Location"] == "/lists/?page=2"


@pytest.mark.parametrize(
    "trap", ["https://evil.example.com/", "//evil.example.com", "javascript:x"]
)
def test_it_goes_nowhere_else_afterwards(trap, bob, anonymous):
    assert sign_in(anonymous, next=trap)["Location"] == "/lists/"


def test_it_keeps_the_page_asked_for_through_a_wrong_password(bob, anonymous):
    page = sign_in(anonymous, password="wrong", next="/imports/").content.decode()
    assert '<input type="hidden" name="next" value="/imports/">' in page


def test_it_says_the_same_to_strangers_and_to_wrong_passwords(bob, charlie, anonymous):
    pages = {
        sign_in(anonymous, name, "wrong").content.decode().replace(name, "").split("<main")[1]
        for name in ("bob", "charlie", "stranger")
    }
    assert len({page.split("csrfmiddlewaretoken")[0] for page in pages}) == 1


def test_it_keeps_a_deactivated_person_out(charlie, anonymous):
    assert b"belong together" in sign_in(anonymous, "charlie").content


def test_it_changes_the_session_at_sign_in(bob, anonymous):
    anonymous.get("/sign-in")
    before = anonymous.session.session_key
    sign_in(anonymous)
    assert anonymous.session.session_key != before


def test_it_ends_the_session_at_sign_out(bob_client):
    bob_client.post("/sign-out")
    assert Session.objects.count() == 0


def test_signing_out_takes_a_press_and_not_a_link(bob_client):
    assert bob_client.get("/sign-out").status_code == 405


def test_it_locks_out_who_guesses(bob, anonymous):
    statuses = [sign_in(anonymous, password="wrong").status_code for _ in range(9)]
    locked = sign_in(anonymous)
    assert statuses[:7] == [200] * 7
    assert (locked.status_code, locked["Retry-After"]) == (429, "900")
    assert b"For 15 minutes this browser is not heard" in locked.content


def test_waiting_is_not_made_longer_by_trying(bob, anonymous):
    for _ in range(8):
        sign_in(anonymous, password="wrong")
    with time_machine.travel(timezone.now() + timedelta(minutes=14), tick=False):
        assert sign_in(anonymous).status_code == 429
    with time_machine.travel(timezone.now() + timedelta(minutes=16), tick=False):
        assert sign_in(anonymous).status_code == 302


def test_a_lock_out_leaves_the_same_name_free_elsewhere(bob, anonymous, client):
    for _ in range(9):
        sign_in(anonymous, password="wrong")
    right = {"username": "bob", "password": PASSWORD}
    assert client.post("/sign-in", right, REMOTE_ADDR="192.0.2.7").status_code == 302


def test_a_forged_address_header_frees_nobody(bob, anonymous):
    for _ in range(9):
        sign_in(anonymous, password="wrong")
    right = {"username": "bob", "password": PASSWORD}
    forged = anonymous.post("/sign-in", right, headers={"X-Forwarded-For": "192.0.2.7"})
    assert forged.status_code == 429


def test_it_writes_sign_ins_into_the_trail(bob, anonymous):
    sign_in(anonymous)
    anonymous.post("/sign-out")
    assert [str(entry) for entry in AuditEntry.objects.all()] == [
        "bob signed out bob",
        "bob signed in bob",
    ]


def test_it_writes_lock_outs_into_the_trail(bob, anonymous):
    for _ in range(12):
        sign_in(anonymous, password="wrong")
    [entry] = AuditEntry.objects.filter(action="locked out")
    assert (entry.subject, entry.detail) == ("bob", {"address": "127.0.0.1"})


def test_a_one_time_password_that_ran_out_opens_nothing(bob, anonymous):
    bob.one_time_password_until = timezone.now() - timedelta(seconds=1)
    bob.save()
    assert b"belong together" in sign_in(anonymous).content


def test_a_one_time_password_opens_only_the_way_to_an_own_one(bob, anonymous):
    bob.one_time_password_until = timezone.now() + timedelta(hours=1)
    bob.save()
    sign_in(anonymous)
    assert anonymous.get("/lists/")["Location"] == "/people/me"
    assert anonymous.get("/people/me").status_code == 200
    fragment = anonymous.get("/lists/", headers={"HX-Request": "true"})
    assert (fragment.status_code, fragment["HX-Redirect"]) == (401, "/people/me")


def test_the_first_page_of_all_has_no_frame_that_would_ask(bob, bob_client):
    bob.one_time_password_until = timezone.now() + timedelta(hours=1)
    bob.save()
    page = bob_client.get("/people/me").content.decode()
    assert "Choose a password of your own" in page
    assert "hx-" not in page


def test_the_browser_keeps_no_page(bob_client, anonymous):
    assert "no-store" in bob_client.get("/people/me")["Cache-Control"]
    assert "no-store" in anonymous.get("/sign-in")["Cache-Control"]
