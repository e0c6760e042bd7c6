"""The vocabulary of an import: canonical fields, and why a row is not sent.

Reason names are the API's own where it has one (contract: csv-import, `skip_reasons`).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

# Canonical field -> label, in the API's order. The order of a chunk's columns.
FIELDS: Final[dict[str, str]] = {
    "first_name": "First name",
    "last_name": "Last name",
    "full_name": "Full name",
    "email": "Email",
    "phone": "Phone",
    "linkedin_url": "LinkedIn URL",
    "company_name": "Company name",
    "company_domain": "Company domain",
    "job_title": "Job title",
    "city": "City",
    "state": "State",
    "country": "Country",
}


class UnreadableFile(Exception):
    """The file as a whole can't be read. `sentence` is for a person; `row` where known."""

    def __init__(self, sentence: str, row: int | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.row = row


class SkipReason(StrEnum):
    """Why a row is not imported. The first four are the API's, the others our own."""

    MISSING_REQUIRED = "missing_required"
    DUPLICATE_EMAIL = "duplicate_email"
    DUPLICATE_LINKEDIN = "duplicate_linkedin"
    ROW_CAP_EXCEEDED = "row_cap_exceeded"
    ROW_TOO_LARGE = "row_too_large"
    UNREADABLE_ROW = "unreadable_row"
    ALREADY_IMPORTED = "already_imported"
    CHANGED_SINCE = "changed_since"
    MAY_BE_IN_LIST = "may_be_in_list"
    DAMAGED_VALUE = "damaged_value"

    @property
    def words(self) -> str:
        """A short name for a person, e.g. for a table cell."""
        return _WORDS[self][0]

    @property
    def sentence(self) -> str:
        """What happened and what would make the row go."""
        return _WORDS[self][1]


_WORDS: Final[dict[SkipReason, tuple[str, str]]] = {
    SkipReason.MISSING_REQUIRED: (
        "No e-mail, LinkedIn, or name with company",
        "A row needs an email, a LinkedIn URL, or a name with a company or its domain.",
    ),
    SkipReason.DUPLICATE_EMAIL: (
        "Same email as an earlier row",
        "An earlier row has the same email; the first one is imported.",
    ),
    SkipReason.DUPLICATE_LINKEDIN: (
        "Same LinkedIn profile as an earlier row",
        "An earlier row has the same LinkedIn profile; the first one is imported.",
    ),
    SkipReason.ROW_CAP_EXCEEDED: (
        "Over the row limit of one batch",
        "Cleanlist took no more rows of this batch; import the row again.",
    ),
    SkipReason.ROW_TOO_LARGE: (
        "Too large to be sent",
        "The row alone is larger than Cleanlist takes at once; shorten its longest cell.",
    ),
    SkipReason.UNREADABLE_ROW: (
        "Row can't be read",
        "The row is damaged, so its values can't be told apart; mend it and import it again.",
    ),
    SkipReason.ALREADY_IMPORTED: (
        "Already imported",
        "An earlier import has brought the same row into this list, or is just doing so.",
    ),
    SkipReason.CHANGED_SINCE: (
        "Imported before with other values",
        "An earlier import has brought this person into this list with other values. No call "
        "of the API changes a lead, so the row would make a second one.",
    ),
    SkipReason.MAY_BE_IN_LIST: (
        "May be in the list",
        "An earlier import has sent this row into this list, and it isn't known whether it "
        "went in; say so on that import's page, then check again.",
    ),
    SkipReason.DAMAGED_VALUE: (
        "A value it needs is damaged",
        "A spreadsheet put an error or a cut number where the row needs its value, or the "
        "domain is a page on a network; mend it and import it again.",
    ),
}


class Problem(StrEnum):
    """What is wrong with one row of the file; the other rows are unharmed."""

    OPEN_QUOTE = "open_quote"
    EXTRA_CELLS = "extra_cells"
    SHIFTED = "shifted"
    UNDECODABLE = "undecodable"
    TOO_LONG = "too_long"

    @property
    def words(self) -> str:
        return _PROBLEM_WORDS[self]

    @property
    def reason(self) -> SkipReason:
        if self is Problem.TOO_LONG:
            return SkipReason.ROW_TOO_LARGE
        return SkipReason.UNREADABLE_ROW


_PROBLEM_WORDS: Final[dict[Problem, str]] = {
    Problem.OPEN_QUOTE: "a quote in this row never closes",
    Problem.EXTRA_CELLS: "more cells than the header, values may stand in the wrong columns",
    Problem.SHIFTED: "not as many cells as other rows, values may stand in the wrong columns",
    Problem.UNDECODABLE: "bytes in this row are not text in the file's encoding",
    Problem.TOO_LONG: "the row is longer than any import takes",
}
