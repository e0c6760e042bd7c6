"""What workers do for enrichments, round after round."""

from __future__ import annotations

from enrichment import polls
from jobs.periodic import look

# Seconds until the next look though nothing was written.
WHILE_ONE_IS_OPEN, WHILE_NONE_IS = 1.0, 10.0


@look("poll enrichment")
def poll_enrichment() -> float:
    """Ask the API for what is due; return when to look again."""
    polls.poll_due(limit=3)
    return WHILE_ONE_IS_OPEN if polls.is_any_open() else WHILE_NONE_IS
