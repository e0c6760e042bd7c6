from __future__ import annotations

from datetime import timedelta

import pytest

from cleanlist_api.budget import Lane
from connections.services import take_slot
from imports.services import forecast

pytestmark = pytest.mark.django_db


def test_it_sends_a_small_import_at_once():
    assert forecast.length_of(5, "off") == timedelta(seconds=2)


def test_it_spaces_the_calls_of_a_large_import():
    minutes = forecast.length_of(160, "off") / timedelta(minutes=1)
    assert 5.0 < minutes < 5.7


def test_it_counts_a_quote_before_each_call_that_enriches():
    assert forecast.calls_for(8, "full") == 16
    assert forecast.calls_for(8, "off") == 8


def test_it_leaves_room_for_the_polls_of_an_enrichment():
    assert forecast.length_of(80, "full") > forecast.length_of(160, "off")


def test_it_considers_the_calls_of_the_last_minute(settings):
    calm = forecast.length_of(10, "off")
    for _ in range(10):
        take_slot(Lane.PAGE)
    assert forecast.length_of(10, "off") > 3 * calm
