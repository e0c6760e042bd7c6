from __future__ import annotations

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.core.checks import Tags, register


class PeopleConfig(AppConfig):
    name = "people"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from axes.signals import user_locked_out

        from people import audit, checks

        register(checks.check_access_marks, Tags.security)
        user_logged_in.connect(audit.note_sign_in)
        user_logged_out.connect(audit.note_sign_out)
        user_locked_out.connect(audit.note_lock_out)
