"""Style sheets and scripts as one file each: a first load waits for requests, not for bytes.

A staticfiles finder, so that it works alike under runserver, in tests and for collectstatic,
which adds the hash and the compressed copy.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage, Storage

SOURCES = Path(settings.BASE_DIR, "static")
# Bundle -> its parts in order. The order of the sheets is that of their layers.
BUNDLES = {
    "portal.css": ["tokens", "base", "layout", "components", "pages"],
    "portal.js": ["busy", "live", "keys"],
}


class BundleFinder(BaseFinder):
    """Finds `portal.css` and `portal.js`, written anew when a part is newer."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.folder = Path(settings.VAR_DIR, "bundles")
        self.storage = FileSystemStorage(location=self.folder)

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        if path not in BUNDLES:
            return []
        written = str(self._written(path))
        return [written] if find_all else written

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        for name in BUNDLES:
            self._written(name)
            yield name, self.storage

    def _written(self, name: str) -> Path:
        bundle = self.folder / name
        parts = parts_of(name)
        newest = max(part.stat().st_mtime_ns for part in parts)
        if not bundle.exists() or bundle.stat().st_mtime_ns < newest:
            self.folder.mkdir(parents=True, exist_ok=True)
            text = "\n".join(part.read_text() for part in parts)
            # Several threads and processes may write at once, each a file of its own.
            with NamedTemporaryFile("w", dir=self.folder, delete=False) as half:
                half.write(text)
            Path(half.name).replace(bundle)
        return bundle


def parts_of(bundle: str) -> list[Path]:
    kind = bundle.rpartition(".")[2]
    return [SOURCES / kind / f"{part}.{kind}" for part in BUNDLES[bundle]]
