from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

# The triggers that count come after the migration: imports/models/version_triggers.py.
A_VERSION_EACH = (
    "INSERT INTO imports_runversion (run_id, number) SELECT id, 1 FROM imports_run"
)


class Migration(migrations.Migration):
    dependencies = [("imports", "0007_undo_stopping")]

    operations = [
        migrations.CreateModel(
            name="RunVersion",
            fields=[
                (
                    "run",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="versioned",
                        serialize=False,
                        to="imports.run",
                    ),
                ),
                ("number", models.PositiveBigIntegerField(default=1)),
            ],
        ),
        migrations.AddField(
            model_name="chunk",
            name="version",
            field=models.PositiveBigIntegerField(default=0, editable=False),
        ),
        migrations.RunSQL(A_VERSION_EACH, migrations.RunSQL.noop),
    ]
