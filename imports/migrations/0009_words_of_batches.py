from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("imports", "0008_run_versions"),
    ]

    operations = [
        migrations.AlterField(
            model_name="foundlead",
            name="reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "Only this import"),
                    ("there_before", "In the list before this import"),
                    ("enriched", "Enriched since, so paid for"),
                    ("changed", "Changed since the import"),
                    ("enriching", "Its enrichment is not over"),
                    ("paid", "Paid for, and not known for whom"),
                    ("several", "Several leads fit the row"),
                    ("other_import", "Another import had the same row"),
                    ("not_shown", "Appeared after you looked"),
                ],
                default="",
                max_length=15,
            ),
        ),
        migrations.AlterField(
            model_name="readback",
            name="purpose",
            field=models.CharField(
                choices=[
                    ("evidence", "Whether rows whose outcome is unknown are in the list"),
                    ("undo", "Which leads an undo would take out"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="run",
            name="before",
            field=models.CharField(
                choices=[
                    ("not_noted", "Not noted"),
                    ("to_note", "To be noted before the first batch"),
                    ("noted", "Noted"),
                ],
                default="not_noted",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="run",
            name="pause_reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", ""),
                    ("person", "A person paused it"),
                    ("key", "The API key was refused"),
                    ("scope", "The API key lacks a right"),
                    ("credits", "Out of credits"),
                    ("spend", "The approved credits are used up"),
                    ("rejected", "The API refused two batches in a row"),
                    ("canary", "The result of the test batch is in"),
                    ("canary_failed", "The test batch did not go well"),
                    ("out_of_range", "A batch is unlike the test batch"),
                ],
                default="",
                max_length=15,
            ),
        ),
    ]
