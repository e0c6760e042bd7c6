"""Run the whole portal: sandbox (without an API key), workers and web."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from cleanlist_portal.ports import answers, is_free
from cleanlist_portal.statics import collect_if_changed
from cleanlist_portal.supervisor import Supervisor
from people.first_sign_in import create_first_sign_in

MANAGE = (sys.executable, str(settings.BASE_DIR / "manage.py"))
# Seconds until a process that does not answer counts as broken.
START_PATIENCE = 90.0
EVERY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104


class Command(BaseCommand):
    help = "Prepare the database and run sandbox, workers and web until Ctrl-C."

    def handle(self, *args: Any, **options: Any) -> None:
        _check_ports()
        _prepare()
        supervisor = Supervisor()
        supervisor.listen()
        try:
            _start(supervisor)
            _greet(supervisor)
            supervisor.run_until(lambda: False)
        except KeyboardInterrupt:
            supervisor.say("Stopping")
        finally:
            supervisor.stop()
        supervisor.say("Stopped")


def _check_ports() -> None:
    wanted = [("The portal", settings.HOST, settings.PORT, "PORT")]
    if settings.STARTS_SANDBOX:
        wanted.append(("The sandbox", "127.0.0.1", settings.SANDBOX_PORT, "SANDBOX_PORT"))
    for who, host, port, name in wanted:
        if not is_free(host, port):
            raise CommandError(
                f"{who} can't listen at {host}:{port}: something else does, or it may not. "
                f"Stop that, or choose another port: {name}={port + 10} make run"
            )


def _prepare() -> None:
    Path(settings.MEDIA_ROOT).mkdir(parents=True, exist_ok=True)
    call_command("migrate", interactive=False, verbosity=0)
    if not settings.DEBUG:
        collect_if_changed()


def _start(supervisor: Supervisor) -> None:
    if settings.STARTS_SANDBOX:
        supervisor.add("sandbox", *_sandbox_command(), stage=1)
    for number in range(1, settings.WORKERS + 1):
        supervisor.add(f"worker{number}", *MANAGE, "worker", stage=2)
    supervisor.add("web", *MANAGE, "serve", stage=3)
    if settings.STARTS_SANDBOX:
        _wait_for(supervisor, "sandbox", "127.0.0.1", settings.SANDBOX_PORT)
    _wait_for(supervisor, "web", _reachable_host(), settings.PORT)


def _sandbox_command() -> tuple[str, ...]:
    state = Path(settings.VAR_DIR, "sandbox.sqlite3")
    port, speed = str(settings.SANDBOX_PORT), str(settings.SANDBOX_SPEED)
    options = ("--port", port, "--state", str(state), "--speed", speed)
    return (sys.executable, "-m", "sandbox", *options)


def _wait_for(supervisor: Supervisor, name: str, host: str, port: int) -> None:
    if not supervisor.run_until(lambda: answers(host, port, "/healthz"), START_PATIENCE):
        raise CommandError(
            f"{name} gave no answer at {host}:{port} within {START_PATIENCE:.0f} s. "
            f"Its last lines above, marked {name}, say why. No data was changed."
        )


def _greet(supervisor: Supervisor) -> None:
    first = create_first_sign_in()
    connection.close()
    if first is not None:
        supervisor.say(f"{first.words} (shown only now; change it at /people/me)")
    host = _reachable_host()
    address = f"[{host}]" if ":" in host else host
    supervisor.say(f"The portal is at http://{address}:{settings.PORT}/ (Ctrl-C stops it)")


def _reachable_host() -> str:
    return EVERY_ADDRESS.get(settings.HOST, settings.HOST)
