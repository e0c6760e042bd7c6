from __future__ import annotations

import pickle

import pytest

from cleanlist_api import errors


def every_error():
    kinds = [errors.ApiError]
    for kind in kinds:
        kinds.extend(kind.__subclasses__())
    return kinds


@pytest.mark.parametrize("kind", every_error())
def test_it_survives_the_cache(kind):
    error = kind("Nothing works.", code="x", request_id="req_1", retry_after=2.0)
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), vars(again)) == (kind, vars(error))


def test_it_draws_every_error_in_its_tree():
    drawn = [kind.__name__ for kind in every_error() if kind.__name__ in errors.__doc__]
    assert drawn == [kind.__name__ for kind in every_error()]


def test_it_speaks_with_the_request_id():
    assert str(errors.Busy("Busy.", request_id="req_1")) == "Busy. [req_1]"


def test_it_lets_the_api_overrule_what_is_retryable():
    assert not errors.Busy("Busy.", retryable=False).retryable
    assert errors.Conflict("At it.", retryable=True).retryable


def test_it_reads_the_credits_an_error_brings():
    error = errors.OutOfCredits(
        "Too few.",
        details={"estimated_cost_credits": 110, "available_credits": 40.5},
    )
    assert (error.needed, error.available, error.shortfall) == (110, 40.5, None)


def test_it_reads_no_fields_where_there_are_none():
    assert errors.Rejected("No.", details={"fields": "nonsense"}).fields == {}
