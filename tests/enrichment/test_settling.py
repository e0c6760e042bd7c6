"""A workflow from quote to settled credits, against the sandbox."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from cleanlist_api.budget import Lane
from cleanlist_api.records import CsvUpload
from connections.services import client
from enrichment import services
from enrichment.models import Workflow

pytestmark = pytest.mark.django_db
ROWS = 12


def start_enrichment(sandbox, enrichment_type: str) -> Workflow:
    sandbox.speed(0)
    list_id = sandbox.make_list("Fresh")
    api = client(Lane.IMPORT)
    quote = services.quote_import(api, list_id, ROWS, enrichment_type)
    rows = "".join(f"Jane,Doe{n},Acme\n" for n in range(ROWS))
    upload = CsvUpload(
        csv=f"first_name,last_name,company_name\n{rows}".encode(),
        column_mapping={f: f for f in ("first_name", "last_name", "company_name")},
        dispatch_enrichment=True,
        enrichment_type=enrichment_type,
        quote_id=quote.quote_id,
        idempotency_key="key-1",
    )
    result = api.import_csv(list_id, upload)
    return services.track(
        result.workflow_id or "",
        list_id=list_id,
        enrichment_type=enrichment_type,
        total=result.rows_imported,
        credits_reserved=quote.estimated_cost,
    )


def look(workflow: Workflow) -> Workflow:
    Workflow.objects.update(next_poll_at=timezone.now() - timedelta(seconds=1))
    assert services.poll_due(5) == 1
    return Workflow.objects.get(pk=workflow.pk)


@pytest.mark.parametrize("enrichment_type", ["partial", "phone_only", "full"])
def test_it_quotes_the_most_an_import_can_cost(sandbox, enrichment_type):
    api = client(Lane.IMPORT)

    quote = services.quote_import(api, sandbox.make_list("Q"), 50, enrichment_type)

    assert quote.estimated_cost == services.most_credits(50, enrichment_type)
    assert quote.row_count == 50


def test_it_ends_with_the_credits_the_api_took(sandbox):
    workflow = start_enrichment(sandbox, "full")
    assert not look(workflow).is_over

    sandbox.advance(3600)
    ended = look(workflow)

    [charged] = sandbox.ledger("credits_charged")
    assert ended.is_over and ended.status == "completed"
    assert (ended.processed, ended.total) == (ROWS, ROWS)
    assert ended.credits_charged == charged["credits"]
    assert ended.credits_charged + ended.credits_refunded == ended.credits_reserved
    assert ended.credits_reserved == services.most_credits(ROWS, "full")


def test_it_says_what_a_failed_workflow_cost(sandbox):
    workflow = start_enrichment(sandbox, "partial")
    sandbox.end_workflow(workflow.workflow_id, "failed")

    ended = look(workflow)

    assert ended.is_over and ended.is_unhappy
    assert ended.refund_status
