"""What workers do for enrichments, round after round."""

from __future__ import annotations

from enrichment import polls
from jobs.periodic import every


@every(1.0, "poll enrichment")
def poll_enrichment() -> None:
    polls.poll_due(limit=3)
