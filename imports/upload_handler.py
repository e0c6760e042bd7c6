"""Takes an uploaded file straight to disk, bounded, hashing it on the way."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, NoReturn

from django.conf import settings
from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler

from imports.services.storage import NoRoom, full_disk_is_no_room, has_room_for

PIECE = 1 << 20
TOO_LARGE = "too_large"
NO_ROOM = "no_room"


class BoundedUploadHandler(TemporaryFileUploadHandler):
    """Stops at `UPLOAD_MAX_BYTES` and before the disk is full: nothing is kept then, and
    `request.upload_refused` says why.

    The rest of a refused body is read and dropped, so that the browser gets its answer.
    """

    def handle_raw_input(self, input_data: Any, *args: Any, **kwargs: Any) -> None:
        _headers, self.length, *_rest = args
        self.body = input_data

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        if not has_room_for(min(self.length, settings.UPLOAD_MAX_BYTES)):
            self._refuse(NO_ROOM)
        with self._refused_if_full():
            super().new_file(*args, **kwargs)
        self.seen = 0
        self.digest = hashlib.sha256()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.seen += len(raw_data)
        if self.seen > settings.UPLOAD_MAX_BYTES:
            self._refuse(TOO_LARGE)
        self.digest.update(raw_data)
        with self._refused_if_full():
            super().receive_data_chunk(raw_data, start)

    def file_complete(self, file_size: int) -> Any:
        with self._refused_if_full():
            uploaded: Any = super().file_complete(file_size)
        uploaded.sha256 = self.digest.hexdigest()
        return uploaded

    @contextmanager
    def _refused_if_full(self) -> Iterator[None]:
        try:
            with full_disk_is_no_room():
                yield
        except NoRoom:
            self._refuse(NO_ROOM)

    def _refuse(self, reason: str) -> NoReturn:
        # What could not be written is tried once more here; the file goes all the same.
        with suppress(AttributeError, OSError):
            self.file.close()
        # Django would go on looking for boundaries in what nobody wants.
        while self.body.read(PIECE):
            pass
        if self.request is not None:
            self.request.upload_refused = reason  # type: ignore[attr-defined]
        raise StopUpload(connection_reset=False)
