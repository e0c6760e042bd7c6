"""Whose key it is, what is left, what a thing costs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from cleanlist_api.fields import Fields

QUOTE_LIFETIME = timedelta(seconds=300)
DAY = 24 * 60 * 60
_ISSUED = re.compile(r"qte_[^_]+_(\d{1,11})_")


@dataclass(frozen=True)
class Whoami:
    """Whose key this is. `tier` is None and the sets are empty for a legacy key, which can
    not tell (docs/api-contract.md, "Two generations")."""

    organization_id: str
    organization_name: str | None = None
    user_id: str | None = None
    user_name: str | None = None
    user_email: str | None = None
    auth_type: str = "api_key"
    tier: str | None = None
    scopes: tuple[str, ...] = ()
    features: tuple[str, ...] = ()

    @property
    def is_legacy(self) -> bool:
        return self.tier is None

    @classmethod
    def parse(cls, reply: Fields) -> Whoami:
        return cls(
            organization_id=reply.identifier("organization_id"),
            organization_name=reply.optional_text("organization_name"),
            user_id=reply.optional_opaque("user_id"),
            user_name=reply.optional_text("user_name"),
            user_email=reply.optional_text("user_email"),
            auth_type=reply.text("auth_type"),
            tier=reply.text("tier"),
            scopes=reply.texts("scopes"),
            features=reply.texts("features"),
        )


@dataclass(frozen=True)
class KeyCheck:
    """The legacy answer to "is this key good"; a bad one has no organization."""

    valid: bool
    user_id: str | None
    organization_id: str | None

    @classmethod
    def parse(cls, reply: Fields) -> KeyCheck:
        return cls(
            valid=reply.flag("valid"),
            user_id=reply.optional_opaque("user_id"),
            organization_id=reply.optional_identifier("organization_id"),
        )


@dataclass(frozen=True)
class Balance:
    """Credits of the organization. A legacy key may show a fraction."""

    organization_id: str
    credits: float

    @classmethod
    def parse(cls, reply: Fields) -> Balance:
        return cls(
            organization_id=reply.identifier("organization_id"),
            credits=reply.number("credits"),
        )


@dataclass(frozen=True)
class Quote:
    """A signed price, single use, good until `expires_at` (about five minutes) by the API's
    clock, which need not be ours."""

    quote_id: str
    expires_at: datetime
    estimated_cost: int
    tool: str
    row_count: int
    filter_hash: str
    available_credits: float
    sufficient: bool

    @property
    def lifetime(self) -> timedelta:
        """How long it is good for, by the API's own figures: its id names the second it was
        issued (contract: `qte_<kid>_<issued_at>_<sig>`). Else the documented five minutes."""
        issued = _ISSUED.match(self.quote_id)
        seconds = self.expires_at.timestamp() - int(issued[1]) if issued else 0.0
        return timedelta(seconds=seconds) if 0 < seconds <= DAY else QUOTE_LIFETIME

    @classmethod
    def parse(cls, reply: Fields) -> Quote:
        return cls(
            quote_id=reply.opaque("quote_id", most=200),
            expires_at=reply.moment("expires_at"),
            estimated_cost=reply.integer("estimated_cost"),
            tool=reply.text("tool"),
            row_count=reply.integer("row_count"),
            filter_hash=reply.text("filter_hash"),
            available_credits=reply.number("available_credits"),
            sufficient=reply.flag("sufficient"),
        )
