from __future__ import annotations

import errno
import io
import shutil
from pathlib import Path

import pytest
from django.db import OperationalError

from imports.core.outcomes import UnreadableFile
from imports.models import Again, Run, RunState
from imports.services import uploads
from imports.services.storage import RESERVE, NoRoom
from imports.services.targets import Target
from tests.imports.files import csv_of, uploaded

pytestmark = pytest.mark.django_db


def stored(settings):
    return sorted(path.name for path in Path(settings.MEDIA_ROOT).iterdir())


def keep(tmp_path, content: bytes, name: str = "leads.csv"):
    path = tmp_path / name
    path.write_bytes(content)
    return uploads.keep_copy(path)


def test_it_keeps_the_file_under_a_random_name(alice, tmp_path, settings):
    run = uploaded(alice, tmp_path, csv_of(2))
    assert stored(settings) == [run.stored_name]
    assert run.file_name == "leads.csv"


def test_it_suggests_a_mapping(alice, tmp_path):
    run = uploaded(alice, tmp_path, csv_of(2))
    assert run.mapping == {"first_name": 0, "last_name": 1, "email": 2, "company_name": 3}


def test_it_makes_one_run_of_a_form_sent_twice(alice, tmp_path, settings):
    first, second = (
        uploads.create_run(
            alice, keep(tmp_path, csv_of(2).encode()), Target("Spring"), form_nonce="n1"
        )
        for _ in range(2)
    )
    assert first.pk == second.pk
    assert stored(settings) == [first.stored_name]


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04rest of a zip", b"\x00\x01\x02\xff" * 99]
)
def test_it_keeps_nothing_of_a_file_it_cannot_read(alice, tmp_path, settings, content):
    with pytest.raises(UnreadableFile):
        uploads.create_run(alice, keep(tmp_path, content), Target("Spring"))
    assert stored(settings) == []
    assert not Run.objects.exists()


def test_it_keeps_no_file_whose_run_the_database_refused(
    alice, tmp_path, settings, monkeypatch
):
    def refuse(*args: object, **fields: object) -> None:
        raise OperationalError("database or disk is full")

    monkeypatch.setattr(Run, "save", refuse)
    with pytest.raises(OperationalError):
        uploads.create_run(alice, keep(tmp_path, csv_of(2).encode()), Target("Spring"))
    assert stored(settings) == []


def test_it_copies_nothing_onto_a_full_disk(tmp_path, settings, monkeypatch):
    usage = shutil.disk_usage(tmp_path)._replace(free=RESERVE)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    with pytest.raises(NoRoom):
        keep(tmp_path, b"First name\n")
    assert stored(settings) == []


def test_it_leaves_no_half_of_a_copy_on_a_full_disk(tmp_path, settings, monkeypatch):
    class Full(io.BytesIO):
        def write(self, piece: object) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    def create(name: str) -> Full:
        (Path(settings.MEDIA_ROOT) / name).touch()
        return Full()

    monkeypatch.setattr(uploads, "_create", create)
    with pytest.raises(NoRoom):
        keep(tmp_path, b"First name\n")
    assert stored(settings) == []


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "a\r\nSet-Cookie: x.csv", "x" * 300 + ".csv", "\x00.csv"]
)
def test_it_shows_a_hostile_name_harmlessly(name):
    plain = uploads._plain_name(name)
    assert plain.isprintable()
    assert len(plain) <= 255
    assert "/" not in plain


def test_another_list_asks_anew_what_goes_again(alice, tmp_path):
    run = uploaded(alice, tmp_path, csv_of(2))
    Run.objects.update(again=Again.ALL)
    uploads.change_target(run, Target("Autumn"))
    run.refresh_from_db()
    assert (run.list_name, run.again) == ("Autumn", Again.NONE)


def test_it_keeps_the_list_of_an_import_that_began_meanwhile(alice, tmp_path):
    run = uploaded(alice, tmp_path, csv_of(2))
    Run.objects.update(state=RunState.SENDING)
    uploads.change_target(run, Target("Autumn"))
    assert Run.objects.get().list_name == "Spring"
