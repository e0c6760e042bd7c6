from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Envelope(Closed):
    """The optional keys most answers carry beside their payload."""

    task_id: str | None = None
    timestamp_ms: int | None = None
    agent_instructions: str | None = None
    usage: str | None = None
    message: str | None = None


class ErrorBody(BaseModel):
    model_config = ConfigDict(extra="allow")

    code: str
    problem: str
    cause: str | None = None
    fix: str | None = None
    retryable: bool
    retry_after_ms: int | None = None
    docs_url: str
    request_id: str


class ErrorReply(BaseModel):
    error: ErrorBody


class SchemaFault(BaseModel):
    type: str
    loc: list[str | int]
    msg: str
    input: Any = None


class SchemaReply(BaseModel):
    detail: list[SchemaFault]
