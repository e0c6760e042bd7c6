from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cleanlist_api import errors
from cleanlist_api.refusals import QUOTE_CODES, clean, error_from, seconds_from

NOW = datetime(2026, 6, 1, 12, 0, 0, tzinfo=UTC)


def refusal(status, payload=None, headers=None, *, is_write=False):
    return error_from(status, headers or {}, payload, is_write=is_write, now=NOW)


def envelope(code, **more):
    return {"error": {"code": code, "problem": "A problem.", "retryable": False, **more}}


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (301, errors.BadReply),
        (400, errors.Rejected),
        (401, errors.NotSignedIn),
        (402, errors.OutOfCredits),
        (403, errors.NotAllowed),
        (404, errors.NotFound),
        (409, errors.Conflict),
        (413, errors.TooLarge),
        (418, errors.Rejected),
        (422, errors.Rejected),
        (429, errors.Busy),
        (500, errors.ServerFault),
        (502, errors.ServerFault),
        (503, errors.Busy),
        (504, errors.ServerFault),
        (599, errors.ServerFault),
    ],
)
def test_it_makes_one_kind_of_each_status(status, kind):
    assert type(refusal(status)) is kind


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "insufficient_credits", errors.OutOfCredits),
        (403, "list_protected", errors.ListProtected),
        (400, "missing_column", errors.MissingColumn),
        *[(400, code, errors.QuoteRefused) for code in sorted(QUOTE_CODES)],
        (409, "quote_used", errors.QuoteRefused),
        (500, "list_protected", errors.ServerFault),
    ],
)
def test_it_reads_the_kind_from_the_code(status, code, kind):
    assert type(refusal(status, envelope(code))) is kind


def test_it_keeps_what_the_envelope_says():
    error = refusal(
        403,
        envelope(
            "insufficient_scope",
            fix="Ask for it.",
            request_id="req_0123",
            details={"required": ["lists:write"], "granted": []},
        ),
    )
    assert (error.problem, error.fix, error.request_id) == (
        "A problem.",
        "Ask for it.",
        "req_0123",
    )
    assert error.details["required"] == ["lists:write"]


def test_it_reads_the_legacy_shape():
    assert refusal(402, {"detail": "Insufficient credits"}).problem == "Insufficient credits"


def test_it_reads_fastapis_fields():
    payload = {
        "detail": [{"loc": ["body", "name"], "msg": "Field required", "type": "missing"}]
    }
    assert refusal(422, payload).fields == {"name": "Field required"}


@pytest.mark.parametrize(
    "payload",
    [None, [], "text", 7, {"error": "text"}, {"error": {"code": 5, "retryable": "yes"}}],
)
def test_it_makes_sense_of_any_body(payload):
    assert refusal(400, payload).problem


def test_it_lets_the_api_decide_what_is_retryable():
    assert refusal(409, envelope("busy", retryable=True)).retryable
    assert not refusal(503, envelope("off", retryable=False)).retryable
    assert refusal(503).retryable


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        ("0", 0.0),
        ("2.5", 2.5),
        ("-1", None),
        ("soon", None),
        ("", None),
        ("nan", None),
        ("inf", None),
        ("86400", 86_400.0),
        ("9999999", 86_400.0),
        ("Mon, 01 Jun 2026 12:00:30 GMT", 30.0),
        ("Mon, 01 Jun 2026 11:00:00 GMT", 0.0),
        ("Mon, 99 Jun 2026 12:00:30 GMT", None),
    ],
)
def test_it_reads_retry_after(header, seconds):
    assert seconds_from(header, NOW) == seconds


@pytest.mark.parametrize(
    ("ms", "header", "seconds"),
    [
        (1500, "2", 2.0),
        (4000, "2", 4.0),
        (None, "3", 3.0),
        (-5, None, None),
        (True, None, None),
    ],
)
def test_it_takes_the_longer_wait(ms, header, seconds):
    headers = {"Retry-After": header} if header else {}
    assert refusal(429, envelope("rate", retry_after_ms=ms), headers).retry_after == seconds


@pytest.mark.parametrize(
    ("status", "payload", "unknown"),
    [
        (500, envelope("fault"), True),
        (302, None, True),
        (503, None, True),
        (503, envelope("disabled"), False),
        (408, None, True),
        (408, envelope("slow"), False),
        (429, None, False),
        (400, None, False),
        (409, None, False),
    ],
)
def test_it_knows_when_a_write_may_have_happened(status, payload, unknown):
    assert refusal(status, payload, is_write=True).outcome_unknown is unknown
    assert refusal(status, payload, is_write=False).outcome_unknown is False


def test_it_never_repeats_a_key():
    said = "The key clapi_abc-DEF_123 is wrong"
    assert "abc" not in refusal(401, {"detail": said}).problem


def test_it_cleans_text_from_outside():
    assert clean("a\r\n\x1b[31mb" + "x" * 900).startswith("a [31mb")
    assert len(clean("x" * 900)) == 500
