from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("jobs", "0002_worker_got_on"),
    ]

    operations = [
        migrations.DeleteModel(name="LeasedTask"),
        migrations.DeleteModel(name="Lease"),
        migrations.RenameModel(old_name="Turn", new_name="Schedule"),
    ]
