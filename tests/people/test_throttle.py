"""Guessing passwords: on one name, on many, from one place, from many."""

from __future__ import annotations

import pytest
from django.test import Client

from people import services, throttle
from people.models import AuditEntry
from tests.cast import PASSWORD, signed_in

HERE, ELSEWHERE = "192.0.2.1", "198.51.100.7"


def sign_in(name="bob", password=PASSWORD, address=HERE, client=None, **headers) -> int:
    fields = {"username": name, "password": password}
    client = client or Client()
    return client.post("/sign-in", fields, REMOTE_ADDR=address, headers=headers).status_code


def guess(times: int, name="bob", address=HERE, client=None) -> None:
    for _ in range(times):
        sign_in(name, "wrong", address, client)


def spray(address: str) -> None:
    for number in range(throttle.MOST_FROM_ADDRESS):
        sign_in(f"somebody{number}", "Summer2026!", address)


@pytest.fixture
def known(bob) -> Client:
    """A browser bob signed in with once."""
    client = Client()
    assert sign_in(client=client) == 302
    client.post("/sign-out")
    return client


def test_one_password_on_many_names_ends_at_a_limit(bob):
    spray(HERE)
    assert sign_in() == 429
    assert sign_in(address=ELSEWHERE) == 302


def test_a_few_wrong_ones_from_an_office_hold_nobody_up(bob):
    for number in range(throttle.MOST_FROM_ADDRESS - 1):
        sign_in(f"somebody{number}", "wrong")
    assert sign_in() == 302


def test_one_name_from_many_places_ends_at_a_limit(bob):
    for place in range(throttle.MOST_ON_NAME):
        guess(1, address=f"203.0.113.{place}")
    assert sign_in(address=ELSEWHERE) == 429


def test_a_few_places_hold_nobody_up(bob):
    for place in range(throttle.MOST_ON_NAME - 1):
        guess(1, address=f"203.0.113.{place}")
    assert sign_in(address=ELSEWHERE) == 302


def test_nobody_behind_the_same_proxy_keeps_the_owner_of_a_name_out(known):
    guess(9)
    assert sign_in() == 429
    assert sign_in(client=known) == 302


def test_nobody_far_away_keeps_the_owner_of_a_name_out(known):
    for place in range(throttle.MOST_ON_NAME):
        guess(1, address=f"203.0.113.{place}")
    assert sign_in(client=known) == 302


def test_a_known_browser_may_not_guess_for_ever(known):
    guess(8, client=known)
    assert sign_in(client=known) == 429


def test_a_known_browser_is_known_for_its_own_name_only(known, alice):
    guess(9, "alice")
    assert sign_in("alice", client=known) == 429


def test_a_forged_mark_makes_no_browser_known(bob):
    forger = Client()
    forger.cookies["known"] = "eyJib2IiOiJ4In0:1x:forged"
    guess(9)
    assert sign_in(client=forger) == 429


def test_signing_in_forgets_the_tries_from_here(bob):
    guess(7)
    assert sign_in() == 302
    guess(7)
    assert sign_in() == 302


def test_signing_in_under_an_own_name_frees_no_other(bob, alice):
    guess(8)
    assert sign_in("alice") == 302
    assert sign_in() == 429


def test_a_new_password_from_an_admin_works_at_once(ada, bob):
    guess(9)
    assert sign_in(password=services.renew_password(ada, bob)) == 302


def change(client: Client, old: str, new="a much better secret"):
    fields = {"old_password": old, "new_password1": new, "new_password2": new}
    return client.post("/people/me", fields, REMOTE_ADDR=HERE)


def test_old_passwords_are_guessed_no_more_often_than_at_the_door(bob):
    client = signed_in(bob)
    statuses = [change(client, "wrong").status_code for _ in range(8)]
    assert statuses == [200] * 7 + [429]
    assert change(client, PASSWORD).status_code == 429
    bob.refresh_from_db()
    assert bob.check_password(PASSWORD)


def test_whoever_guesses_old_passwords_is_in_the_trail(bob):
    client = signed_in(bob)
    for _ in range(10):
        change(client, "wrong")
    assert [entry.subject for entry in AuditEntry.objects.filter(action="locked out")] == [
        "bob"
    ]


def test_a_changed_password_leaves_no_tries_behind(bob):
    client = signed_in(bob)
    for _ in range(7):
        change(client, "wrong")
    assert change(client, PASSWORD).status_code == 302
    guess(7)
    assert sign_in(password="a much better secret") == 302


def test_behind_a_proxy_people_are_told_apart_by_what_it_says(bob, settings):
    settings.PROXY_HOPS = 1
    for _ in range(9):
        sign_in(password="wrong", **{"X-Forwarded-For": ELSEWHERE})
    assert sign_in(**{"X-Forwarded-For": ELSEWHERE}) == 429
    assert sign_in(**{"X-Forwarded-For": f"{ELSEWHERE}, 203.0.113.9"}) == 302
