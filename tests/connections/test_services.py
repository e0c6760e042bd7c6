from __future__ import annotations

import pytest

from cleanlist_api.budget import Lane
from cleanlist_api.errors import NotFound, NotSignedIn
from cleanlist_api.records import Balance, KeyCheck, Whoami
from connections import services
from connections.clients import client, identity_of, key_identity
from connections.models import RateBucket

pytestmark = pytest.mark.django_db


class LegacyApi:
    """A key of the older kind: it has no whoami."""

    def __init__(self, check):
        self.check = check

    def whoami(self):
        raise NotFound("No such endpoint.")

    def validate_key(self):
        return self.check


def test_it_asks_who_the_key_is(sandbox):
    reading = services.whoami()
    assert (reading.problem, reading.value.organization_id[:4]) == (None, "org_")
    assert "lists:read" in reading.value.scopes


def test_it_tells_the_budget_the_organization(sandbox):
    organization = services.whoami().value.organization_id
    own = RateBucket.objects.get(name=key_identity())
    assert own.organization == f"organization {organization}"


def test_it_asks_a_legacy_key_the_legacy_way():
    check = KeyCheck(valid=True, user_id="user_1", organization_id="org_1")
    answer = services._whoami(LegacyApi(check))
    assert answer == Whoami(organization_id="org_1", user_id="user_1")
    assert answer.is_legacy


def test_it_takes_an_invalid_legacy_key_for_not_signed_in():
    check = KeyCheck(valid=False, user_id=None, organization_id=None)
    with pytest.raises(NotSignedIn):
        services._whoami(LegacyApi(check))


def test_it_reads_the_balance_once_a_minute(sandbox):
    first, second = services.credits(), services.credits()
    assert isinstance(first.value, Balance)
    assert (second, len(sandbox.calls("credits/balance"))) == (first, 1)


def test_it_knows_the_last_balance_when_the_api_is_down(sandbox):
    known = services.credits()
    sandbox.fault("cut_before", times=9)
    reading = services.credits(refresh=True)
    assert (reading.value, reading.as_of) == (known.value, known.as_of)
    assert reading.problem is not None


def test_it_never_raises_for_a_bad_key(sandbox, settings):
    settings.CLEANLIST_API_KEY = "clapi_sandbox_nobody"
    assert isinstance(services.credits().problem, NotSignedIn)


def test_it_peeks_without_a_call(sandbox):
    assert (services.peek_whoami().value, services.peek_credits().value) == (None, None)
    assert sandbox.calls() == []


@pytest.mark.parametrize(
    ("key", "shown"),
    [("clapi_0123456789abcdef", "clapi_…cdef"), ("clapi_short", "clapi_…")],
)
def test_it_masks_the_key(settings, key, shown):
    settings.CLEANLIST_API_KEY = key
    assert services.masked_key() == shown


def test_it_gives_pages_little_patience_and_workers_more():
    assert client(Lane.PAGE)._patience.deadline == 3.0
    assert client(Lane.IMPORT)._patience.deadline == 60.0


def test_it_names_a_key_without_showing_it():
    assert "secret" not in identity_of("clapi_secret")
    assert identity_of("clapi_a") != identity_of("clapi_b")


def test_it_pays_once_for_a_call_that_was_paid_before(sandbox):
    assert services.take_slot(Lane.IMPORT) == 0.0
    services.prepaid_client(Lane.IMPORT).credits_balance()
    assert services.meter().used == 1
