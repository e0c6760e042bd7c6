from __future__ import annotations

from datetime import timedelta

import pytest
import responses
from django.utils import timezone

from enrichment import polls, services
from enrichment.models import Workflow

pytestmark = pytest.mark.django_db
URL = "https://api.example.com/v2"


@pytest.fixture
def api(settings):
    settings.CLEANLIST_API_URL, settings.CLEANLIST_API_KEY = URL, "clapi_test"
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def due(workflow_id: str = "w1", **values: object) -> Workflow:
    workflow = services.track(
        workflow_id, list_id="l1", enrichment_type="full", total=10, credits_reserved=110
    )
    values = {"next_poll_at": timezone.now() - timedelta(seconds=1), **values}
    Workflow.objects.filter(pk=workflow.pk).update(**values)
    return Workflow.objects.get(pk=workflow.pk)


def says(api: responses.RequestsMock, workflow_id: str = "w1", **reply: object) -> None:
    body = {"workflow_id": workflow_id, "status": "running", **reply}
    api.get(f"{URL}/enrichment/status/{workflow_id}", json=body)


def refuses(api: responses.RequestsMock, status: int, code: str, workflow_id="w1") -> None:
    error = {"code": code, "problem": "Not today.", "retryable": False, "request_id": "req_1"}
    api.get(f"{URL}/enrichment/status/{workflow_id}", json={"error": error}, status=status)


def test_it_stores_how_far_a_running_workflow_is(api):
    workflow = due()
    summary = {"emails_found": 4, "phones_found": 2}
    says(api, total=10, processed=6, completed=5, failed=1, summary=summary)

    assert polls.poll_due() == 1

    workflow.refresh_from_db()
    assert (workflow.status, workflow.processed, workflow.completed, workflow.failed) == (
        "running",
        6,
        5,
        1,
    )
    assert (workflow.emails_found, workflow.phones_found) == (4, 2)
    assert not workflow.is_over
    assert workflow.next_poll_at > timezone.now()


def test_it_keeps_what_the_api_leaves_out(api):
    workflow = due(processed=3)
    says(api)

    polls.poll_due()

    workflow.refresh_from_db()
    assert (workflow.total, workflow.processed) == (10, 3)


def test_it_settles_a_workflow_that_is_over(api):
    workflow = due()
    says(api, status="completed", processed=10, credits_charged=70, credits_refunded=40)

    polls.poll_due()

    workflow.refresh_from_db()
    assert workflow.is_over and not workflow.is_unhappy
    assert (workflow.credits_charged, workflow.credits_refunded) == (70, 40)


@pytest.mark.parametrize(("charged", "back"), [(70, 40), (110, 0), (120, 0)])
def test_it_works_out_what_came_back_when_the_api_does_not_say(api, charged, back):
    workflow = due()
    says(api, status="completed", credits_charged=charged, credits_refunded=None)

    polls.poll_due()

    workflow.refresh_from_db()
    assert (workflow.credits_charged, workflow.credits_refunded) == (charged, back)


def test_it_leaves_credits_unknown_when_the_api_tells_neither(api):
    workflow = due()
    says(api, status="cancelled")

    polls.poll_due()

    workflow.refresh_from_db()
    assert workflow.is_over
    assert (workflow.credits_charged, workflow.credits_refunded) == (None, None)


def test_it_keeps_the_refund_message_word_for_word(api):
    workflow = due()
    message = "Refund <under review>; we'll write within 2 days."
    says(
        api,
        status="failed",
        credits_charged=30,
        refund_status="pending_review",
        refund_message=message,
    )

    polls.poll_due()

    workflow.refresh_from_db()
    assert workflow.is_unhappy
    assert (workflow.refund_status, workflow.refund_message) == ("pending_review", message)


def test_it_takes_a_status_it_does_not_know_for_running(api):
    workflow = due()
    says(api, status="reticulating")

    polls.poll_due()

    workflow.refresh_from_db()
    assert workflow.status == "reticulating"
    assert not workflow.is_over


def test_it_looks_at_nothing_that_is_over_or_not_due(api):
    due("over", ended_at=timezone.now())
    due("later", next_poll_at=timezone.now() + timedelta(seconds=5))

    assert polls.poll_due() == 0
    assert len(api.calls) == 0


def test_it_looks_first_at_the_one_looked_at_longest_ago(api):
    now = timezone.now()
    for name, seconds in {"recent": 10, "oldest": 90, "old": 40}.items():
        due(name, last_polled_at=now - timedelta(seconds=seconds))
        says(api, name)

    polls.poll_due(limit=2)

    assert [call.request.url.rsplit("/", 1)[1] for call in api.calls] == ["oldest", "old"]


