"""What the pages of an import may be asked and told. A query that makes no sense is read as
if it were not there."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict

from enrichment.models import EnrichmentType
from imports.core.dialect import Dialect
from imports.core.outcomes import FIELDS
from imports.models import KeepReason, Run
from imports.services.targets import Target
from lists.models import KnownList

ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 with BOM",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16 LE",
    "utf-16-be": "UTF-16 BE",
    "cp1252": "Windows-1252",
    "cp1250": "Windows-1250 (Central European)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "cp1253": "Windows-1253 (Greek)",
    "cp1254": "Windows-1254 (Turkish)",
    "iso8859-2": "ISO 8859-2 (Central European)",
    "iso8859-15": "ISO 8859-15 (Western)",
    "mac_roman": "Mac Roman",
    "cp437": "DOS 437",
    "cp850": "DOS 850 (Western)",
    "koi8_r": "KOI8-R (Cyrillic)",
    "shift_jis": "Shift JIS (Japanese)",
    "cp932": "Windows-932 (Japanese)",
    "euc_jp": "EUC-JP (Japanese)",
    "gb18030": "GB 18030 (Chinese)",
    "big5": "Big5 (Chinese)",
    "euc_kr": "EUC-KR (Korean)",
    "cp949": "Windows-949 (Korean)",
}
DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}
HEADER_ROWS = 10
# Django takes at most 1,000 fields of a form; a file may have more columns than that.
COLUMNS_SHOWN = 200
FIELD_CHOICES = [("", "Not sent"), *FIELDS.items()]


class TargetForm(forms.Form):
    """An existing list, or the name of one to be made."""

    list = forms.ChoiceField(label="List", required=False)
    new_list = forms.CharField(
        label="Name of the new list",
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, lists: Iterable[KnownList], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = {known.pk: known.name for known in lists}
        self._choice.choices = [("", "A new list"), *self.names.items()]
        self._choice.error_messages["invalid_choice"] = (
            "That list is not there any more. Choose another one or name a new one."
        )

    def clean(self) -> dict[str, Any]:
        good = super().clean() or self.cleaned_data
        if not good.get("list") and not good.get("new_list") and not self.errors:
            self.add_error("new_list", "Choose a list or name a new one.")
        return good

    @property
    def target(self) -> Target:
        """The chosen list; a new name that a list has already is that list."""
        chosen = self.cleaned_data["list"] or self._same_name()
        if chosen:
            return Target(self.names[chosen], chosen)
        return Target(self.cleaned_data["new_list"])

    @property
    def names_existing(self) -> bool:
        """The person named a "new" list that is there already."""
        return not self.cleaned_data["list"] and bool(self._same_name())

    @property
    def _choice(self) -> forms.ChoiceField:
        field = self.fields["list"]
        assert isinstance(field, forms.ChoiceField)
        return field

    def _same_name(self) -> str:
        wanted = self.cleaned_data["new_list"].casefold()
        same = (pk for pk, name in self.names.items() if name.casefold() == wanted)
        return next(same, "")


class UploadForm(TargetForm):
    """A file and where its leads go. `nonce`: one page, one import, however often sent."""

    nonce = forms.UUIDField(required=False, widget=forms.HiddenInput)
    file = forms.FileField(
        label="File",
        allow_empty_file=True,
        error_messages={"required": "Choose a file."},
    )

    @property
    def form_nonce(self) -> str | None:
        nonce: uuid.UUID | None = self.cleaned_data["nonce"]
        return str(nonce) if nonce else None


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


class CheckForm(forms.Form):
    """The query string of the check page."""

    reason = forms.RegexField(r"^[a-z_]{1,30}$", required=False)
    q = forms.CharField(max_length=200, required=False)
    page = forms.IntegerField(min_value=1, max_value=10_000_000, required=False)
    enrich = forms.ChoiceField(choices=EnrichmentType.choices, required=False)
    canary = forms.BooleanField(required=False)


@dataclass(frozen=True)
class CheckQuery:
    reason: str
    q: str
    page: int
    enrich: EnrichmentType
    canary: bool


def check_query(query: QueryDict) -> CheckQuery:
    form = CheckForm(query)
    form.is_valid()
    good = form.cleaned_data
    return CheckQuery(
        reason=good.get("reason", ""),
        q=good.get("q", ""),
        page=good.get("page") or 1,
        enrich=EnrichmentType(good.get("enrich") or EnrichmentType.OFF),
        canary=good.get("canary", False),
    )


class DecideForm(forms.Form):
    """One of the two: the number of a call whose rows are in the list, or go again."""

    went_in = forms.IntegerField(min_value=1, required=False)
    again = forms.IntegerField(min_value=1, required=False)

    def clean(self) -> dict[str, Any]:
        good = super().clean() or self.cleaned_data
        if bool(good.get("went_in")) == bool(good.get("again")):
            raise forms.ValidationError("Say of one call whether its rows went in.")
        return good

    @property
    def verdict(self) -> tuple[int, bool]:
        """The call's number, and whether its rows are in the list."""
        went_in = self.cleaned_data["went_in"]
        return went_in or self.cleaned_data["again"], bool(went_in)


class UndoForm(forms.Form):
    """The query string of the undo page: of which call, and which leads to show."""

    chunk = forms.IntegerField(min_value=1, max_value=10_000_000, required=False)
    show = forms.ChoiceField(choices=[("out", "out"), *KeepReason.choices], required=False)
    page = forms.IntegerField(min_value=1, max_value=10_000_000, required=False)


class ConfirmUndoForm(forms.Form):
    """What a person agreed to: which look, and how many leads it would take out."""

    read_back = forms.IntegerField(min_value=1)
    leads = forms.IntegerField(min_value=1)


class StartForm(forms.Form):
    """What a person agreed to when pressing the button."""

    enrich = forms.ChoiceField(choices=EnrichmentType.choices)
    credits_most = forms.IntegerField(min_value=0)
    canary = forms.BooleanField(required=False)
    again = forms.BooleanField(required=False)
    undoable = forms.BooleanField(required=False)


class RunForm(forms.Form):
    """The query string of the run page. `was`: what the page showed last, see `run.mark`."""

    chunk = forms.IntegerField(min_value=1, max_value=10_000_000, required=False)
    was = forms.CharField(max_length=60, required=False)
    ask = forms.ChoiceField(choices=[("cancel", "cancel")], required=False)


def asked(form: forms.Form) -> dict[str, Any]:
    """The parts of a query string that make sense, others left out."""
    form.is_valid()
    return form.cleaned_data


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
