from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from sandbox.schemas.base import Closed, Envelope


class Whoami(Envelope):
    user_email: str | None
    user_id: str | None = None
    user_name: str | None = None
    organization_id: str
    organization_name: str | None = None
    auth_type: Literal["clerk_jwt", "api_key", "oauth"]
    scopes: list[str]
    tier: Literal["free", "starter", "pro", "enterprise"]
    appsumo_tier: int | None = None
    features: list[str]


class KeyCheck(Closed):
    valid: bool
    user_id: str
    organization_id: str


class Balance(Envelope):
    organization_id: str
    credits: int = Field(ge=0)


class EstimateRequest(Closed):
    tool: str
    list_id: str | None = None
    filters: dict[str, Any] | None = None
    row_count: int | None = Field(None, ge=0)
    scope: str | None = None
    agent_type: str | None = None
    include_phone: bool = False
    provider: str | None = None
    sub_action: str | None = None
    enrichment_type: str | None = None
    task_id: str | None = None
    data_points: list[str] | None = None
    entity_ids: list[str] | None = None
    extra: dict[str, Any] | None = None


class Estimate(Closed):
    quote_id: str
    expires_at: int
    estimated_cost: int
    tool: str
    row_count: int
    filter_hash: str
    available_credits: int
    sufficient: bool


class KeyEntry(Closed):
    key_id: str
    key_prefix: str
    key_last4: str
    name: str | None = None
    scopes: list[str]
    created_at: str | None = None
    last_used_at: str | None = None
    is_active: bool


class Keys(Closed):
    keys: list[KeyEntry]


class UsageRow(Closed):
    group: str
    calls: int
    credits_spent: float
    errors: int


class Usage(Closed):
    days: int
    group_by: str
    total_calls: int
    total_credits_spent: float
    total_errors: int
    rows: list[UsageRow]
