"""`python -m bench.peer_site.fill LEADS`: make the database; print a session's cookie."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from bench import world


def main(number: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.peer_site.settings")
    import django

    django.setup()
    from django.conf import settings
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.test import Client

    from bench.peer_site.models import Lead

    call_command("migrate", run_syncdb=True, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    names = [field.name for field in Lead._meta.fields]
    Lead._default_manager.bulk_create(
        (
            Lead(**{name: getattr(lead, name) or "" for name in names})
            for lead in world.leads(number)
        ),
        batch_size=1_000,
    )
    client = Client()
    person: Any = User.objects.create_superuser("olga", "olga@example.com", "x")
    client.force_login(person)
    name = settings.SESSION_COOKIE_NAME
    print(json.dumps(f"{name}={client.cookies[name].value}"))


if __name__ == "__main__":
    main(int(sys.argv[1]))
