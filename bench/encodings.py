"""Encodings told from bytes: ours beside chardet and charset-normalizer, on lead files."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable

import chardet
import charset_normalizer

from bench import lead_files
from bench.lead_files import LeadFile
from imports.core.encodings import detect_encoding


def main() -> None:
    """Each tool gets the whole bytes and no hint, as it is used by those who know it."""
    print("Lead files read right, by who told the encoding\n")
    print(f"{'':>17} {'files':>6} " + " ".join(f"{name:>18}" for name in TOOLS))
    codecs = _counted(lead_files.in_codecs())
    for group, right in codecs.items():
        _print(group, right)
    _print("the 16 codecs", sum(codecs.values(), Counter()))
    for files in (lead_files.with_signs(), lead_files.with_mixed_signs(), lead_files.sparse()):
        for group, right in _counted(files).items():
            _print(group, right)
    print()


def _counted(files: Iterable[LeadFile]) -> dict[str, Counter[str]]:
    """By group, how many files each tool reads right, and how many there are under ""."""
    right: dict[str, Counter[str]] = defaultdict(Counter)
    for file in files:
        right[file.group][""] += 1
        for name, told in TOOLS.items():
            right[file.group][name] += _reads_right(file, told(file.body))
    return right


def _print(group: str, right: Counter[str]) -> None:
    shares = (f"{right[name]:>10} {right[name] / right['']:>7.1%}" for name in TOOLS)
    print(f"{group:>17} {right['']:>6} " + " ".join(shares))


def _reads_right(file: LeadFile, encoding: str | None) -> bool:
    return encoding is not None and file.body.decode(encoding, "replace") == file.text


def _ours(body: bytes) -> str:
    return detect_encoding(body, is_whole_file=True).name


def _chardet(body: bytes) -> str | None:
    return chardet.detect(body, compat_names=False, prefer_superset=True)["encoding"]


def _charset_normalizer(body: bytes) -> str | None:
    best = charset_normalizer.from_bytes(body).best()
    return best.encoding if best else None


TOOLS: dict[str, Callable[[bytes], str | None]] = {
    "ours": _ours,
    "chardet": _chardet,
    "charset-normalizer": _charset_normalizer,
}


if __name__ == "__main__":
    main()
