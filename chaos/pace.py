"""The portal's patience, shortened: what takes seconds in life takes moments here."""

from __future__ import annotations

MOMENT = 0.05


def hurry() -> None:
    """Shorten every wait between two looks in this process; no rule is changed."""
    from enrichment import polls
    from enrichment import services as enrichment
    from imports.services import pausing, setbacks, settling

    polls.SHORTEST = polls.LONGEST = MOMENT
    polls.AFTER_A_DAY = 1.0
    enrichment.FIRST_LOOK *= 0
    pausing.LONGEST_WAIT = setbacks.LONGEST_WAIT = MOMENT
    settling.LOOK_AGAIN = MOMENT


def let_turns_expire() -> None:
    """As if the time a dead worker's turn lasts had passed."""
    from datetime import timedelta

    from django.utils import timezone

    from imports.models import ReadBack, Run

    past = timezone.now() - timedelta(seconds=1)
    for model in (Run, ReadBack):
        model.objects.exclude(turn_expires_at=None).update(turn_expires_at=past)
