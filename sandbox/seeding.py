"""The first contents: deterministic, realistic, from empty to 20,000 leads a list."""

from __future__ import annotations

import random
import sqlite3
from dataclasses import dataclass

from sandbox import leads
from sandbox.auth import ELSEWHERE, HOME, OWNER, PEOPLE, READER, STRANGER, TEAMMATE
from sandbox.clock import iso
from sandbox.leads import Values
from sandbox.names import COMPANIES, FLAVOURS, PLACES, TITLES
from sandbox.outcomes import PROVIDERS, slug

FOLDERS = {
    "outbound": ("4b1f6c1e-0000-4000-8000-000000000001", OWNER, "Outbound"),
    "events": ("4b1f6c1e-0000-4000-8000-000000000002", OWNER, "Events"),
    "team": ("4b1f6c1e-0000-4000-8000-000000000003", TEAMMATE, "Team"),
}
OUTBOUND, EVENTS, TEAM = (FOLDERS[name][0] for name in ("outbound", "events", "team"))
DAY = 86_400
FIRST_DAY = 1_767_261_600.0  # 2026-01-01 10:00 UTC

LONG_NAME = (
    "Everyone who downloaded the 2026 State of Revenue Operations report in EMEA, had not"
    " opened a support ticket in ninety days, and works for a company with more than two"
    " hundred people (v4, final)"
).ljust(200, "!")[:200]


@dataclass(frozen=True)
class ListSeed:
    name: str
    size: int
    owner: str = OWNER.user_id
    visibility: str = "private"
    folder_id: str | None = None
    description: str | None = None
    flavour: str = "western"
    enriched: float = 0.6
    is_protected: bool = False
    shared_with: tuple[str, ...] = ()
    created: float | None = None


_MATE, _ELSE = TEAMMATE.user_id, STRANGER.user_id
_WITH_OWNER = (OWNER.user_id,)
FULL = (
    ListSeed("DEFAULT", 36, is_protected=True, description="What the API enriched."),
    ListSeed("DEFAULT", 12, _MATE, is_protected=True),
    ListSeed("DEFAULT", 4, _ELSE, is_protected=True),
    ListSeed("All accounts 2026", 20_000, visibility="organization", flavour="mixed"),
    ListSeed("DACH RevOps leaders", 2_480, visibility="organization", folder_id=OUTBOUND),
    ListSeed("株式会社 prospects – Tokyo", 342, _MATE, "shared", flavour="japanese",
             shared_with=_WITH_OWNER),
    ListSeed("Conference badge scans, Lisboa", 904, _MATE, "organization", TEAM, enriched=0.2),
    ListSeed("Webinar 2026-05 attendees", 611, visibility="organization", folder_id=EVENTS),
    ListSeed("Nordics healthtech CTOs", 500, visibility="shared", folder_id=OUTBOUND,
             shared_with=(READER.user_id,)),
    ListSeed(LONG_NAME, 57, description="A list with the longest name the API takes."),
    ListSeed("Логистика: Восток & Запад", 73, _MATE, "organization", flavour="cyrillic"),
    ListSeed('Recruiters <b>do not call</b> & "quotes"', 25, folder_id=EVENTS, enriched=0.0),
    ListSeed("Teammate's private shortlist", 40, _MATE),
    ListSeed("Elsewhere prospects", 64, _ELSE, "organization"),
    ListSeed("Churned customers – win back", 1, enriched=1.0),
    ListSeed("Q3 Outbound – Fintech VPs", 128, folder_id=OUTBOUND, enriched=0.75,
             description="VP level at European fintechs, Series B and later."),
    ListSeed("Empty test list", 0),
)  # fmt: skip
SMALL = (
    ListSeed("DEFAULT", 3, is_protected=True),
    ListSeed("Teammate's private shortlist", 2, _MATE),
    ListSeed("Elsewhere prospects", 2, _ELSE, "organization"),
    ListSeed("DACH RevOps leaders", 5, _MATE, "organization", TEAM),
    ListSeed("株式会社 prospects – Tokyo", 4, _MATE, "shared", flavour="japanese",
             shared_with=_WITH_OWNER),
    ListSeed("Q3 Outbound – Fintech VPs", 12, folder_id=OUTBOUND, enriched=0.75,
             description="VP level at European fintechs, Series B and later."),
    ListSeed("Empty test list", 0),
)  # fmt: skip


def seed(db: sqlite3.Connection, number: int, size: str) -> None:
    """Fill an empty state; `size` is small or full."""
    for organization in (HOME, ELSEWHERE):
        db.execute(
            "INSERT INTO organizations VALUES (?, ?, ?)",
            (organization.organization_id, organization.name, organization.credits),
        )
    db.executemany(
        "INSERT INTO folders VALUES (?, ?, ?)",
        [(folder_id, owner.user_id, name) for folder_id, owner, name in FOLDERS.values()],
    )
    for wanted in FULL if size == "full" else SMALL:
        add_list(db, number, wanted)


def add_list(db: sqlite3.Connection, number: int, wanted: ListSeed) -> str:
    """Make one list with its leads; its id."""
    seq = db.execute("SELECT coalesce(max(seq), 0) + 1 FROM lists").fetchone()[0]
    list_id = leads.uuid_for(number, "list", seq)
    organization_id = PEOPLE[wanted.owner].organization.organization_id
    created = FIRST_DAY + seq * 9.4 * DAY if wanted.created is None else wanted.created
    db.execute(
        "INSERT INTO lists (list_id, organization_id, owner_id, name, description, folder_id,"
        " visibility, is_protected, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (list_id, organization_id, wanted.owner, wanted.name, wanted.description,
         wanted.folder_id, wanted.visibility, wanted.is_protected, iso(created)),
    )  # fmt: skip
    db.executemany(
        "INSERT INTO shares VALUES (?, ?)", [(list_id, user) for user in wanted.shared_with]
    )
    chance = random.Random(f"{number}:{seq}")  # noqa: S311  not a secret
    rows = [_lead(chance, wanted, at) for at in range(wanted.size)]
    leads.insert(db, number, list_id, organization_id, rows)
    return list_id


def _lead(chance: random.Random, wanted: ListSeed, at: int) -> Values:
    """One made-up lead; some lack a title, a place or a company."""
    given, _, family = chance.choice(FLAVOURS[wanted.flavour]).partition(" ")
    company = chance.choice(COMPANIES)
    domain = f"{slug(company).split('.')[0]}.example.com"
    handle = slug(f"{given} {family}") or f"lead{chance.randrange(10**6)}"
    is_found = chance.random() < wanted.enriched
    has_phone = is_found and chance.random() < 0.55
    lacks = chance.random()
    return (
        given,
        family,
        f"{given} {family}",
        f"{handle}.{at}@{domain}" if is_found else None,
        f"+49301555{chance.randrange(10_000):04d}" if has_phone else None,
        None if lacks < 0.05 else chance.choice(TITLES),
        None if lacks > 0.98 else company,
        None if 0.05 < lacks < 0.12 else chance.choice(PLACES),
        f"https://www.linkedin.com/in/{handle.replace('.', '-')}-{at}"
        if lacks < 0.8
        else None,
        chance.choice(PROVIDERS) if is_found else None,
        domain,
        int(is_found),
    )
