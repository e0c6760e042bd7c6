"""What things cost, in whole credits.

sandbox choice: the prices of tools whose price is not published are 1 credit a row.
"""

from __future__ import annotations

from sandbox import errors

# enrichment_type -> credits a lead, at most: pay only for what is found.
PER_LEAD = {"partial": 1, "phone_only": 10, "full": 11}
EMAIL, PHONE = 1, 10

AGENTS = {"cold_intro_email": 3}
COMPANY_POINTS = {"Industry", "Employees", "Revenue", "Funding", "TechStack", "Domain"}
PERSON_POINTS = {"Email", "Phone", "LinkedIn"}

# tool -> the keys its `extra` object may carry. What has a field of its own at the top of an
# estimate (`enrichment_type`, `scope`) is not among them.
TOOLS: dict[str, frozenset[str]] = {
    "enrich_list": frozenset(),
    "enrich_person": frozenset(),
    "enrich_company": frozenset(),
    "run_smart_agent": frozenset({"agent_type", "column_name", "lead_scope", "max_rows"}),
    "bulk_import_csv": frozenset(),
    "sync_to_crm": frozenset({"provider", "sub_action"}),
    "sync_to_sequencer": frozenset({"provider"}),
    "add_person_enrichments": frozenset({"data_points", "entity_ids"}),
    "add_company_enrichments": frozenset({"data_points", "entity_ids"}),
}


def enrichment_type(scope: str | None) -> str:
    """`phone-only` and `phone_only` are one thing; partial is the default."""
    wanted = (scope or "partial").replace("-", "_")
    if wanted not in PER_LEAD:
        raise errors.invalid(
            f"'{scope}' is not an enrichment type.",
            fix="Use partial, phone_only or full.",
        )
    return wanted


def type_of_points(points: list[str]) -> str:
    """The enrichment type that covers `points`."""
    if "Phone" in points:
        return "full" if {"Email", "LinkedIn"} & set(points) else "phone_only"
    return "partial"


def leads(rows: int, wanted: str) -> int:
    return rows * PER_LEAD[wanted]


def companies(rows: int) -> int:
    """About one credit for ten companies."""
    return -(-rows // 10)


def agent(rows: int, agent_type: str | None) -> int:
    return rows * AGENTS.get(agent_type or "", 1)
