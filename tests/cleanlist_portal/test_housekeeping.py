from __future__ import annotations

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.utils import timezone

from cleanlist_portal.housekeeping import forget_old_sign_ins


def test_it_forgets_sessions_that_have_ended(bob_client, alice_client):
    past = timezone.now() - timedelta(days=1)
    ended = bob_client.session.session_key
    Session.objects.filter(pk=ended).update(expire_date=past)
    forget_old_sign_ins()
    left = [session.pk for session in Session.objects.all()]
    assert left == [alice_client.session.session_key]
