"""Company records, decided by the seed and the name asked for."""

from __future__ import annotations

import hashlib

from sandbox import errors
from sandbox.outcomes import slug

INDUSTRIES = ("Software", "Financial services", "Logistics", "Healthcare", "Manufacturing")
STAGES = ("Seed", "Series A", "Series B", "Series C", "Public")
PLACES = ("Berlin, Germany", "Austin, Texas, United States", "Tokyo, Japan", "Lyon, France")
STACK = ("Salesforce", "HubSpot", "Snowflake", "AWS", "Segment", "Zendesk")


def find(seed: int, wanted: str) -> dict[str, object]:
    """The record of a domain, id, name or ticker; 404 for about one in ten.

    sandbox choice: an unknown company is `not_found` and costs nothing.
    """
    luck = hashlib.blake2b(f"{seed}|{wanted.lower()}".encode(), digest_size=16).digest()
    if luck[0] < 24:
        raise errors.not_found("The company")
    domain = wanted if "." in wanted else f"{slug(wanted) or luck[4:8].hex()}.example.com"
    name = domain.split(".")[0].replace("-", " ").title()
    employees = 5 + luck[1] * luck[2]
    return {
        "company_id": f"co_{luck[4:10].hex()}",
        "name": name,
        "domain": domain,
        "industry": INDUSTRIES[luck[3] % len(INDUSTRIES)],
        "industries": [INDUSTRIES[luck[3] % len(INDUSTRIES)]],
        "employee_count": employees,
        "employee_count_range": _range(employees),
        "revenue_range": "$10M-$50M" if employees > 200 else "$1M-$10M",
        "hq_location": PLACES[luck[10] % len(PLACES)],
        "funding_stage": STAGES[luck[11] % len(STAGES)],
        "total_funding_usd": luck[12] * 400_000 or None,
        "tech_stack": [tool for at, tool in enumerate(STACK) if luck[13] >> at & 1],
        "linkedin_url": f"https://www.linkedin.com/company/{name.lower().replace(' ', '-')}",
    }


def _range(employees: int) -> str:
    for low, high in ((1, 10), (11, 50), (51, 200), (201, 500), (501, 1000)):
        if employees <= high:
            return f"{low}-{high}"
    return "1000+"
