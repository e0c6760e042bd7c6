from __future__ import annotations

from django.db import migrations
from django.db.models import Count, Q

from imports.services.ledger import line_of, rows_of


def fill(apps, schema_editor):
    """What earlier imports have told: skipped rows with a number, and rows that went in."""
    Chunk = apps.get_model("imports", "Chunk")
    done = Chunk.objects.filter(state="done").annotate(
        known=Count("problemrow", filter=Q(problemrow__source="api"))
    )
    for chunk in done.select_related("body").iterator(chunk_size=10):
        named = min(chunk.known, chunk.rows_skipped)
        Chunk.objects.filter(pk=chunk.pk).update(rows_named=named)
        if hasattr(chunk, "body") and named == chunk.rows_skipped:
            fill_from(apps, chunk)


def fill_from(apps, chunk):
    LedgerRow = apps.get_model("imports", "LedgerRow")
    FoundLead = apps.get_model("imports", "FoundLead")
    skipped = set(chunk.problemrow_set.values_list("row", flat=True))
    out = FoundLead.objects.filter(chunk_id=chunk.pk).exclude(removed_at=None)
    undone = set(out.values_list("row", flat=True))
    LedgerRow.objects.bulk_create(
        LedgerRow(
            run_id=chunk.run_id,
            chunk_id=chunk.pk,
            is_undone=row in undone,
            **line_of(row, values)._asdict(),
        )
        for row, values in rows_of(chunk)
        if row not in skipped
    )


class Migration(migrations.Migration):
    dependencies = [("imports", "0011_row_ledger")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
