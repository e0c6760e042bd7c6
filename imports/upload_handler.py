"""Takes an uploaded file straight to disk, bounded, hashing it on the way."""

from __future__ import annotations

import hashlib
from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler

PIECE = 1 << 20


class BoundedUploadHandler(TemporaryFileUploadHandler):
    """Stops at `UPLOAD_MAX_BYTES`: no file then, and `request.upload_too_large` is true.

    The rest of an oversized body is read and dropped, so that the browser gets its answer.
    """

    def handle_raw_input(self, input_data: Any, *args: Any, **kwargs: Any) -> None:
        self.body = input_data

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.seen = 0
        self.digest = hashlib.sha256()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.seen += len(raw_data)
        if self.seen > settings.UPLOAD_MAX_BYTES:
            self._drop()
        self.digest.update(raw_data)
        super().receive_data_chunk(raw_data, start)

    def file_complete(self, file_size: int) -> Any:
        uploaded: Any = super().file_complete(file_size)
        uploaded.sha256 = self.digest.hexdigest()
        return uploaded

    def _drop(self) -> None:
        self.file.close()
        # Django would go on looking for boundaries in what nobody wants.
        while self.body.read(PIECE):
            pass
        if self.request is not None:
            self.request.upload_too_large = True  # type: ignore[attr-defined]
        raise StopUpload(connection_reset=False)
