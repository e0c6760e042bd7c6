from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from people import services
from people.models import AuditEntry, Role
from tests.cast import signed_in


def trail() -> list[str]:
    return [str(entry) for entry in AuditEntry.objects.all()]


def test_it_adds_a_person_with_a_one_time_password(ada):
    dora, password = services.add_person(ada, "dora", "dora@example.com", Role.OPERATOR)
    assert dora.check_password(password)
    assert (
        timedelta(days=2) < dora.one_time_password_until - timezone.now() < timedelta(days=3)
    )


def test_it_writes_who_added_whom(ada):
    services.add_person(ada, "dora", "", Role.OPERATOR)
    assert trail() == ["ada added person dora"]
    assert AuditEntry.objects.get().detail == {"role": "operator"}


def test_it_keeps_passwords_out_of_the_trail(ada, bob):
    password = services.renew_password(ada, bob)
    assert password not in str(list(AuditEntry.objects.values()))


def test_a_new_password_ends_all_sessions(ada, bob, bob_client):
    services.renew_password(ada, bob)
    assert bob_client.get("/people/me").status_code == 302


def test_it_changes_a_role(ada, bob):
    services.change_role(ada, bob, Role.OPERATOR)
    bob.refresh_from_db()
    assert bob.role == "operator"
    assert AuditEntry.objects.get().detail == {"before": "viewer", "after": "operator"}


def test_the_only_admin_stays_admin(ada):
    with pytest.raises(services.LastAdminError):
        services.change_role(ada, ada, Role.VIEWER)


def test_the_only_admin_stays_active(ada, bob):
    with pytest.raises(services.LastAdminError):
        services.deactivate(ada, ada)
    assert trail() == []


def test_one_of_two_admins_may_go(ada, bob):
    services.change_role(ada, bob, Role.ADMIN)
    services.deactivate(bob, ada)
    ada.refresh_from_db()
    assert not ada.is_active


def test_deactivating_ends_the_sessions_at_once_and_for_good(ada, bob, bob_client):
    services.deactivate(ada, bob)
    assert bob_client.get("/people/me").status_code == 302
    services.reactivate(ada, bob)
    assert bob_client.get("/people/me").status_code == 302


def test_a_reactivated_person_signs_in_again(ada, charlie):
    services.reactivate(ada, charlie)
    assert signed_in(charlie).get("/people/me").status_code == 200


def test_an_own_password_ends_the_one_time_one(bob):
    bob.one_time_password_until = timezone.now()
    services.choose_password(bob, "a better secret", None)
    bob.refresh_from_db()
    assert bob.check_password("a better secret")
    assert not bob.has_one_time_password


def test_signing_out_elsewhere_keeps_this_session_and_everybody_elses(
    alice, bob, alice_client
):
    here, there = signed_in(bob), signed_in(bob)
    assert services.sign_out_elsewhere(bob, here.session.session_key) == 1
    statuses = [c.get("/people/me").status_code for c in (here, there, alice_client)]
    assert statuses == [200, 302, 200]
