"""The trail as people read it: each entry a sentence with a link to what it is about.

The apps write an action and plain details (people/audit.py); the words for both are here, so
that entries of years ago read like today's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from people.models import AuditEntry, Person, Role
from web.words import count

PORTAL = "portal"
# Stands for the link while a sentence is made; no name can hold it.
LINK = "\0"
Facts = Mapping[str, Any]
Words = dict[str, str | Callable[[Facts], str]]
ENRICHMENTS = {
    "off": "without enrichment",
    "partial": "to find e-mail and company",
    "phone_only": "to find phones",
    "full": "to find e-mail, company and phone",
}


@dataclass(frozen=True)
class Line:
    """`before`, the linked `subject`, `after`: one sentence. `url` is "" where the thing has
    no page, or no longer one."""

    at: datetime
    who: str
    before: str
    subject: str
    url: str
    after: str

    @property
    def words(self) -> str:
        return f"{self.who} {self.before}{self.subject}{self.after}"


def _started(facts: Facts) -> str:
    words = f"started {LINK} {ENRICHMENTS.get(facts.get('enrichment', 'off'), '')}"
    if most := facts.get("credits_most"):
        words += f" for at most {count(most, 'credit')}"
    if others := facts.get("as_they_are"):
        enriched = facts.get("enriched", 0)
        words += f", only where missing: {enriched:,} of {count(enriched + others, 'row')}"
    return words + (", a test batch first" if facts.get("canary") else "")


def _renamed(facts: Facts) -> str:
    before = facts.get("name_before", "")
    return f"renamed “{before}” to {LINK}" if facts.get("is_renamed") else f"described {LINK}"


def _role(name: str) -> str:
    return str(Role(name).label).lower() if name in Role.values else name


IMPORTS: Words = {
    "uploaded a file": lambda facts: f"uploaded {facts.get('file', 'a file')} for {LINK}",
    "started an import": _started,
    "paused an import": f"paused {LINK}",
    "resumed an import": f"let {LINK} go on",
    "cancelled an import": f"cancelled {LINK}",
    "discarded an import": f"discarded {LINK}, which was not started",
    "retried rows of an import": lambda facts: (
        f"sent {count(facts.get('rows', 0), 'row')} of {LINK} again"
    ),
    "decided on unknown rows": lambda facts: (
        f"decided on batch {facts.get('chunk', '?')} of {LINK}: "
        f"its rows {facts.get('verdict', 'are settled')}"
    ),
    "ended an import": lambda facts: (
        f"ended {LINK}: {str(facts.get('state', '')).replace('_', ' ')}"
    ),
    "looked what an undo would take out": f"looked what an undo of {LINK} would take out",
    "undid an import": lambda facts: (
        f"had {count(facts.get('leads', 0), 'lead')} of {LINK} taken out of the list"
    ),
    "stopped an undo": f"stopped the undo of {LINK}",
    "ended an undo": lambda facts: (
        f"ended the undo of {LINK}: {count(facts.get('undone', 0), 'lead')} taken out, "
        f"{facts.get('kept', 0):,} kept"
    ),
    "deleted the rows of an import": f"deleted file and rows of {LINK}, which is long over",
}
LISTS: Words = {
    "created list": f"made the list {LINK}",
    "changed list": _renamed,
    "deleted list": f"deleted the list {LINK}",
}
PEOPLE: Words = {
    "added person": lambda facts: f"added {LINK} as {_role(facts.get('role', ''))}",
    "set new password": f"gave {LINK} a one-time password",
    "changed role": lambda facts: (
        f"made {LINK} {_role(facts.get('after', ''))}, was {_role(facts.get('before', ''))}"
    ),
    "deactivated": f"deactivated {LINK}",
    "reactivated": f"reactivated {LINK}",
}
SIGN_IN: Words = {
    "signed in": "signed in",
    "signed out": "signed out",
    "signed out elsewhere": lambda facts: (
        f"ended {count(facts.get('sessions', 0), 'other session')} of their own"
    ),
    "changed own password": "changed their own password",
    "changed own e-mail": lambda facts: (
        f"changed their own e-mail; notices by e-mail {'on' if facts.get('wanted') else 'off'}"
    ),
    "locked out": lambda facts: (
        f"stopped hearing tries on the name {LINK} from {facts.get('address') or 'somewhere'}"
    ),
}
KINDS = {
    "imports": ("Imports", IMPORTS),
    "lists": ("Lists", LISTS),
    "people": ("People", PEOPLE),
    "sign-in": ("Signing in", SIGN_IN),
}
_WORDS = IMPORTS | LISTS | PEOPLE | SIGN_IN


@dataclass(frozen=True)
class Filters:
    """What the trail is narrowed to; "" and None narrow nothing."""

    who: str = ""
    what: str = ""
    since: datetime | None = None
    q: str = ""


def entries(filters: Filters) -> QuerySet[AuditEntry]:
    """The entries that fit, newest first."""
    found = AuditEntry.objects.all()
    if filters.who:
        found = found.filter(person_name=filters.who)
    if filters.what in KINDS:
        found = found.filter(action__in=KINDS[filters.what][1])
    if filters.since:
        found = found.filter(at__gte=filters.since)
    if filters.q:
        found = found.filter(subject__icontains=filters.q)
    return found


def lines(entries: Sequence[AuditEntry]) -> list[Line]:
    """The entries in words; one query, for the links to people."""
    named = {entry.subject for entry in entries if entry.action in PEOPLE | SIGN_IN}
    people = dict(Person.objects.filter(username__in=named).values_list("username", "pk"))
    return [_line(entry, people) for entry in entries]


def lines_about(subject: object, most: int = 50) -> list[Line]:
    """The newest `most` lines about one thing, newest first."""
    return lines(list(AuditEntry.objects.filter(subject=str(subject)[:200])[:most]))


def _line(entry: AuditEntry, people: Mapping[str, int]) -> Line:
    before, link, after = _sentence(entry).partition(LINK)
    return Line(
        at=entry.at,
        who="The portal" if entry.person_name == PORTAL else entry.person_name,
        before=before,
        subject=_subject(entry) if link else "",
        url=_url(entry, people) if link else "",
        after=after,
    )


def _sentence(entry: AuditEntry) -> str:
    words = _WORDS.get(entry.action, f"{entry.action} {LINK}")
    if isinstance(words, str):
        return words
    facts = dict(entry.detail)
    if entry.action == "changed list":
        facts["is_renamed"] = facts.get("name_before") != entry.subject
    return words(facts)


def _subject(entry: AuditEntry) -> str:
    if entry.action in IMPORTS:
        return entry.subject.replace("Import ", "import ", 1)
    return entry.subject


def _url(entry: AuditEntry, people: Mapping[str, int]) -> str:
    if entry.action in IMPORTS and (number := re.fullmatch(r"Import (\d+)", entry.subject)):
        return reverse("imports:run", args=[int(number[1])])
    if entry.action in LISTS and entry.action != "deleted list":
        list_id = entry.detail.get("list_id")
        return reverse("lists:detail", args=[list_id]) if list_id else ""
    if entry.subject in people:
        return reverse("people:detail", args=[people[entry.subject]])
    return ""
