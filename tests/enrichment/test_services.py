from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from cleanlist_api.prices import PER_LEAD
from enrichment import services
from enrichment.models import EnrichmentType, Workflow

pytestmark = pytest.mark.django_db


def started(workflow_id: str = "bulk-enrich-1", **values: object) -> Workflow:
    values = {
        "list_id": "l1",
        "enrichment_type": "full",
        "total": 100,
        "credits_reserved": 1100,
        **values,
    }
    return services.track(workflow_id, **values)


def test_it_remembers_a_started_workflow():
    workflow = started()

    assert (workflow.status, workflow.total, workflow.credits_reserved) == (
        "pending",
        100,
        1100,
    )
    assert not workflow.is_over


def test_it_remembers_a_workflow_once_however_often_told():
    first = started()
    first.processed = 40
    first.save()

    again = started(total=7, credits_reserved=0)

    assert Workflow.objects.count() == 1
    assert (again.processed, again.total) == (40, 100)


def test_it_gives_a_new_workflow_three_seconds_before_the_first_look(time_machine):
    time_machine.move_to(datetime(2026, 6, 3, 10, tzinfo=UTC), tick=False)

    workflow = started()

    assert (workflow.next_poll_at - timezone.now()).total_seconds() == 3


def test_it_adds_up_workflows_in_one_query(django_assert_num_queries):
    now = timezone.now()
    started("a")
    Workflow.objects.filter(workflow_id="a").update(
        processed=60,
        emails_found=50,
        phones_found=20,
        credits_charged=250,
        credits_refunded=850,
        status="completed",
        ended_at=now,
    )
    started("b", total=50, credits_reserved=50)
    started("c", total=10, credits_reserved=10)
    Workflow.objects.filter(workflow_id="c").update(status="failed", ended_at=now)

    with django_assert_num_queries(1):
        total = services.sums(Workflow.objects.all())

    assert total == services.EnrichmentSums(
        workflows=3,
        open=1,
        unhappy=1,
        total=160,
        processed=60,
        emails_found=50,
        phones_found=20,
        reserved=1160,
        charged=250,
        refunded=850,
    )


def test_it_adds_up_nothing_to_zeros_that_are_over():
    nothing = services.sums(Workflow.objects.none())

    assert nothing == services.EnrichmentSums()
    assert nothing.is_over


@pytest.mark.parametrize(
    ("enrichment_type", "credits"),
    [("off", 0), ("partial", 500), ("phone_only", 5000), ("full", 5500)],
)
def test_it_knows_the_most_an_enrichment_costs(enrichment_type, credits):
    assert services.most_credits(500, enrichment_type) == credits


def test_it_has_a_price_for_every_type_but_off():
    assert set(PER_LEAD) == set(EnrichmentType.values) - {"off"}


@pytest.mark.parametrize(
    ("enrichment_type", "rows"), [("off", 0), ("partial", 9), ("phone_only", 4), ("full", 3)]
)
def test_it_knows_who_has_what_an_enrichment_would_find(enrichment_type, rows):
    given = {"email": 9, "phone": 4, "both": 3}
    assert services.already_given(given, enrichment_type) == rows
