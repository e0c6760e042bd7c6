from __future__ import annotations

from typing import Any

from sandbox.schemas.base import Closed, Envelope


class ExportCsv(Closed):
    list_id: str
    columns: list[str] | None = None
    include_smart_agents: bool = True


class CsvExported(Closed):
    list_id: str
    download_url: str
    expires_at: str
    row_count: int
    file_size_bytes: int


class JsonExported(Envelope):
    list_id: str
    leads: list[dict[str, Any]]
    total: int
    cursor: str | None = None
