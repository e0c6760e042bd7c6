"""Lists and the leads in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cleanlist_api.fields import LONGEST_NAME, Fields


@dataclass(frozen=True)
class ListSummary:
    list_id: str
    name: str
    lead_count: int
    folder_id: str | None = None
    created_at: datetime | None = None
    owner_name: str | None = None
    visibility: str | None = None

    @classmethod
    def parse(cls, reply: Fields) -> ListSummary:
        return cls(
            list_id=reply.identifier("list_id"),
            name=reply.short_text("name", LONGEST_NAME),
            lead_count=reply.integer("lead_count"),
            folder_id=reply.optional_identifier("folder_id"),
            created_at=reply.optional_moment("created_at"),
            owner_name=reply.optional_short_text("owner_name", LONGEST_NAME),
            visibility=reply.optional_short_text("visibility", most=20),
        )


@dataclass(frozen=True)
class ListDetail:
    """One list. `reused` says that creating it found one of that name."""

    list_id: str
    name: str
    description: str | None
    lead_count: int
    enriched_count: int
    folder_id: str | None = None
    created_at: datetime | None = None
    reused: bool = False

    @classmethod
    def parse(cls, reply: Fields) -> ListDetail:
        return cls(
            list_id=reply.identifier("list_id"),
            name=reply.short_text("name", LONGEST_NAME),
            description=reply.optional_text("description"),
            lead_count=reply.integer("lead_count"),
            enriched_count=reply.integer("enriched_count"),
            folder_id=reply.optional_identifier("folder_id"),
            created_at=reply.optional_moment("created_at"),
            reused=reply.flag("reused", default=False),
        )


@dataclass(frozen=True)
class ListPage:
    """Some lists; `total` across pages; `cursor` asks for the next page, None at the end."""

    lists: tuple[ListSummary, ...]
    total: int
    cursor: str | None

    @classmethod
    def parse(cls, reply: Fields) -> ListPage:
        return cls(
            lists=tuple(ListSummary.parse(row) for row in reply.rows("lists")),
            total=reply.integer("total"),
            cursor=reply.optional_text("cursor") or None,
        )


@dataclass(frozen=True)
class Lead:
    lead_id: str
    first_name: str | None = None
    last_name: str | None = None
    full_name: str | None = None
    email: str | None = None
    phone: str | None = None
    title: str | None = None
    company: str | None = None
    location: str | None = None
    linkedin_url: str | None = None
    provider: str | None = None

    @classmethod
    def parse(cls, reply: Fields) -> Lead:
        return cls(
            lead_id=reply.identifier("lead_id"),
            first_name=reply.optional_text("first_name"),
            last_name=reply.optional_text("last_name"),
            full_name=reply.optional_text("full_name"),
            email=reply.optional_text("email"),
            phone=reply.optional_text("phone"),
            title=reply.optional_text("title"),
            company=reply.optional_text("company"),
            location=reply.optional_text("location"),
            linkedin_url=reply.optional_text("linkedin_url"),
            provider=reply.optional_text("provider"),
        )


@dataclass(frozen=True)
class LeadPage:
    """Some leads of a list; `task_id` is the API's handle for just these."""

    list_id: str
    leads: tuple[Lead, ...]
    total: int
    cursor: str | None
    task_id: str | None

    @classmethod
    def parse(cls, reply: Fields) -> LeadPage:
        return cls(
            list_id=reply.identifier("list_id"),
            leads=tuple(Lead.parse(row) for row in reply.rows("leads")),
            total=reply.integer("total"),
            cursor=reply.optional_text("cursor") or None,
            task_id=reply.optional_text("task_id"),
        )


@dataclass(frozen=True)
class Added:
    list_id: str
    added: int
    skipped_duplicates: int

    @classmethod
    def parse(cls, reply: Fields) -> Added:
        return cls(
            list_id=reply.identifier("list_id"),
            added=reply.integer("added"),
            skipped_duplicates=reply.integer("skipped_duplicates"),
        )


@dataclass(frozen=True)
class Removed:
    list_id: str
    removed: int

    @classmethod
    def parse(cls, reply: Fields) -> Removed:
        return cls(list_id=reply.identifier("list_id"), removed=reply.integer("removed"))


@dataclass(frozen=True)
class Deleted:
    list_id: str
    deleted: bool

    @classmethod
    def parse(cls, reply: Fields) -> Deleted:
        return cls(list_id=reply.identifier("list_id"), deleted=reply.flag("deleted"))
