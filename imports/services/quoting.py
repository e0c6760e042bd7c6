"""What a chunk that enriches may cost: its quote, and what is left of what was approved.

Nothing here waits for a clock of the API's: a quote ages from the moment it came.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import F, Sum
from django.db.models.functions import Coalesce, Greatest

from cleanlist_api.records import Quote
from enrichment.services import most_credits
from imports.models import Chunk, ChunkState, Run
from imports.services.writing import Writing
from web.words import count

# The first refusal of a quote gets a fresh one, the second in a row a person.
MOST_REFUSED = 2
# A quote is used only in this part of its lifetime, for it aged on its way to us and will
# on its way back.
USABLE = 0.9
# Rows of these were not imported, so nothing of theirs was or will be charged.
COSTS_NOTHING = [ChunkState.FAILED, ChunkState.NOT_SENT]


def needs_quote(run: Run, chunk: Chunk, now: datetime) -> bool:
    """Whether a signed quote must be fetched before this chunk may go.

    A chunk that was sent keeps its quote: the same key must carry the same body.
    """
    if not chunk.is_enriched_by(run) or chunk.skips_quote or chunk.first_sent_at:
        return False
    return chunk.quote_expires_at is None or chunk.quote_expires_at <= now


def keep_quote(write: Writing, chunk: Chunk, quote: Quote, now: datetime) -> None:
    """Store a quote that came at `now`; it is part of the body, so the key is new."""
    write.chunk(
        chunk,
        quotes=chunk.quotes + 1,
        quote_id=quote.quote_id,
        quote_expires_at=now + USABLE * quote.lifetime,
        credits_quoted=quote.estimated_cost,
        idempotency_key="",
        key_generation=chunk.key_generation + 1,
    )


def most_of(run: Run, chunk: Chunk) -> int:
    """The most that enriching the chunk's rows can cost, by the prices of the contract."""
    return most_credits(chunk.rows, chunk.enrichment_of(run))


def spent(run: Run, chunk: Chunk) -> int:
    """Credits that the other chunks may cost at most, or have cost if that is more."""
    others = Chunk.objects.of_plan(run).exclude(pk=chunk.pk).exclude(state__in=COSTS_NOTHING)
    charged = Coalesce("workflow__credits_charged", 0)
    costs = Sum(Greatest(F("credits_quoted"), charged), default=0)
    return int(others.aggregate(spent=costs)["spent"])


def beyond_limit(run: Run, chunk: Chunk, cost: int) -> str:
    """In words that the chunk, which may cost so much, would go past what was approved; ""
    if it does not."""
    before = spent(run, chunk)
    if before + cost <= run.credits_most:
        return ""
    credits = count(cost, "credit")
    return (
        f"The next batch may cost {credits} and those before it {before:,}, which "
        f"would go past the {run.credits_most:,} approved for this import."
    )


def goes_unquoted(run: Run, chunk: Chunk) -> bool:
    """Whether a person has let another chunk of the run go without a quote."""
    return Chunk.objects.of_plan(run).filter(skips_quote=True).exclude(pk=chunk.pk).exists()
