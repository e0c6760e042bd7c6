"""Which one-byte or East Asian encoding, when bytes are neither UTF-8 nor UTF-16.

Each candidate decodes the sample; the one whose letters fit one language best wins. A letter
that stands where no such letter would (a capital inside a word, a sign between letters) does
not fit. docs/files.md has the measured comparison with charset-normalizer and chardet.
"""

from __future__ import annotations

import re
from typing import Final

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
    "koi8-r": (0.12, _CYRILLIC),
    "iso8859-2": (0.25, _CENTRAL),
}
# Where each letter of a word is beyond ASCII, a third of them are vowels.
_VOWELS: Final = frozenset("аеёиоуыэюяіїєαάεέηήιίϊοόυύϋωώ")
_SIGNS: Final = frozenset("’‘“”„–—…€£°©®™·«»¿¡§•´²³½")
_SAMPLE_BYTES: Final = 6_000
_MIXED: Final = 0.85  # what a mixture of languages, or a sign, counts
_FEW: Final = 5  # letters; the fewer there are, the more its rarity counts
_LAST_RESORT: Final = "iso8859-1"  # every byte is a character there

# Lead bytes of the commonest characters in JIS X 0208 and GB 2312.
_KANJI_LEVEL_1: Final = range(0x88, 0x99)
_HANZI_LEVEL_1: Final = range(0xB0, 0xD8)

_LINE_END = re.compile(rb"[\r\n]+")
_AROUND = re.compile(r"(?=([\s\S])([^\x00-\x7f])([\s\S]))")


def guess_legacy(sample: bytes) -> tuple[str, float]:
    """The likeliest codec and how well it fits, 0 to 1. Never raises."""
    telling = (line for line in _LINE_END.split(sample) if not line.isascii())
    sample = b"\n".join(telling)[:_SAMPLE_BYTES]
    scores = {name: _one_byte_fit(sample, name) for name in _ALPHABETS}
    scores["cp932"] = _east_asian_fit(sample, "cp932", _KANJI_LEVEL_1)
    scores["gb18030"] = _east_asian_fit(sample, "gb18030", _HANZI_LEVEL_1)
    best = max(scores, key=lambda name: scores[name])
    if scores[best] <= 0:
        return _LAST_RESORT, 0.0
    return best, scores[best]


def _decoded(sample: bytes, encoding: str) -> str:
    try:
        return sample.decode(encoding)
    except UnicodeDecodeError as error:
        is_cut = error.start >= len(sample) - 4
        return sample[: error.start].decode(encoding) if is_cut else ""


def _one_byte_fit(sample: bytes, encoding: str) -> float:
    around = _AROUND.findall(f" {_decoded(sample, encoding)} ")
    if not around:
        return 0.0
    signs, letters = 0, []
    for before, char, after in around:
        if char.isalpha():
            if _is_in_place(before, char):
                letters.append(char.lower())
        elif char in _SIGNS and (char == "’" or not (before.isalpha() and after.isalpha())):
            signs += 1
    rarity, alphabets = _ALPHABETS[encoding]
    fits = [sum(c in alphabet for c in letters) for alphabet in alphabets.values()]
    every = "".join(alphabets.values())
    mixed = sum(c in every for c in letters) * _MIXED
    fit = (max(*fits, mixed, 0.0) + signs * _MIXED) / len(around)
    return fit * _vocal(letters, alphabets) - rarity * _FEW / (_FEW + len(around))


def _vocal(letters: list[str], alphabets: dict[str, str]) -> float:
    """Lowers the fit of Cyrillic and Greek whose words have no vowels."""
    if not letters or not ({"Cyrillic", "Greek"} & alphabets.keys()):
        return 1.0
    vowels = sum(letter in _VOWELS for letter in letters)
    return min(1.0, 0.6 + 1.3 * vowels / len(letters))


def _is_in_place(before: str, char: str) -> bool:
    """No capital inside a word, no word of two scripts."""
    if not before.isalpha():
        return True
    if char.isupper() and before.islower():
        return False
    return not (before.isascii() and ord(char) > 0x36F)


def _east_asian_fit(sample: bytes, encoding: str, lead_bytes: range) -> float:
    """The share of characters that are kana or of the commonest thousands of the standard."""
    text = _decoded(sample, encoding)
    wide = [(before, char) for before, char, _ in _AROUND.findall(f" {text} ")]
    common = sum(
        "\u3000" <= char <= "\u30ff" or char.encode(encoding)[0] in lead_bytes
        for before, char in wide
        if char > "\u2fff" and not (before.isascii() and before.islower())
    )
    return common / len(wide) if wide else 0.0
