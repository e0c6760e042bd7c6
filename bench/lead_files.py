"""Lead files in old encodings, whose names and companies Faker makes up. Seeded.

Faker's words are not ours, so a detector of ours has not been fitted to them. The lock file
pins its version, and with it the words.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterator
from typing import NamedTuple

from faker import Faker

HEADER = ["First Name", "Last Name", "Email", "Company", "City", "Notes"]

# Codec -> the languages written in it, by Faker's names of them.
LOCALES = {
    "cp1252": "de_DE fr_FR es_ES it_IT pt_PT nl_NL sv_SE da_DK no_NO",
    "iso8859-15": "fr_FR de_DE fi_FI",
    "mac-roman": "de_DE fr_FR es_ES sv_SE pt_PT",
    "cp850": "de_DE fr_FR es_ES",
    "cp1250": "pl_PL cs_CZ hu_HU ro_RO hr_HR sk_SK",
    "iso8859-2": "pl_PL cs_CZ hu_HU",
    "cp1251": "ru_RU uk_UA bg_BG",
    "koi8-r": "ru_RU",
    "cp1253": "el_GR",
    "cp1254": "tr_TR",
    "cp1257": "lt_LT lv_LV",
    "cp932": "ja_JP",
    "euc-jp": "ja_JP",
    "gb18030": "zh_CN",
    "big5": "zh_TW",
    "euc-kr": "ko_KR",
}
SIZES = ((4, 1), (12, 1), (40, 1), (40, 8), (300, 20))  # rows, one in how many is foreign

# What Excel on an English Windows puts into plain English, beyond ASCII.
SIGNS = {
    "apostrophe": "O’{}",
    "possessive": "{}’s",
    "dash": "{} – EMEA",
    "long dash": "{} — asked twice",
    "quotes": "said “call {}”",
    "single quotes": "the ‘{}’ deal",
    "euro": "{} 500€",
    "euro before": "€500 {}",
    "pound": "{} £500",
    "yen": "{} ¥900",
    "bullet": "• {}",
    "copyright": "© {}",
    "ellipsis": "{}…",
    "half": "{} 2½ days",
    "registered": "{}®",
    "trade mark": "{}™",
    "no-break space": "{}\u00a0Ltd",
    "section": "{} §4",
    "degrees": "{} 20°",
    "micro": "{} 5µm",
    "middle dot": "{} · Leeds",
    "plus minus": "{} ±5%",
    "guillemets": "«{}»",
}


class LeadFile(NamedTuple):
    """`group` names what is measured together; `text` is what `body` says."""

    group: str
    text: str
    body: bytes


def in_codecs() -> Iterator[LeadFile]:
    """Names of 27 languages in 16 codecs, few and many, all foreign and one in 20."""
    for codec, locales in LOCALES.items():
        for locale in locales.split():
            for rows, every in SIZES:
                yield from _made(codec, locale, rows, every)


def with_signs() -> Iterator[LeadFile]:
    """Plain English in Windows-1252; each sign once, three and ten times."""
    for sign, form in SIGNS.items():
        for count in (1, 3, 10):
            text = _english(f"{sign} {count}", [form] * count)
            yield LeadFile("signs only", text, text.encode("cp1252"))


def with_mixed_signs() -> Iterator[LeadFile]:
    """Plain English in Windows-1252 with several signs, and with foreign names as well."""
    chance = random.Random(7)
    for n in range(20):
        forms = [chance.choice(list(SIGNS.values())) for _ in range(chance.choice((2, 4, 9)))]
        text = _english(f"several {n}", forms)
        yield LeadFile("several signs", text, text.encode("cp1252"))
    for n in range(40):
        names = ["José", "Renée", "Zoë", "Müller", "Søren", "Peña", "Noël", "François"]
        forms = [chance.choice(list(SIGNS.values())) for _ in range(chance.choice((1, 3, 10)))]
        forms += [chance.choice(names) + " {}" for _ in range(chance.choice((1, 3, 8)))]
        text = _english(f"mixed {n}", forms)
        yield LeadFile("signs and names", text, text.encode("cp1252"))


def sparse() -> Iterator[LeadFile]:
    """30 plain English rows with 1, 2, 4 or 8 foreign cells, in the 16 codecs."""
    for codec, locales in LOCALES.items():
        for locale in locales.split():
            for cells in (1, 2, 4, 8):
                for n in range(3):
                    text = _with_foreign_cells(f"{codec} {n}", codec, locale, cells)
                    yield LeadFile(f"{cells} foreign cells", text, text.encode(codec))


def _with_foreign_cells(seed: str, codec: str, locale: str, cells: int) -> str:
    fake = Faker(locale)
    fake.seed_instance(seed)
    ENGLISH.seed_instance(seed)
    people = [_person(ENGLISH, n) for n in range(30)]
    names = (cell for n in range(10_000) for cell in _person(fake, n)[:2])
    foreign = (name for name in names if not name.isascii() and _fits(name, codec))
    for person in people[: 3 * cells : 3]:
        person[1] = next(foreign)
    return _written(people).translate(_CEDILLAS)


def _fits(name: str, codec: str) -> bool:
    try:
        name.translate(_CEDILLAS).encode(codec)
    except UnicodeEncodeError:
        return False
    return True


def _made(codec: str, locale: str, rows: int, every: int) -> Iterator[LeadFile]:
    fake = Faker(locale)
    fake.seed_instance(f"{codec} {locale} {rows} {every}")
    text = _table(fake, rows, every, codec)
    if text.isascii():
        return
    yield LeadFile(codec, text, text.encode(codec))


def _table(fake: Faker, rows: int, every: int, codec: str) -> str:
    people = [_person(fake if n % every == every - 1 else ENGLISH, n) for n in range(rows)]
    return _written(people).translate(_CEDILLAS).encode(codec, "ignore").decode(codec)


def _english(seed: str, forms: list[str]) -> str:
    """40 rows of plain English, with each form around one cell somewhere."""
    chance = random.Random(seed)
    ENGLISH.seed_instance(seed)
    people = [_person(ENGLISH, n) for n in range(40)]
    for form in forms:
        person, column = chance.choice(people), chance.choice((0, 1, 3, 5))
        person[column] = form.format(person[column])
    return _written(people)


def _person(fake: Faker, n: int) -> list[str]:
    first, last, company, city = (
        fake.first_name(), fake.last_name(), fake.company(), fake.city(),
    )  # fmt: skip
    return [first, last, f"p{n}@example.com", company, city, f"lead {n}"]


def _written(rows: list[list[str]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows([HEADER, *rows])
    return text.getvalue()


# Windows-1250 has Romanian's letters with cedillas only.
_CEDILLAS = str.maketrans("șțȘȚ", "şţŞŢ")
ENGLISH = Faker("en_US")
