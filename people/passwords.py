"""What a password must be, in the portal's words.

Each check is one of Django's validators (setting AUTH_PASSWORD_VALIDATORS) that says what is
wrong and what to do. What all of them ask for is said once, beside the field.
"""

from __future__ import annotations

import re

from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    MinimumLengthValidator,
    UserAttributeSimilarityValidator,
)
from django.core.exceptions import ValidationError

from people.models import Person

SHORTEST = 10
# So much must be there besides the name.
BESIDES_NAME = 8
WHAT_IT_MUST_BE = (
    f"At least {SHORTEST} characters. Three or four words that only you would put together "
    "are easy to keep."
)


class LongEnough(MinimumLengthValidator):
    def __init__(self) -> None:
        super().__init__(min_length=SHORTEST)

    def get_error_message(self) -> str:
        return f"This is too short: use at least {SHORTEST} characters."


class NotCommon(CommonPasswordValidator):
    def get_error_message(self) -> str:
        return "This is one of the passwords that are tried first. Choose another."


class NotLikeName(UserAttributeSimilarityValidator):
    """Refuses what resembles the name or e-mail, and what is little more than either."""

    def __init__(self) -> None:
        super().__init__(user_attributes=("username", "email"))

    def validate(self, password: str, user: Person | None = None) -> None:
        super().validate(password, user)
        if user is not None and _is_little_more(password.casefold(), user):
            raise ValidationError(self.get_error_message(), code="password_too_similar")

    def get_error_message(self) -> str:
        return "This is too much like your name or e-mail address. Choose something else."


def _is_little_more(password: str, person: Person) -> bool:
    """Whether hardly a letter or digit is left without the person's names."""
    rest = password
    for name in sorted(_names(person), key=len, reverse=True):
        rest = rest.replace(name, "")
    left = sum(character.isalnum() for character in rest)
    return rest != password and left < BESIDES_NAME


def _names(person: Person) -> set[str]:
    """Name and e-mail, whole and in parts of three letters or more."""
    whole = {person.username.casefold(), person.email.casefold()}
    parts = {part for text in whole for part in re.split(r"[\W_]+", text)}
    return {name for name in whole if name} | {part for part in parts if len(part) > 2}
