from __future__ import annotations

import pytest

from cleanlist_portal.statics import collect_if_changed


@pytest.fixture
def sheet(settings, tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    settings.STATICFILES_DIRS = [source]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATIC_ROOT = str(tmp_path / "collected")
    backend = "whitenoise.storage.CompressedManifestStaticFilesStorage"
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": backend}}
    sheet = source / "page.css"
    sheet.write_text("body { color: CanvasText }\n" * 50)
    return sheet


def test_it_collects_hashed_and_compressed_files_once(sheet, tmp_path):
    assert [collect_if_changed(), collect_if_changed()] == [True, False]
    names = {path.suffix for path in (tmp_path / "collected").glob("page.*.css*")}
    assert names == {".css", ".gz"}


def test_it_collects_again_when_a_file_has_changed(sheet):
    collect_if_changed()
    sheet.write_text("body { color: red }")
    assert collect_if_changed()
