from __future__ import annotations

import pytest
from django.core.management import call_command

from people.first_sign_in import create_first_sign_in
from people.models import Person

pytestmark = pytest.mark.django_db


def test_it_makes_an_admin_with_a_random_password():
    made = create_first_sign_in()
    admin = Person.objects.get()
    assert (admin.username, admin.role, len(made.password)) == ("admin", "admin", 16)
    assert admin.check_password(made.password)


def test_it_makes_nobody_when_there_is_somebody(bob):
    assert create_first_sign_in() is None


def test_it_takes_name_and_password_from_the_settings(settings):
    settings.FIRST_USER, settings.FIRST_PASSWORD = "olga", "chosen before"
    create_first_sign_in()
    assert Person.objects.get(username="olga").check_password("chosen before")


def test_the_command_says_it_once(capsys):
    call_command("create_first_sign_in")
    call_command("create_first_sign_in")
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("First sign-in: user admin, password ")
    assert second == "There are people already; nothing to do."
