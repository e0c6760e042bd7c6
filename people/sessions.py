"""Ending the sessions of one person, wherever they are signed in."""

from __future__ import annotations

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone

from people.models import Person


def end_sessions(person: Person, *, keep: str | None = None) -> int:
    """Sign the person out everywhere except in session `keep`; return how many ended.

    Reads every live session: a portal has as many as it has people.
    """
    theirs = [
        session.session_key
        for session in Session.objects.filter(expire_date__gt=timezone.now())
        if session.session_key != keep
        and session.get_decoded().get(SESSION_KEY) == str(person.pk)
    ]
    Session.objects.filter(session_key__in=theirs).delete()
    return len(theirs)
