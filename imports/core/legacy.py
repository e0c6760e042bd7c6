"""Which one-byte or East Asian encoding, when bytes are neither UTF-8 nor UTF-16.

Plain English whose only signs are typographic is Windows-1252. Else two opinions are asked:
chardet's, on the telling lines alone, and our own of how well each candidate's letters fit
one language. chardet's counts unless the letters speak against it. docs/files.md has the
figures of both and of the two together.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import chardet

from imports.core.signs import beyond_ascii, is_sign_in_place

_WESTERN: Final = {
    "German": "äöüßé",
    "French": "éèêëàâçîïôûùüÿœæ",
    "Spanish": "áéíóúüñºª",
    "Italian": "àèéìòùî",
    "Portuguese": "áâãàçéêíóôõúüºª",
    "Dutch": "éëïöüèáóêç",
    "Nordic": "åäöæøéü",
    "Icelandic": "áéíóúýþæöð",
}
_CENTRAL: Final = {
    "Polish": "ąćęłńóśźż",
    "Czech": "áčďéěíňóřšťúůýž",
    "Slovak": "áäčďéíĺľňóôŕšťúýž",
    "Hungarian": "áéíóöőúüű",
    "Romanian": "ăâîșțşţ",
    "Croatian": "čćđšž",
}
_BALTIC: Final = {
    "Lithuanian": "ąčęėįšųūž",
    "Latvian": "āčēģīķļņšūž",
    "Estonian": "äöõüšž",
}
_TURKISH: Final = {"Turkish": "çğıöşüâî"}
_CYRILLIC: Final = {"Cyrillic": "".join(map(chr, range(0x430, 0x460))) + "ґ"}
_GREEK: Final = {"Greek": "".join(map(chr, range(0x3AC, 0x3CF)))}

# Candidates with how rare they are, and the alphabets written in them.
_ALPHABETS: Final[dict[str, tuple[float, dict[str, str]]]] = {
    "cp1252": (0.0, _WESTERN),
    "cp1250": (0.05, _CENTRAL),
    "cp1251": (0.05, _CYRILLIC),
    "cp1253": (0.08, _GREEK),
    "iso8859-15": (0.08, _WESTERN),
    "mac-roman": (0.1, _WESTERN),
    "cp1254": (0.12, _TURKISH),
    "cp1257": (0.12, _BALTIC),
    "koi8-r": (0.12, _CYRILLIC),
    "cp850": (0.15, _WESTERN),
    "iso8859-2": (0.25, _CENTRAL),
}
# Lead bytes of the commonest characters: of JIS X 0208, GB 2312, Big5 and KS X 1001.
_COMMON: Final = {
    "cp932": range(0x88, 0x99),
    "euc-jp": range(0xB0, 0xD0),
    "gb18030": range(0xB0, 0xD8),
    "big5": range(0xA4, 0xC7),
    "cp949": range(0xB0, 0xC9),
}
# How chardet calls the candidates it has other names for.
_OF_CHARDET: Final = {"euc_jis_2004": "euc-jp", "big5hkscs": "big5"}
_INCLUDED: Final = [*_ALPHABETS, "cp932", "euc_jis_2004", "gb18030", "big5hkscs", "cp949"]

# Where each letter of a word is beyond ASCII, a third of them are vowels.
_VOWELS: Final = frozenset("аеёиоуыэюяіїєαάεέηήιίϊοόυύϋωώ")
_KANA: Final = ("\u3041", "\u30ff")
_JAPANESE: Final = frozenset({"cp932", "euc-jp"})
_FEW_KANA: Final = 200  # one of so many characters may be kana outside Japanese
ENOUGH_BYTES: Final = 6_000  # of lines beyond ASCII
_MIXED: Final = 0.85  # what a letter counts where the languages are mixed
_FEW: Final = 5  # letters; the fewer there are, the more its rarity counts
_SIGNS_ALONE: Final = 0.75  # this share in its place makes plain English with signs
_RARE: Final = {"Icelandic": 0.85}  # what its letters count: they are Turkish in Windows-1254
_MOST: Final = 0.9  # no guess is surer
_LAST_RESORT: Final = "iso8859-1"  # every byte is a character there


# A character beyond ASCII with a few of its line before it and after it.
_Found = tuple[str, str, str]


def guess_legacy(sample: bytes) -> tuple[str, float]:
    """The likeliest codec and how sure, 0 to 0.9, from lines not in ASCII. Never raises."""
    sample = sample[:ENOUGH_BYTES]
    if sample.isascii():
        return _LAST_RESORT, 0.0
    western = list(beyond_ascii(_decoded(sample, "cp1252")))
    if (share := _share_of_signs(western)) >= _SIGNS_ALONE:
        return "cp1252", _sureness(share, len(western))
    fits = {name: _one_byte_fit(sample, name) for name in _ALPHABETS}
    fits |= {name: _east_asian_fit(sample, name) for name in _COMMON}
    ours = max(fits, key=lambda name: fits[name])
    theirs = _of_chardet(sample)
    found = sum(byte > 0x7F for byte in sample)
    best = theirs if fits.get(theirs, -1.0) > fits[ours] - _say_of_chardet(found) else ours
    if fits[best] <= 0:
        return _LAST_RESORT, 0.0
    text = _decoded(sample, best)
    best = next((name for name in _ALPHABETS if _decoded(sample, name) == text), best)
    agreed = 1.0 if ours == theirs else 0.6
    return best, _sureness(agreed * fits[best], found)


def _say_of_chardet(found: int) -> float:
    """How much better the letters must fit another codec to overrule it; less for few."""
    return 0.15 * found / (found + 6)


def _sureness(fit: float, found: int) -> float:
    """Lower the fewer characters speak for it."""
    return round(_MOST * fit * found / (found + 1), 2)


def _of_chardet(sample: bytes) -> str:
    found = chardet.detect(sample, compat_names=False, include_encodings=_INCLUDED)
    name = found["encoding"] or ""
    return _OF_CHARDET.get(name, name)


def _decoded(sample: bytes, encoding: str) -> str:
    try:
        return sample.decode(encoding)
    except UnicodeDecodeError as error:
        is_cut = error.start >= len(sample) - 4
        return sample[: error.start].decode(encoding) if is_cut else ""


def _share_of_signs(found: Sequence[_Found]) -> float:
    """The share of signs that stand in their place; 0 where there are letters as well."""
    if not found or any(char.isalpha() and char not in "µªº" for _, char, _ in found):
        return 0.0
    return sum(is_sign_in_place(*each) for each in found) / len(found)


def _one_byte_fit(sample: bytes, encoding: str) -> float:
    around = list(beyond_ascii(_decoded(sample, encoding)))
    if not around:
        return 0.0
    letters = [each[1].lower() for each in around if _is_letter_in_place(*each)]
    signs = sum(is_sign_in_place(*each) for each in around)
    rarity, alphabets = _ALPHABETS[encoding]
    fits = [
        _RARE.get(language, 1.0) * sum(c in alphabet for c in letters)
        for language, alphabet in alphabets.items()
    ]
    every = "".join(alphabets.values())
    mixed = sum(c in every for c in letters) * _MIXED
    fit = min(1.0, (max([*fits, mixed]) + signs) / len(around))
    return fit * _vocal(letters, alphabets) - rarity * _FEW / (_FEW + len(around))


def _vocal(letters: list[str], alphabets: dict[str, str]) -> float:
    """Lowers the fit of Cyrillic and Greek whose words have no vowels."""
    if not letters or not ({"Cyrillic", "Greek"} & alphabets.keys()):
        return 1.0
    vowels = sum(letter in _VOWELS for letter in letters)
    return min(1.0, 0.6 + 1.3 * vowels / len(letters))


def _is_letter_in_place(before: str, char: str, after: str) -> bool:
    """No capital inside a word, no word of two scripts."""
    if not char.isalpha():
        return False
    left, right = before[-1:], after[:1]
    if char.islower() and right.isascii() and right.isupper():
        return False
    if not left.isalpha():
        return True
    if char.isupper() and left.islower():
        return False
    return not (left.isascii() and ord(char) > 0x36F)


def _east_asian_fit(sample: bytes, encoding: str) -> float:
    """The share of characters that are kana or of the commonest thousands of the standard.

    One alone among Latin letters doesn't fit, nor does kana in Chinese.
    """
    wide = list(beyond_ascii(_decoded(sample, encoding)))
    if not wide:
        return 0.0
    kana = sum(_KANA[0] <= char <= _KANA[1] for _, char, _ in wide)
    if kana * _FEW_KANA > len(wide) and encoding not in _JAPANESE:
        return 0.0
    common = sum(
        char.encode(encoding)[0] in _COMMON[encoding]
        for before, char, after in wide
        if char > "\u30ff" and not _is_alone(before[-1:], after[:1])
    )
    return (kana + common) / len(wide)


def _is_alone(left: str, right: str) -> bool:
    """Whether a Latin letter stands on one side, and no other wide character on any."""
    is_wide = (left > "\u2fff") or (right > "\u2fff")
    return not is_wide and (left.isalpha() or right.isalpha())
