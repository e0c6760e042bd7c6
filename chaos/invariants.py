"""What must be true after every trial: our sums, the sandbox's ledger, the balance."""

from __future__ import annotations

from collections import Counter
from typing import Any

from chaos.worker import Job
from tests.live_sandbox import Sandbox

Entry = dict[str, Any]
MONEY = ("reserved", "charged", "refunded")


class Books:
    """The sandbox's ledger from now on."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._after = sandbox.get("/ledger", after=0, limit=1)["last"]
        self._credits = sandbox.credits()

    def entries(self) -> list[Entry]:
        return self._sandbox.ledger(after=self._after)

    @property
    def spent(self) -> int:
        """Credits gone from the balance."""
        return self._credits - self._sandbox.credits()


def broken_promises(job: Job, chunks: int, ours: Entry, books: Books) -> list[str]:
    """One sentence for each thing that is not as it must be once a job has ended well."""
    entries = books.entries()
    return [
        *_rows(job, ours, entries),
        *_lists(job, entries),
        *_dispatches(chunks, ours, entries),
        *_money(ours, entries, books.spent),
    ]


def twice(sentences: list[str]) -> bool:
    return any("twice" in sentence for sentence in sentences)


def lost(sentences: list[str]) -> bool:
    return any("lost" in sentence for sentence in sentences)


def _rows(job: Job, ours: Entry, entries: list[Entry]) -> list[str]:
    there = Counter(entry["email"] for entry in entries if entry["kind"] == "row_imported")
    mine = Counter({email: there[email] for email in job.emails})
    imported = ours["rows"]["imported"]
    broken = _many("in twice", [email for email, count in mine.items() if count > 1])
    broken += _many("lost", [email for email, count in mine.items() if count == 0])
    if imported != sum(mine.values()) or ours["rows"]["in"] != job.rows:
        broken.append(f"the page says {ours['rows']}, the ledger {sum(mine.values())} rows")
    if ours["state"] != "finished":
        broken.append(f"the run ended as {ours['state']}: {ours['problem']}")
    if ours["told"] != 1:
        broken.append(f"its person was told {ours['told']} times")
    if bool(ours["asked"]) != job.canary:
        broken.append(f"its person was asked {ours['asked']} times")
    return broken


def _many(fate: str, emails: list[str]) -> list[str]:
    return [f"{len(emails)} rows {fate}, {emails[0]} first"] if emails else []


def _lists(job: Job, entries: list[Entry]) -> list[str]:
    made = [each for each in entries if each["kind"] == "list_created"]
    count = sum(entry["name"] == job.name for entry in made)
    return [] if count == 1 else [f"the list was made {count} times"]


def _dispatches(chunks: int, ours: Entry, entries: list[Entry]) -> list[str]:
    started = sum(entry["kind"] == "workflow_started" for entry in entries)
    broken = [] if started == chunks else [f"{started} enrichments of {chunks} chunks"]
    bodies: dict[str, set[str]] = {}
    for entry in entries:
        if entry["kind"] == "request" and entry["idempotency_key"]:
            bodies.setdefault(entry["idempotency_key"], set()).add(entry["body_sha256"])
    return broken + [
        f"key {key} was sent with {len(sent)} bodies"
        for key, sent in bodies.items()
        if len(sent) > 1
    ]


def _money(ours: Entry, entries: list[Entry], spent: int) -> list[str]:
    broken = []
    for name in MONEY:
        of_kind = [entry for entry in entries if entry["kind"] == f"credits_{name}"]
        times = Counter(entry["workflow_id"] for entry in of_kind)
        broken += [f"{name} twice for {flow}" for flow, n in times.items() if n > 1]
        there = sum(entry["credits"] for entry in of_kind)
        if there != ours["credits"][name]:
            broken.append(f"{name}: {ours['credits'][name]} shown, {there} in the ledger")
    if spent != ours["credits"]["charged"]:
        broken.append(f"{spent} credits are gone, {ours['credits']['charged']} were charged")
    return broken
