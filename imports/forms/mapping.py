"""How a file is read, and which field each of its columns is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from imports.core.dialect import Dialect
from imports.core.encodings import ENCODINGS
from imports.core.outcomes import FIELDS
from imports.models import Run

DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}
HEADER_ROWS = 10
# Django takes at most 1,000 fields of a form; a file may have more columns than that.
COLUMNS_SHOWN = 200
FIELD_CHOICES = [("", "Not sent"), *FIELDS.items()]


class ReadingForm(forms.Form):
    """How the file is written, as a person says."""

    encoding = forms.ChoiceField()
    delimiter = forms.ChoiceField()
    header_row = forms.TypedChoiceField(coerce=int)

    def __init__(self, *args: Any, dialect: Dialect, **kwargs: Any) -> None:
        self.dialect = dialect
        self.delimiters = _with(DELIMITERS, dialect.delimiter)
        kwargs["initial"] = {
            "encoding": dialect.encoding,
            "delimiter": _name_of(self.delimiters, dialect.delimiter),
            "header_row": dialect.header_row,
        }
        super().__init__(*args, **kwargs)
        self._offer("encoding", _known_encodings(dialect.encoding))
        self._offer("delimiter", [(name, name) for name in self.delimiters])
        self._offer("header_row", _header_rows(dialect.header_row))

    def _offer(self, name: str, choices: Sequence[tuple[object, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    @property
    def chosen(self) -> Dialect:
        return Dialect(
            encoding=self.cleaned_data["encoding"],
            delimiter=self.delimiters[self.cleaned_data["delimiter"]],
            quotechar=self.dialect.quotechar,
            header_row=self.cleaned_data["header_row"],
        )


class HeaderForm(forms.Form):
    """The row that a person chose for the header."""

    header_choice = forms.IntegerField(min_value=1, max_value=10_000)


class MappingForm(forms.Form):
    """Which field each shown column goes to, as `column_3`; one field once.

    `latest` is the column a person just changed: it takes its field from the others.
    """

    def __init__(self, *args: Any, run: Run, latest: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.run, self.latest = run, latest
        self.columns = shown_columns(run)
        for index in self.columns:
            self.fields[f"column_{index}"] = forms.ChoiceField(
                choices=FIELD_CHOICES, required=False
            )

    def clean(self) -> dict[str, Any]:
        good = super().clean() or self.cleaned_data
        if self.latest in good:
            self._take_from_others(good)
        chosen = [field for field in good.values() if field]
        twice = sorted({FIELDS[field] for field in chosen if chosen.count(field) > 1})
        if twice:
            raise forms.ValidationError(
                f"{' and '.join(twice)} can come from one column only. "
                "Choose “Not sent” for the other."
            )
        return good

    @property
    def mapping(self) -> dict[str, int]:
        """Field -> column index."""
        chosen = ((index, self.cleaned_data.get(f"column_{index}")) for index in self.columns)
        return {field: index for index, field in chosen if field}

    @property
    def field_of(self) -> dict[int, str]:
        """Column index -> field, as sent, for showing a refused form again."""
        sent = ((index, self.data.get(f"column_{index}", "")) for index in self.columns)
        return {index: field for index, field in sent if field in FIELDS}

    def _take_from_others(self, good: dict[str, Any]) -> None:
        for name, field in good.items():
            if name != self.latest and field == good[self.latest]:
                good[name] = ""


def shown_columns(run: Run) -> list[int]:
    """Indexes of the columns the map page offers: the first ones, and all that are mapped."""
    first = range(min(len(run.headers), COLUMNS_SHOWN))
    mapped = (index for index in run.mapping.values() if 0 <= index < len(run.headers))
    return sorted({*first, *mapped})


def _known_encodings(own: str) -> list[tuple[object, str]]:
    return list(({own: own.upper()} | ENCODINGS).items())


def _header_rows(own: int) -> list[tuple[object, str]]:
    rows = sorted({*range(1, HEADER_ROWS + 1), own} - {0})
    return [*((row, f"row {row}") for row in rows), (0, "no row")]


def _with(known: dict[str, str], delimiter: str) -> dict[str, str]:
    return known if delimiter in known.values() else known | {f"“{delimiter}”": delimiter}


def _name_of(delimiters: dict[str, str], delimiter: str) -> str:
    return next(name for name, value in delimiters.items() if value == delimiter)
