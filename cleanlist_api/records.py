"""What the API's answers say, checked at the door.

Every `parse` tolerates fields it does not know and raises `BadReply` with the path of a
field that is missing or of the wrong type. A state or visibility the portal does not know is
kept as the text it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cleanlist_api.fields import Fields

TERMINAL = frozenset(
    {"completed", "failed", "cancelled", "completed_with_errors", "terminated"}
)


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
            organization_id=reply.text("organization_id"),
            organization_name=reply.optional_text("organization_name"),
            user_id=reply.optional_text("user_id"),
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
            user_id=reply.optional_text("user_id"),
            organization_id=reply.optional_text("organization_id"),
        )


@dataclass(frozen=True)
class Balance:
    """Credits of the organization. A legacy key may show a fraction."""

    organization_id: str
    credits: float

    @classmethod
    def parse(cls, reply: Fields) -> Balance:
        return cls(
            organization_id=reply.text("organization_id"), credits=reply.number("credits")
        )


@dataclass(frozen=True)
class Quote:
    """A signed price, single use, good until `expires_at` (about five minutes)."""

    quote_id: str
    expires_at: datetime
    estimated_cost: int
    tool: str
    row_count: int
    filter_hash: str
    available_credits: float
    sufficient: bool

    @classmethod
    def parse(cls, reply: Fields) -> Quote:
        return cls(
            quote_id=reply.text("quote_id"),
            expires_at=reply.moment("expires_at"),
            estimated_cost=reply.integer("estimated_cost"),
            tool=reply.text("tool"),
            row_count=reply.integer("row_count"),
            filter_hash=reply.text("filter_hash"),
            available_credits=reply.number("available_credits"),
            sufficient=reply.flag("sufficient"),
        )


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
            list_id=reply.text("list_id"),
            name=reply.text("name"),
            lead_count=reply.integer("lead_count"),
            folder_id=reply.optional_text("folder_id"),
            created_at=reply.optional_moment("created_at"),
            owner_name=reply.optional_text("owner_name"),
            visibility=reply.optional_text("visibility"),
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
            list_id=reply.text("list_id"),
            name=reply.text("name"),
            description=reply.optional_text("description"),
            lead_count=reply.integer("lead_count"),
            enriched_count=reply.integer("enriched_count"),
            folder_id=reply.optional_text("folder_id"),
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
            lead_id=reply.text("lead_id"),
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
            list_id=reply.text("list_id"),
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
            list_id=reply.text("list_id"),
            added=reply.integer("added"),
            skipped_duplicates=reply.integer("skipped_duplicates"),
        )


@dataclass(frozen=True)
class Removed:
    list_id: str
    removed: int

    @classmethod
    def parse(cls, reply: Fields) -> Removed:
        return cls(list_id=reply.text("list_id"), removed=reply.integer("removed"))


@dataclass(frozen=True)
class Deleted:
    list_id: str
    deleted: bool

    @classmethod
    def parse(cls, reply: Fields) -> Deleted:
        return cls(list_id=reply.text("list_id"), deleted=reply.flag("deleted"))


@dataclass(frozen=True, kw_only=True)
class CsvUpload:
    """What one csv-import call sends. `dispatch_enrichment` has no default here because the
    API's default spends credits. `column_mapping` is {canonical field: header of the CSV}."""

    csv: bytes
    column_mapping: dict[str, str]
    dispatch_enrichment: bool
    enrichment_type: str | None
    quote_id: str | None
    idempotency_key: str


@dataclass(frozen=True)
class CsvResult:
    """What became of one upload. Sample rows count the header as row 1 of that upload."""

    list_id: str
    rows_parsed: int
    rows_imported: int
    rows_skipped: int
    skip_reasons: dict[str, int]
    sample_skip_rows: tuple[int, ...]
    workflow_id: str | None
    enrichment_status_url: str | None
    idempotency_replayed: bool
    request_id: str | None

    @classmethod
    def parse(cls, reply: Fields) -> CsvResult:
        return cls(
            list_id=reply.text("list_id"),
            rows_parsed=reply.integer("rows_parsed"),
            rows_imported=reply.integer("rows_imported"),
            rows_skipped=reply.integer("rows_skipped"),
            skip_reasons=reply.counts("skip_reasons"),
            sample_skip_rows=reply.integers("sample_skip_rows"),
            workflow_id=reply.optional_text("workflow_id"),
            enrichment_status_url=reply.optional_text("enrichment_status_url"),
            idempotency_replayed=reply.flag("idempotency_replayed", default=False),
            request_id=reply.optional_text("request_id"),
        )


@dataclass(frozen=True)
class EnrichmentStarted:
    """A bulk enrichment that runs now. `credits_reserved` is the most it can cost."""

    workflow_id: str
    status: str
    credits_reserved: int
    total_leads: int
    estimated_cost: int

    @classmethod
    def parse(cls, reply: Fields) -> EnrichmentStarted:
        return cls(
            workflow_id=reply.text("workflow_id"),
            status=reply.text("status"),
            credits_reserved=reply.integer("credits_reserved"),
            total_leads=reply.integer("total_leads"),
            estimated_cost=reply.integer("estimated_cost"),
        )


@dataclass(frozen=True)
class EnrichmentStatus:
    """How far a workflow is; None where the API does not say (yet)."""

    workflow_id: str
    status: str
    progress: float | None = None
    total: int | None = None
    processed: int | None = None
    completed: int | None = None
    failed: int | None = None
    enrichment_type: str | None = None
    lead_list_id: str | None = None
    emails_found: int | None = None
    phones_found: int | None = None
    refund_status: str | None = None
    refund_message: str | None = None
    credits_charged: int | None = None
    credits_refunded: int | None = None
    result: dict[str, Any] | None = None

    @property
    def is_over(self) -> bool:
        return self.status in TERMINAL

    @classmethod
    def parse(cls, reply: Fields) -> EnrichmentStatus:
        summary = reply.inner("summary")
        return cls(
            workflow_id=reply.text("workflow_id"),
            status=reply.text("status"),
            progress=reply.optional_number("progress"),
            total=reply.optional_integer("total"),
            processed=reply.optional_integer("processed"),
            completed=reply.optional_integer("completed"),
            failed=reply.optional_integer("failed"),
            enrichment_type=reply.optional_text("enrichment_type"),
            lead_list_id=reply.optional_text("lead_list_id"),
            emails_found=summary.optional_integer("emails_found"),
            phones_found=summary.optional_integer("phones_found"),
            refund_status=reply.optional_text("refund_status"),
            refund_message=reply.optional_text("refund_message"),
            credits_charged=reply.optional_integer("credits_charged"),
            credits_refunded=reply.optional_integer("credits_refunded"),
            result=dict(reply.inner("result").payload) or None,
        )
