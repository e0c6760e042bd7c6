from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps

from imports.models import Chunk, LedgerRow
from tests.imports.files import csv_of, started, undone, worked

pytestmark = pytest.mark.django_db
ledger = import_module("imports.migrations.0012_ledger_of_earlier_imports")


def lines():
    return list(LedgerRow.objects.order_by("chunk", "row").values_list("row", "key", "whole"))


def test_earlier_imports_get_their_lines(sandbox, alice, tmp_path):
    sandbox.change(list_rows=4)
    worked(started(alice, tmp_path, csv_of(6)))
    before = lines()
    LedgerRow.objects.all().delete()
    Chunk.objects.update(rows_named=0)
    ledger.fill(apps, None)
    assert lines() == before != []
    assert Chunk.objects.get().rows_named == 2


def test_rows_that_were_undone_are_not_in_the_list(sandbox, alice, tmp_path):
    undone(worked(started(alice, tmp_path, csv_of(3))), alice)
    LedgerRow.objects.all().delete()
    ledger.fill(apps, None)
    assert LedgerRow.objects.filter(is_undone=True).count() == 3


def test_a_call_with_unnamed_rows_gets_no_lines(sandbox, alice, tmp_path):
    worked(started(alice, tmp_path, csv_of(3)))
    LedgerRow.objects.all().delete()
    Chunk.objects.update(rows_imported=1, rows_skipped=2)
    ledger.fill(apps, None)
    assert not LedgerRow.objects.exists()
