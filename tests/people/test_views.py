from __future__ import annotations

import re

import pytest

from people.audit import record
from people.models import Person
from tests.cast import PASSWORD


def follow(client, path, **fields):
    return client.post(path, fields, follow=True).content.decode()


def test_it_lists_everybody_with_role_and_state(ada_client, bob, charlie):
    page = ada_client.get("/people/").content.decode()
    rows = re.findall(r"<tr>.*?</tr>", page, re.S)[1:]
    words = [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows]
    assert [word.split()[0] for word in words] == ["ada", "bob", "charlie"]
    assert "Viewer Never Active" in words[1]
    assert "Deactivated" in words[2]


def test_it_shows_the_password_of_a_new_person_once(ada_client):
    fields = {"username": "dora", "email": "dora@example.com", "role": "operator"}
    page = ada_client.post("/people/add", fields).content.decode()
    password = re.search(r'id="one-time-password">([^<]+)<', page)[1]
    dora = Person.objects.get(username="dora")
    assert dora.check_password(password)
    assert password not in ada_client.get(f"/people/{dora.pk}/").content.decode()


@pytest.mark.parametrize(
    "field, value", [("username", "ada"), ("email", "no"), ("role", "king")]
)
def test_it_refuses_a_person_it_can_not_add(field, value, ada_client):
    fields = {"username": "dora", "email": "", "role": "viewer", field: value}
    assert 'class="errorlist"' in ada_client.post("/people/add", fields).content.decode()
    assert Person.objects.count() == 1


def test_nobody_is_added_with_more_than_the_form_asks(ada_client):
    ada_client.post(
        "/people/add",
        {"username": "dora", "role": "viewer", "is_superuser": "on", "is_staff": "1"},
    )
    dora = Person.objects.get(username="dora")
    assert (dora.is_superuser, dora.is_staff) == (False, False)


def test_it_changes_a_role(ada_client, bob):
    assert "bob is now operator." in follow(
        ada_client, f"/people/{bob.pk}/role", role="operator"
    )


def test_it_refuses_a_role_that_is_none(ada_client, bob):
    assert "There is no such role" in follow(ada_client, f"/people/{bob.pk}/role", role="king")


def test_it_says_why_the_only_admin_stays(ada, ada_client):
    page = follow(ada_client, f"/people/{ada.pk}/role", role="viewer")
    assert "ada is the only admin. Make somebody else an admin first." in page


def test_it_deactivates_and_reactivates(ada_client, bob):
    assert "bob is signed out" in follow(ada_client, f"/people/{bob.pk}/active", active="no")
    assert "sign in again" in follow(ada_client, f"/people/{bob.pk}/active", active="yes")


def test_it_hands_out_a_new_password(ada_client, bob):
    page = ada_client.post(f"/people/{bob.pk}/password").content.decode()
    bob.refresh_from_db()
    assert bob.check_password(re.search(r'id="one-time-password">([^<]+)<', page)[1])


@pytest.mark.parametrize("path", ["", "role", "active", "password"])
def test_it_knows_nobody_by_a_wrong_number(path, ada_client):
    send = ada_client.post if path else ada_client.get
    assert send(f"/people/999/{path}").status_code == 404


def test_it_changes_the_own_password_and_stays_signed_in(bob, bob_client):
    new = "a much better secret"
    fields = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert "The new password counts from now on" in follow(bob_client, "/people/me", **fields)
    bob.refresh_from_db()
    assert bob.check_password(new)


@pytest.mark.parametrize(
    "old, new", [("wrong", "a much better secret"), (PASSWORD, "password1")]
)
def test_it_refuses_a_password_change(old, new, bob, bob_client):
    fields = {"old_password": old, "new_password1": new, "new_password2": new}
    assert 'class="errorlist"' in bob_client.post("/people/me", fields).content.decode()
    bob.refresh_from_db()
    assert bob.check_password(PASSWORD)


def test_it_signs_out_other_browsers(bob_client):
    assert "No other browser" in follow(bob_client, "/people/me/sessions")


def test_the_trail_is_newest_first_in_pages(ada, ada_client):
    for number in range(51):
        record(ada, "counted", f"sheep {number}")
    first = ada_client.get("/people/audit").content.decode()
    second = ada_client.get("/people/audit?page=2").content.decode()
    assert "sheep 50" in first
    assert "sheep 0<" not in first
    assert "sheep 0<" in second


def test_the_trail_shows_markup_as_text(ada, ada_client):
    record(ada, "named", "<script>alert(1)</script>", name="<b>")
    page = ada_client.get("/people/audit").content.decode()
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page


def test_a_person_sets_their_address_and_turns_mail_off(alice, alice_client):
    follow(alice_client, "/people/me/mail", email="al@example.com")
    alice.refresh_from_db()
    assert (alice.email, alice.wants_mail) == ("al@example.com", False)


def test_a_bad_address_changes_nothing(alice, alice_client):
    page = follow(alice_client, "/people/me/mail", email="al at example", wants_mail="on")
    alice.refresh_from_db()
    assert 'class="errorlist"' in page
    assert alice.email == "alice@example.com"


def test_the_own_page_says_when_no_mail_is_sent(alice_client, settings):
    assert "sends no e-mail yet" not in alice_client.get("/people/me").content.decode()
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    assert "sends no e-mail yet" in alice_client.get("/people/me").content.decode()


def test_mail_is_set_by_post_of_who_is_signed_in(alice_client, anonymous):
    assert alice_client.get("/people/me/mail").status_code == 405
    assert "/sign-in" in anonymous.post("/people/me/mail")["Location"]
