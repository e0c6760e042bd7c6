"""`python -m bench.peer_site.imports bulk|default FILE`: bring a file of leads in as
django-import-export does, a dry run first; print the seconds of processor time.

Runs where the peers are installed. "bulk" is its fastest: no comparison, no look for rows
that are there already, 1,000 rows an insert. "default" finds each row by its e-mail.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.peer_site.settings")


def main(mode: str, path: Path) -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from import_export.resources import modelresource_factory
    from tablib import Dataset

    from bench.peer_site.models import Contact

    call_command("migrate", run_syncdb=True, verbosity=0)
    fast = {"use_bulk": True, "batch_size": 1_000, "skip_diff": True, "skip_html_diff": True}
    options = fast | {"force_init_instance": True} if mode == "bulk" else {}
    meta = {"import_id_fields": ("email",), "exclude": ("id",)} | options
    resource = modelresource_factory(Contact, meta_options=meta)()
    started = time.process_time()
    rows = Dataset().load(path.read_text(encoding="utf-8"), format="csv")
    rows.headers = [_field(name) for name in rows.headers]
    for dry_run in (True, False):
        result = resource.import_data(rows, dry_run=dry_run)
        assert not result.has_errors(), result.row_errors()[:1]
    seconds = time.process_time() - started
    assert Contact._default_manager.exists()
    print(json.dumps(seconds))


def _field(name: str) -> str:
    return name.lower().replace("person ", "").replace(" ", "_")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
