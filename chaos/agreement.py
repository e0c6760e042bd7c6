"""The same sums wherever they are kept or shown."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from html import unescape
from typing import Any

from chaos.crew import Crew
from chaos.invariants import Books
from chaos.place import Place


@dataclass(frozen=True)
class Sums:
    """Rows that are in the list and credits that were taken; None: not told there."""

    rows: int | None
    credits: int | None


ROWS = "SELECT coalesce(sum(rows_imported), 0) FROM imports_chunk WHERE run_id = {run}"
CREDITS = """
SELECT coalesce(sum(w.credits_charged), 0) FROM enrichment_workflow w
JOIN imports_chunk c ON c.workflow_id = w.id WHERE c.run_id = {run}
"""


def balance() -> int:
    """What `GET /credits/balance` says, asked as the portal asks: within its budget."""
    from cleanlist_api.budget import Lane
    from cleanlist_api.transport import WORKER
    from connections import services as connections

    return int(connections.client(Lane.PAGE, WORKER).credits_balance().credits)


def everywhere(
    place: Place, crew: Crew, run: int, ours: dict[str, Any], books: Books, before: int
) -> dict[str, Sums]:
    """Collect the sums of an import that has ended, by where they were found; `before`: the
    balance before its start."""
    entries = books.entries()
    charged = [e["credits"] for e in entries if e["kind"] == "credits_charged"]
    imported = sum(entry["kind"] == "row_imported" for entry in entries)
    return {
        "page": _on_the_page(crew.page(f"/imports/{run}/"), enriches=bool(charged)),
        "service": Sums(ours["rows"]["imported"], ours["credits"]["charged"]),
        "database": Sums(_one(place, ROWS, run), _one(place, CREDITS, run)),
        "manifest": _in_the_manifest(crew.page(f"/imports/{run}/manifest.json")),
        "ledger": Sums(imported, sum(charged)),
        "balance": Sums(None, before - place.forked(balance)),
    }


def disagreements(found: dict[str, Sums]) -> list[str]:
    """One sentence for each kind of sum that is not the same everywhere."""
    told = {
        "rows": {place: sums.rows for place, sums in found.items()},
        "credits": {place: sums.credits for place, sums in found.items()},
    }
    return [
        f"{what} differ: {each}"
        for what, each in told.items()
        if len({number for number in each.values() if number is not None}) != 1
    ]


def _one(place: Place, sql: str, run: int) -> int:
    [(number,)] = place.query(sql.format(run=run))
    return int(number)


def _on_the_page(html: str, *, enriches: bool) -> Sums:
    """What a person reads in the sentence about the end."""
    text = re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", html)))
    rows = re.search(r"([\d,]+) of [\d,]+ rows? (?:is|are) in", text)
    credits = re.search(r"([\d,]+) credits? charged", text)
    return Sums(_number(rows), _number(credits) if enriches else 0)


def _number(found: re.Match[str] | None) -> int:
    return int(found[1].replace(",", "")) if found else -1


def _in_the_manifest(text: str) -> Sums:
    """Added up from the calls, which must be what its own sums say."""
    told = json.loads(text)
    rows = sum(chunk["rows_imported"] for chunk in told["chunks"])
    credits = sum(chunk["workflow__credits_charged"] or 0 for chunk in told["chunks"])
    sums = told["sums"]
    is_same = (rows, credits) == (sums["rows"]["imported"], sums["credits"]["charged"])
    return Sums(rows, credits) if is_same else Sums(-1, -1)
