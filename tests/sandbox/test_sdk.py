"""The official SDK drives the sandbox: every method of the groups it serves."""

from __future__ import annotations

import base64

import pytest
from cleanlist_ai import Cleanlist, exceptions, models

from tests.live_sandbox import OWNER
from tests.sandbox.conftest import people


@pytest.fixture
def sdk(sandbox):
    with Cleanlist(OWNER, host=sandbox.origin) as client:
        yield client


def csv_request(rows, **more):
    body = base64.b64encode(people(rows).encode()).decode()
    return models.CsvImportRequest(
        csv_content_base64=body, column_mapping={"email": "email"}, **more
    )


def estimate(sdk, **wish):
    return sdk.workspace.credits_estimate(models.EstimateCostRequest(**wish))


def test_it_serves_the_workspace(sdk):
    assert sdk.workspace.whoami().organization_name == "Harbor & Pine"
    assert sdk.workspace.credits_balance().credits == 120_400
    assert estimate(sdk, tool="enrich_list", row_count=3).estimated_cost == 3
    assert sdk.workspace.list_api_keys().keys[0].key_prefix == "clapi_"
    assert sdk.workspace.usage_report(days=7, group_by="tool").total_calls == 4


def test_it_serves_the_life_of_a_list(sdk):
    made = sdk.lead_lists.create_list(models.CreateListRequest(name="From the SDK"))
    assert made.reused is False
    change = models.PublicLeadListUpdate(description="Changed")
    assert sdk.lead_lists.update_list(made.list_id, change).description == "Changed"
    assert sdk.lead_lists.get_list(made.list_id).lead_count == 0
    assert sdk.lead_lists.list_lists(limit=2).total == 6
    assert sdk.lead_lists.delete_list(made.list_id).deleted is True
    with pytest.raises(exceptions.NotFoundException):
        sdk.lead_lists.get_list(made.list_id)


def test_it_parses_a_reused_list_only_from_a_201(sandbox, sdk):
    wish = models.CreateListRequest(name="Empty test list")
    assert sdk.lead_lists.create_list(wish) is None
    sandbox.change(reuse_status=201)
    assert sdk.lead_lists.create_list(wish).reused is True


def test_it_serves_the_leads_of_a_list(sandbox, sdk, empty):
    source = sandbox.list_id("Q3 Outbound – Fintech VPs")
    page = sdk.lead_lists.list_leads_in_list(source, limit=5)
    ids = [lead.lead_id for lead in page.leads]
    by_ids = models.Body(models.AddByLeadIds(lead_ids=ids))
    assert sdk.lead_lists.add_leads_to_list(empty, by_ids).added == 5
    cohort = models.Body(models.AddByCohort(task_id=page.task_id))
    assert sdk.lead_lists.add_leads_to_list(empty, cohort).skipped_duplicates == 5
    wish = models.RemoveLeadsRequest(lead_ids=ids[:2])
    assert sdk.lead_lists.remove_leads_from_list(empty, wish).removed == 2


def test_it_serves_the_import(sandbox, sdk, empty):
    wish = csv_request(20, enrichment_type="full", idempotency_key="sdk-1")
    done = sdk.lead_lists.csv_import(empty, wish)
    assert (done.rows_imported, done.idempotency_replayed) == (20, False)
    assert sdk.lead_lists.csv_import(empty, wish).idempotency_replayed is True
    assert sdk.enrichment.enrichment_status(done.workflow_id).total == 20
    sandbox.advance(60)
    assert sdk.enrichment.enrichment_status(done.workflow_id).status == "completed"


def test_it_serves_person_and_company(sandbox, sdk, empty):
    wish = models.EnrichPersonRequest(
        lead_list_id=empty, email="ada@example.com", enrichment_type="full"
    )
    started = sdk.enrichment.enrich_person(wish)
    assert started.credits_reserved == 11
    sandbox.advance(60)
    result = sdk.enrichment.enrichment_status(started.workflow_id).result
    assert result.email == "ada@example.com"
    company = models.EnrichCompanyRequest(domain="kestrel.example.com")
    assert sdk.enrichment.enrich_company(company).company.domain == "kestrel.example.com"


def test_it_serves_a_list_and_a_cohort(sandbox, sdk, empty):
    source = sandbox.list_id("Q3 Outbound – Fintech VPs")
    quote = estimate(sdk, tool="enrich_list", list_id=source, scope="phone-only")
    wish = models.EnrichListRequest(
        list_id=source, scope="phone-only", quote_id=quote.quote_id
    )
    assert sdk.enrichment.enrich_list(wish).credits_reserved == 120
    task_id = sdk.lead_lists.list_leads_in_list(source).task_id
    points = {"task_id": task_id, "data_points": ["Email"]}
    quote = estimate(sdk, tool="add_person_enrichments", **points)
    wish = models.EnrichByTaskRequest(**points, lead_list_id=empty, quote_id=quote.quote_id)
    assert sdk.enrichment.enrich_by_task(wish).total_entities == 12


def test_it_serves_the_exports(sandbox, sdk):
    source = sandbox.list_id("Q3 Outbound – Fintech VPs")
    made = sdk.export.export_csv(models.ExportCsvRequest(list_id=source))
    assert made.row_count == 12
    page = sdk.export.export_json(source, limit=5, columns=["email", "title"])
    assert len(page.leads) == 5
    assert page.cursor


def test_it_raises_the_sdks_own_exceptions(sdk, empty):
    with pytest.raises(exceptions.BadRequestException):
        sdk.lead_lists.list_lists(cursor="50")
    with pytest.raises(exceptions.ApiException) as caught:
        sdk.lead_lists.csv_import(empty, csv_request(601, dispatch_enrichment=False))
    assert caught.value.status == 413
