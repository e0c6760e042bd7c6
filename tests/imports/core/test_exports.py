from __future__ import annotations

from pathlib import Path

import pytest

from imports.core.outcomes import FIELDS
from tests.imports.core.exports import exports, wrong_and_missed

EXPORTS = exports()


@pytest.mark.parametrize("export", EXPORTS, ids=lambda export: export.name)
def test_no_column_of_an_export_goes_to_a_wrong_field(export):
    assert wrong_and_missed(export)[0] == []


@pytest.mark.parametrize("export", EXPORTS, ids=lambda export: export.name)
def test_no_column_of_an_export_is_missed(export):
    assert wrong_and_missed(export)[1] == []


def test_the_page_about_files_counts_the_exports():
    page = Path("docs/files.md").read_text(encoding="utf-8")
    assert f"holds {len(EXPORTS)} exports" in page


def test_the_exports_name_each_field():
    assert {field for export in EXPORTS for field in export.right if field} == set(FIELDS)