def test_it_leaves_a_workflow_that_another_worker_has_claimed(api):
    workflow = due()
    says(api)
    stale = Workflow.objects.get(pk=workflow.pk)
    assert polls._claim(workflow)

    assert not polls._claim(stale)


@pytest.mark.parametrize(("status", "code"), [(503, "unavailable"), (401, "unauthorized")])
def test_it_stops_the_round_when_the_api_does_not_answer(api, status, code):
    first, second = due("a"), due("b")
    refuses(api, status, code, "a")

    assert polls.poll_due() == 0

    assert len(api.calls) == 1
    for workflow in (first, second):
        workflow.refresh_from_db()
        assert (workflow.poll_failures, workflow.is_over) == (0, False)


def test_it_waits_as_long_as_the_api_asks(api):
    workflow = due()
    api.get(
        f"{URL}/enrichment/status/w1",
        json={"error": {"code": "rate_limited", "problem": "Slow down.", "retryable": True}},
        status=429,
        headers={"Retry-After": "30"},
    )

    polls.poll_due()

    workflow.refresh_from_db()
    assert workflow.next_poll_at > timezone.now() + timedelta(seconds=25)


def test_it_goes_on_to_the_next_when_one_is_not_found(api):
    lost, fine = due("a", last_polled_at=timezone.now() - timedelta(hours=1)), due("b")
    refuses(api, 404, "not_found", "a")
    says(api, "b", processed=2)

    assert polls.poll_due() == 1

    lost.refresh_from_db()
    fine.refresh_from_db()
    assert (lost.poll_failures, lost.is_over) == (1, False)
    assert fine.processed == 2


def test_it_gives_up_on_a_workflow_not_found_several_times(api):
    workflow = due(poll_failures=polls.LOOKS_BEFORE_LOST - 1, status="running")
    refuses(api, 404, "not_found")

    polls.poll_due()

    workflow.refresh_from_db()
    assert workflow.is_over and workflow.is_unhappy
    assert workflow.problem == polls.LOST
    assert workflow.credits_charged is None


def test_it_says_when_the_answers_cannot_be_read_and_keeps_looking(api):
    workflow = due(poll_failures=polls.LOOKS_BEFORE_LOST - 1)
    api.get(f"{URL}/enrichment/status/w1", json={"status": "running"})

    polls.poll_due()

    workflow.refresh_from_db()
    assert not workflow.is_over
    assert workflow.problem.startswith("The last answer could not be read")


def test_it_forgets_old_failures_once_the_api_answers(api):
    workflow = due(poll_failures=4, problem="The last answer could not be read")
    says(api)

    polls.poll_due()

    workflow.refresh_from_db()
    assert (workflow.poll_failures, workflow.problem) == (0, "")


def test_it_says_when_a_workflow_has_run_for_a_day(api):
    workflow = due(created_at=timezone.now() - timedelta(hours=25))
    says(api)

    polls.poll_due()

    workflow.refresh_from_db()
    assert workflow.problem == polls.STALE
    assert not workflow.is_over


def test_it_goes_on_when_one_workflow_breaks_the_look(api, monkeypatch, caplog):
    broken, fine = due("a", last_polled_at=timezone.now() - timedelta(hours=1)), due("b")
    says(api, "a")
    says(api, "b", processed=2)
    record = polls.record

    def record_but_one(workflow, status):
        if workflow.workflow_id == "a":
            raise ValueError("broken")
        record(workflow, status)

    monkeypatch.setattr(polls, "record", record_but_one)

    assert polls.poll_due() == 1

    fine.refresh_from_db()
    broken.refresh_from_db()
    assert fine.processed == 2
    assert broken.next_poll_at > timezone.now()
    assert "Looking at a failed" in caplog.text


@pytest.mark.parametrize(
    ("age", "seconds"),
    [(0, 3), (29, 3), (60, 6), (300, 30), (600, 60), (3600, 60), (90_000, 600)],
)
def test_it_looks_less_often_the_older_a_workflow_is(age, seconds):
    assert polls.interval(timedelta(seconds=age)) == timedelta(seconds=seconds)


def test_it_backs_off_while_looks_fail():
    young = timedelta(seconds=5)

    assert polls.interval(young, failures=1) == timedelta(seconds=6)
    assert polls.interval(young, failures=50) == timedelta(seconds=96)
