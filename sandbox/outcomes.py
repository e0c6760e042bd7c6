"""What an enrichment finds for a person: decided by the seed and the person alone.

The same person gets the same answer in every run, so a test can predict each number.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass

from sandbox import prices
from sandbox.imports import canonical_linkedin

EMAIL_HITS, PHONE_HITS = 0.88, 0.64
PROVIDERS = ("wiza", "findymail", "leadmagic", "hunter", "prospeo")
STATUSES = ("valid",) * 8 + ("risky", "unknown")


@dataclass(frozen=True)
class Found:
    """What was found; None where nothing was (or nothing was asked for)."""

    email: str | None
    email_status: str | None
    phone: str | None
    linkedin_url: str | None
    provider: str

    @property
    def is_miss(self) -> bool:
        return self.email is None and self.phone is None

    @property
    def cost(self) -> int:
        return (prices.EMAIL if self.email else 0) + (prices.PHONE if self.phone else 0)


@dataclass(frozen=True)
class Identity:
    first_name: str | None
    last_name: str | None
    full_name: str | None
    email: str | None
    company: str | None
    domain: str | None
    linkedin_url: str | None

    def __str__(self) -> str:
        if self.email:
            return self.email.strip().lower()
        if self.linkedin_url:
            return canonical_linkedin(self.linkedin_url)
        name = self.full_name or f"{self.first_name} {self.last_name}"
        return f"{name}|{self.domain or self.company}".lower()


def find(seed: int, wanted: str, who: Identity) -> Found:
    """Look `who` up; `wanted` is partial, phone_only or full."""
    luck = hashlib.blake2b(f"{seed}|{who}".encode(), digest_size=16).digest()
    has_email = wanted != "phone_only" and luck[0] < EMAIL_HITS * 256
    has_phone = wanted != "partial" and luck[1] < PHONE_HITS * 256
    return Found(
        email=(who.email or _email(who, luck)) if has_email else None,
        email_status=STATUSES[luck[2] % len(STATUSES)] if has_email else None,
        phone=_phone(luck) if has_phone else None,
        linkedin_url=(who.linkedin_url or _linkedin(who, luck)) if has_email else None,
        provider=PROVIDERS[luck[3] % len(PROVIDERS)],
    )


def slug(text: str) -> str:
    """ASCII letters and digits joined by dots; empty for a name in another script."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return ".".join(re.findall(r"[a-z0-9]+", plain))


def _name(who: Identity, luck: bytes) -> str:
    name = who.full_name or f"{who.first_name or ''} {who.last_name or ''}"
    return slug(name) or f"person.{luck[4:8].hex()}"


def _email(who: Identity, luck: bytes) -> str:
    host = who.domain or f"{slug(who.company or '') or luck[8:10].hex()}.example.com"
    return f"{_name(who, luck)}@{host}"


def _linkedin(who: Identity, luck: bytes) -> str:
    handle = _name(who, luck).replace(".", "-")
    return f"https://www.linkedin.com/in/{handle}-{luck[4:7].hex()}"


def _phone(luck: bytes) -> str:
    return f"+1{212 + luck[5] * 2}555{int.from_bytes(luck[6:8], 'big') % 10_000:04d}"
