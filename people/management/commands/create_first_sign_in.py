"""Make the first admin of a new portal."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from people.first_sign_in import create_first_sign_in


class Command(BaseCommand):
    help = "Make an admin if there is nobody yet, and show the password once."

    def handle(self, *args: Any, **options: Any) -> None:
        made = create_first_sign_in()
        self.stdout.write(made.words if made else "There are people already; nothing to do.")
