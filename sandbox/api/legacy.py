"""What only the legacy prefix has."""

from __future__ import annotations

from ninja import Router

from sandbox.api.replies import Reply
from sandbox.auth import ApiRequest
from sandbox.schemas.workspace import KeyCheck

router = Router(tags=["Legacy"])


@router.get("/auth/validate-key", response={200: KeyCheck})
def validate_key(request: ApiRequest) -> Reply:
    """Whether the key works; a bad one is 401 with a plain `detail`."""
    return {
        "valid": True,
        "user_id": request.person.user_id,
        "organization_id": request.organization_id,
    }
