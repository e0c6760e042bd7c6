"""The first step: an uploaded file becomes a run."""

from __future__ import annotations

import hashlib
import os
import shutil
import uuid
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db import DatabaseError, IntegrityError, transaction

from imports.core.outcomes import UnreadableFile
from imports.models import Again, Run
from imports.models.runs import BEFORE_START
from imports.services import mapping, storage
from imports.services.targets import Target
from people import audit
from people.models import Person


@dataclass(frozen=True)
class StoredFile:
    """A file in MEDIA_ROOT: its name there, the person's name for it, bytes, SHA-256."""

    stored_name: str
    file_name: str
    size: int
    sha256: str


def keep_upload(upload: TemporaryUploadedFile) -> StoredFile:
    """Move an upload into MEDIA_ROOT under a random name. Nothing is read or parsed."""
    stored_name = _new_name()
    shutil.move(upload.temporary_file_path(), storage.folder() / stored_name)
    sha256: str = upload.sha256  # type: ignore[attr-defined]
    return StoredFile(stored_name, _plain_name(upload.name), upload.size or 0, sha256)


def keep_copy(path: Path) -> StoredFile:
    """Copy a file of this machine into MEDIA_ROOT, a piece at a time. Raises NoRoom."""
    stored_name = _new_name()
    if not storage.has_room_for(path.stat().st_size):
        raise storage.NoRoom
    try:
        with storage.full_disk_is_no_room():
            size, sha256 = _copy(path, stored_name)
    except storage.NoRoom:
        _remove(stored_name)
        raise
    return StoredFile(stored_name, _plain_name(path.name), size, sha256)


def create_run(
    person: Person, stored: StoredFile, target: Target, *, form_nonce: str | None = None
) -> Run:
    """Make the run of a stored file and read how its head is written.

    The same `form_nonce` again (double click, Back and resubmit) gives the run made the
    first time. Raises UnreadableFile, with the stored file removed, if the head can't be
    read as a table.
    """
    if form_nonce and (made := Run.objects.filter(form_nonce=form_nonce).first()):
        _forget_file(stored)
        return made
    run = _new_run(person, stored, target, form_nonce)
    try:
        mapping.detect(run)
        return _save_once(run, stored)
    except (UnreadableFile, DatabaseError):
        # A full disk refuses the row as well: the file must not fill it on.
        _forget_file(stored)
        raise


def change_target(run: Run, target: Target) -> None:
    """Choose another list; only before the start."""
    if (run.list_id, run.list_name) == (target.list_id, target.list_name):
        return
    # What a person said of rows that are in the one list says nothing of the other.
    changes = {
        "list_id": target.list_id,
        "list_name": target.list_name,
        "again": Again.NONE,
    }
    if Run.objects.filter(pk=run.pk, state__in=BEFORE_START).update(**changes):
        run.refresh_from_db(fields=list(changes))


def _new_run(person: Person, stored: StoredFile, target: Target, nonce: str | None) -> Run:
    return Run(
        created_by=person,
        form_nonce=nonce,
        file_name=stored.file_name,
        file_size=stored.size,
        file_sha256=stored.sha256,
        stored_name=stored.stored_name,
        list_id=target.list_id,
        list_name=target.list_name,
    )


def _save_once(run: Run, stored: StoredFile) -> Run:
    try:
        with transaction.atomic():
            run.save()
            audit.record(run.created_by, "uploaded a file", run, file=run.file_name)
    except IntegrityError:
        _forget_file(stored)
        return Run.objects.get(form_nonce=run.form_nonce)
    return run


def _new_name() -> str:
    return f"{uuid.uuid4().hex}.table"


def _copy(path: Path, stored_name: str) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as source, _create(stored_name) as copy:
        while piece := source.read(1 << 20):
            digest.update(piece)
            size += len(piece)
            copy.write(piece)
    return size, digest.hexdigest()


def _create(stored_name: str) -> BinaryIO:
    path = storage.folder() / stored_name
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _plain_name(name: str | None) -> str:
    visible = "".join(c for c in (name or "") if c.isprintable() and c not in "/\\")
    return visible[-255:] or "file"


def _forget_file(stored: StoredFile) -> None:
    """Remove a file that no import names; what can't be asked is left to `prune`."""
    with suppress(DatabaseError):
        if not Run.objects.filter(stored_name=stored.stored_name).exists():
            _remove(stored.stored_name)


def _remove(stored_name: str) -> None:
    (storage.folder() / stored_name).unlink(missing_ok=True)
