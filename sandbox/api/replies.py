"""Small parts every endpoint group uses: the envelope and absolute addresses."""

from __future__ import annotations

from typing import Any

from sandbox.auth import ApiRequest

Reply = dict[str, Any]


def enveloped(request: ApiRequest, body: Reply, **envelope: str | None) -> Reply:
    return {**body, **envelope, "timestamp_ms": int(request.clock.now * 1000)}


def status_path(request: ApiRequest, workflow_id: str) -> str:
    return f"{request.prefix}/enrichment/status/{workflow_id}"


def poll_url(request: ApiRequest, workflow_id: str) -> str:
    return request.build_absolute_uri(status_path(request, workflow_id))
