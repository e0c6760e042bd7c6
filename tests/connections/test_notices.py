from __future__ import annotations

import pytest

from cleanlist_api import errors
from connections.notices import LAST_KNOWN, MAYBE_CHANGED, NOTHING_CHANGED, notice
from tests.cleanlist_api.test_errors import every_error


@pytest.mark.parametrize("kind", every_error())
def test_it_has_words_for_every_kind(kind):
    said = notice(kind("A problem.", request_id="req_1"))
    assert all([said.title, said.meaning, said.next_step])
    assert (said.request_id, said.tone in {"info", "warn", "bad"}) == ("req_1", True)


@pytest.mark.parametrize("kind", every_error())
def test_it_says_what_became_of_data_and_credits(kind):
    meaning = notice(kind("A problem.")).meaning
    about = (NOTHING_CHANGED, LAST_KNOWN, MAYBE_CHANGED)
    assert any(words in meaning for words in about)


@pytest.mark.parametrize("kind", every_error())
def test_it_speaks_plainly(kind):
    said = notice(kind("A problem."))
    words = f"{said.title} {said.meaning} {said.next_step}".lower()
    assert not any(word in words for word in ("!", "please", "successful", "oops", "{soon}"))


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (errors.Busy("Busy.", retry_after=7.2), "in 8 s"),
        (errors.Busy("Busy.", retry_after=0.0), "in 1 s"),
        (errors.Busy("Busy.", retry_after=600.0), "in 10 min"),
        (errors.Busy("Busy."), "in a minute"),
    ],
)
def test_it_says_when_to_come_back(error, words):
    assert words in notice(error).next_step


def test_it_warns_of_a_change_that_may_have_gone_through():
    lost = errors.Unreachable("Cut.", outcome_unknown=True)
    assert notice(lost).meaning == MAYBE_CHANGED


def test_it_names_the_credits_that_are_missing():
    error = errors.OutOfCredits(
        "Too few.",
        details={"estimated_cost_credits": 1100, "available_credits": 40},
    )
    assert notice(error).meaning.startswith("This needs 1,100 credits, there are 40.")


def test_it_names_the_fields_at_fault():
    error = errors.Rejected("No.", details={"fields": {"name": "Field required"}})
    assert notice(error).meaning.startswith("name: Field required. ")


def test_it_hands_the_apis_advice_on():
    error = errors.NotAllowed("Scope lists:write is missing.", fix="Ask for lists:write.")
    said = notice(error)
    assert said.meaning.startswith("Scope lists:write is missing. ")
    assert said.next_step == "Ask for lists:write."
