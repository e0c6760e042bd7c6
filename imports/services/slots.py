"""The line in which imports, and looks back at them, stand for calls of the API."""

from __future__ import annotations

from cleanlist_api.budget import Lane
from connections import services as connections
from imports.models.turns import TakesTurns

# A longer wait is not slept through: whoever waits lets go of the worker.
LONGEST_NAP = 3.0
# But in the line nobody does, up to this: another would only stand behind.
LONGEST_LINE = 15.0


def take_slot(who: TakesTurns) -> float:
    """Return 0.0 with a slot for one call of `connections.prepaid_client`, else the seconds
    after which to ask again; more than LONGEST_NAP only where no slot is in sight."""
    wait = connections.take_slot(Lane.IMPORT, f"{who._meta.model_name} {who.pk}")
    return min(wait, LONGEST_NAP) if wait < LONGEST_LINE else wait
