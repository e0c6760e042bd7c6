"""Two processes want a slot at the same moment: one waits until the other has decided."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connection, transaction

from cleanlist_api.budget import Lane
from connections.budget import DatabaseBudget
from connections.models import RateBucket, RatedCall

pytestmark = pytest.mark.django_db(transaction=True)


def hold_the_key(is_held, asks, freed_at):
    """As another process does while it decides."""
    try:
        with transaction.atomic():
            RateBucket.objects.select_for_update().get(name="key-a")
            is_held.set()
            asks.wait(timeout=10)
            time.sleep(0.2)
            freed_at.append(time.time())
    finally:
        connection.close()


def test_it_logs_the_moment_a_call_may_go_and_not_the_one_it_was_asked_for():
    RateBucket.objects.create(name="key-a")
    is_held, asks, freed_at = threading.Event(), threading.Event(), []
    other = threading.Thread(target=hold_the_key, args=(is_held, asks, freed_at))
    other.start()
    is_held.wait(timeout=10)
    asks.set()
    DatabaseBudget("key-a").take(Lane.PAGE)
    other.join()
    assert RatedCall.objects.get().at >= freed_at[0]
