from __future__ import annotations

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from people.models import Person

OTTO = Person(username="otto", email="otto.maier@example.com")


def faults(password: str) -> list[str]:
    try:
        validate_password(password, OTTO)
    except ValidationError as error:
        return error.messages
    return []


@pytest.mark.parametrize(
    "password",
    [
        "otto-otto-otto",
        "OTTOOTTOOTTO",
        "otto123456",
        "otto.maier@example.com",
        "maier-otto-2026",
        "ottomaier!!",
    ],
)
def test_it_refuses_the_own_name_in_whatever_dress(password):
    assert any("too much like your name" in fault for fault in faults(password))


@pytest.mark.parametrize("password", ["lotto numbers on mondays", "correct horse battery"])
def test_it_takes_what_only_happens_to_hold_the_name(password):
    assert faults(password) == []


def test_it_says_how_long_is_long_enough():
    assert faults("xk7-Qp") == ["This is too short: use at least 10 characters."]


def test_it_refuses_what_is_tried_first():
    assert faults("1234567890") == [
        "This is one of the passwords that are tried first. Choose another."
    ]
