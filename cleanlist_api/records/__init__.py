"""What the API's answers say, checked at the door.

Every `parse` tolerates fields it does not know and raises `BadReply` with the path of a
field that is missing or of the wrong type. A state or visibility the portal does not know is
kept as the text it is.
"""

from __future__ import annotations

from cleanlist_api.records.enrichment import EnrichmentStarted, EnrichmentStatus
from cleanlist_api.records.lists import (
    Added,
    Deleted,
    Lead,
    LeadPage,
    ListDetail,
    ListPage,
    ListSummary,
    Removed,
)
from cleanlist_api.records.uploads import CsvResult, CsvUpload
from cleanlist_api.records.workspace import Balance, KeyCheck, Quote, Whoami

__all__ = [
    "Added",
    "Balance",
    "CsvResult",
    "CsvUpload",
    "Deleted",
    "EnrichmentStarted",
    "EnrichmentStatus",
    "KeyCheck",
    "Lead",
    "LeadPage",
    "ListDetail",
    "ListPage",
    "ListSummary",
    "Quote",
    "Removed",
    "Whoami",
]
