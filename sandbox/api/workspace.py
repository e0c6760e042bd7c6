"""Who am I, credits, estimates, keys and usage."""

from __future__ import annotations

from typing import Annotated, Literal

from ninja import Query, Router

from sandbox import operations, quotes, usage, wallet
from sandbox.api.replies import Reply, enveloped
from sandbox.auth import KEYS, ApiRequest, require
from sandbox.schemas.workspace import (
    Balance,
    Estimate,
    EstimateRequest,
    Keys,
    Usage,
    Whoami,
)

router = Router(tags=["Workspace"])

FEATURES = [
    "API_ACCESS", "data_source_csv_upload", "enrich_email", "enrich_phone", "search_people",
    "sync_to_crm",
]  # fmt: skip


@router.get("/whoami", response={200: Whoami})
def whoami(request: ApiRequest) -> Reply:
    """The person, organization, plan and scopes behind the key."""
    person = request.person
    name, host = person.email.split("@")
    body = {
        "user_email": f"{name[0]}***@{host}",
        "user_id": person.user_id,
        "user_name": person.name,
        "organization_id": person.organization.organization_id,
        "organization_name": person.organization.name,
        "auth_type": "api_key",
        "scopes": list(person.scopes),
        "tier": person.organization.tier,
        "appsumo_tier": None,
        "features": FEATURES,
    }
    return enveloped(request, body)


@router.get("/credits/balance", response={200: Balance})
def credits_balance(request: ApiRequest) -> Reply:
    require(request, "credits:read")
    credits = wallet.balance(request.db, request.organization_id)
    body = {"organization_id": request.organization_id, "credits": credits}
    return enveloped(
        request, body, agent_instructions=f"You have {credits} credits remaining."
    )


@router.post("/credits/estimate", response={200: Estimate})
def credits_estimate(request: ApiRequest, payload: EstimateRequest) -> Reply:
    """Price an operation and issue the quote that pays for it; never fails for credits."""
    require(request, "credits:read")
    priced = operations.priced(request, payload)
    quote_id, expires_at = quotes.issue(request, priced.operation, priced.cost)
    available = wallet.balance(request.db, request.organization_id)
    return {
        "quote_id": quote_id,
        "expires_at": expires_at,
        "estimated_cost": priced.cost,
        "tool": payload.tool,
        "row_count": priced.operation.row_count,
        "filter_hash": quotes.digest(priced.target),
        "available_credits": available,
        "sufficient": available >= priced.cost,
    }


@router.get("/api-keys", response={200: Keys})
def list_api_keys(request: ApiRequest) -> Reply:
    """The caller's keys, without their secrets; revoked ones included."""
    require(request, "admin:api_keys")
    last_used = usage.last_used(request.db)
    return {
        "keys": [
            {
                "key_id": key.key_id,
                "key_prefix": "clapi_",
                "key_last4": key.secret[-4:],
                "name": key.name,
                "scopes": list(key.person.scopes),
                "created_at": "2026-05-12 09:31:44",
                "last_used_at": last_used.get(key.secret),
                "is_active": key.is_active,
            }
            for key in KEYS
            if key.person == request.person
        ]
    }


@router.get("/usage", response={200: Usage})
def usage_report(
    request: ApiRequest,
    days: Annotated[int, Query(ge=1, le=365)] = 7,
    group_by: Literal["tool", "key", "day", "error"] = "tool",
) -> Reply:
    """Calls of the organization; credits are not attributed to calls yet."""
    require(request, "admin:api_keys")
    rows = usage.report(request, days, group_by)
    return {
        "days": days,
        "group_by": group_by,
        "total_calls": sum(row["calls"] for row in rows),
        "total_credits_spent": 0.0,
        "total_errors": sum(row["errors"] for row in rows),
        "rows": rows,
    }
