"""Rows of a file that have already what an enrichment would find."""

from __future__ import annotations

from enrichment.models import EnrichmentType
from enrichment.services import already_given
from imports.models import Run
from web.words import part_of

_HAVE = {
    EnrichmentType.PARTIAL: "an e-mail",
    EnrichmentType.PHONE_ONLY: "a phone",
    EnrichmentType.FULL: "both",
}


def words_of(run: Run, kind: EnrichmentType) -> str:
    """How many rows of a checked run have what `kind` finds, and what that means for its
    price; "" where none has."""
    if not (have := already_given(run.given, kind)):
        return ""
    part = part_of(have, run.rows_ready, "row", "has", "have")
    too = "it" if have == 1 else "them"
    return f"{part} {_HAVE[kind]} already; enriching pays for {too} too"
