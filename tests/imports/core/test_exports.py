from __future__ import annotations

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


def test_the_exports_are_many_and_name_each_field():
    assert len(EXPORTS) >= 30
    assert {field for export in EXPORTS for field in export.right if field} == set(FIELDS)
