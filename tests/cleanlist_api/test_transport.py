from __future__ import annotations

import contextlib
import gzip
import time
import traceback

import pytest
import responses
import stamina

from cleanlist_api import errors
from cleanlist_api.budget import Lane, Unlimited
from cleanlist_api.transport import LARGEST_REPLY, PAGE, WORKER, Call, Patience, Transport
from tests.cleanlist_api.wire import reply, wire

BASE = "https://api.example.com/api/v1/public"
KEY = "clapi_very-secret-0123456789"
# An attempt has LEAST_SECONDS, 0.5 s, to itself: no call ends sooner.
QUICK = Patience(attempts=3, deadline=0.5)


class Clock:
    """Time that passes only when somebody sleeps."""

    def __init__(self, monkeypatch):
        self.now = 1000.0
        self.slept = []
        # The retry library sleeps through time.sleep.
        monkeypatch.setattr(time, "sleep", self.sleep)

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds

    def __call__(self):
        return self.now


class Queue(Unlimited):
    """A budget that says what it is told, then yes."""

    def __init__(self, *waits):
        self.waits = list(waits)
        self.taken = []
        self.held = []

    def take(self, lane):
        wait = self.waits.pop(0) if self.waits else 0.0
        if not wait:
            self.taken.append(lane)
        return wait

    def hold(self, seconds):
        self.held.append(seconds)


@pytest.fixture
def clock(monkeypatch):
    with stamina.set_testing(False):
        yield Clock(monkeypatch)


def read(patience=WORKER, lane=Lane.POLL):
    return Call("GET", "/lead-lists", lane, patience)


def write(*, repeatable, patience=WORKER):
    return Call(
        "POST",
        "/lead-lists",
        Lane.IMPORT,
        patience,
        body={},
        is_write=True,
        repeatable=repeatable,
    )


def transport(clock, budget=None, base=BASE):
    return Transport(
        base, KEY, budget or Unlimited(), sleep=clock.sleep, clock=clock, chance=lambda: 0.0
    )


def serve(*answers):
    """Answer the calls one after another: a status, or (status, keyword arguments)."""
    for answer in answers:
        status, known = answer if isinstance(answer, tuple) else (answer, {})
        known.setdefault("json", {"total": 1})
        responses.add(responses.GET, f"{BASE}/lead-lists", status=status, **known)
        responses.add(responses.POST, f"{BASE}/lead-lists", status=status, **known)


@contextlib.contextmanager
def serving(answer):
    """A server that says the same bytes to everyone."""
    with wire(lambda connection: connection.sendall(answer)) as (base, _):
        yield base


@responses.activate
def test_it_sends_the_key_as_a_bearer(clock):
    serve(200)
    transport(clock).send(read())
    assert responses.calls[0].request.headers["Authorization"] == f"Bearer {KEY}"


@responses.activate
def test_it_hands_the_request_id_on(clock):
    serve((200, {"headers": {"X-Request-ID": "req_1"}}))
    assert transport(clock).send(read()).payload == {"request_id": "req_1", "total": 1}


@responses.activate
def test_it_pays_the_budget_for_every_attempt(clock):
    serve(503, 503, 200)
    budget = Queue()
    transport(clock, budget).send(read())
    assert budget.taken == [Lane.POLL] * 3


@responses.activate
def test_it_gives_up_after_its_attempts(clock):
    serve(503, 503, 503, 200)
    with pytest.raises(errors.Busy):
        transport(clock).send(read())
    assert (len(responses.calls), clock.slept) == (3, [0.5, 1.0])


@responses.activate
def test_it_waits_as_long_as_the_api_says(clock):
    serve((503, {"headers": {"Retry-After": "11"}}), 200)
    transport(clock).send(read())
    assert clock.slept == [11.0]


@responses.activate
def test_it_does_not_wait_past_its_deadline(clock):
    serve((503, {"headers": {"Retry-After": "11"}}), 200)
    with pytest.raises(errors.Busy) as busy:
        transport(clock).send(read(PAGE))
    assert (busy.value.retry_after, clock.slept) == (11.0, [])


@responses.activate
def test_it_tells_the_budget_of_a_429(clock):
    serve((429, {"headers": {"Retry-After": "7"}}), 200)
    budget = Queue()
    transport(clock, budget).send(read())
    assert (budget.held, clock.slept) == ([7.0], [7.0])


@responses.activate
def test_it_holds_for_a_minute_where_a_429_does_not_say(clock):
    serve(429)
    budget = Queue()
    with pytest.raises(errors.Busy):
        transport(clock, budget).send(read())
    assert budget.held == [60.0]


@responses.activate
def test_it_counts_no_429_as_a_failure(clock):
    serve(*[(429, {"headers": {"Retry-After": "5"}})] * 6, 200)
    transport(clock).send(read())
    assert len(responses.calls) == 7


@responses.activate
@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 413, 422])
def test_it_asks_once_where_asking_again_is_useless(clock, status):
    serve(status, 200)
    with pytest.raises(errors.ApiError):
        transport(clock).send(read())
    assert len(responses.calls) == 1


@responses.activate
def test_it_never_repeats_a_write_without_a_key_that_may_have_happened(clock):
    serve(500, 200)
    with pytest.raises(errors.ServerFault) as fault:
        transport(clock).send(write(repeatable=False))
    assert (len(responses.calls), fault.value.outcome_unknown) == (1, True)


@responses.activate
def test_it_repeats_a_write_with_a_key(clock):
    serve(500, 200)
    transport(clock).send(write(repeatable=True))
    assert len(responses.calls) == 2


@responses.activate
def test_it_repeats_a_write_that_was_turned_away(clock):
    serve((429, {"headers": {"Retry-After": "2"}}), 200)
    transport(clock).send(write(repeatable=False))
    assert len(responses.calls) == 2


@responses.activate
def test_it_waits_for_its_slot(clock):
    serve(200)
    transport(clock, Queue(1.5, 0.5)).send(read())
    assert clock.slept == [1.5, 0.5]


@responses.activate
def test_it_sends_nothing_where_the_slot_comes_too_late(clock):
    serve(200)
    with pytest.raises(errors.OverBudget) as over:
        transport(clock, Queue(20.0)).send(read(PAGE))
    assert (over.value.retry_after, clock.slept, len(responses.calls)) == (20.0, [], 0)


@responses.activate
def test_it_follows_no_redirect(clock):
    serve((307, {"headers": {"Location": "https://evil.example.net/"}}))
    with pytest.raises(errors.BadReply) as bad:
        transport(clock).send(read())
    assert (bad.value.code, len(responses.calls)) == ("redirect", 1)


@responses.activate
def test_it_reads_a_refusal_without_a_body(clock):
    serve((404, {"json": None, "body": b"<html>gone</html>"}))
    with pytest.raises(errors.NotFound):
        transport(clock).send(read())


def test_it_shows_the_key_nowhere(clock):
    with pytest.raises(errors.Unreachable) as lost:
        transport(clock, base="http://127.0.0.1:1/api").send(read())
    shown = "".join(traceback.format_exception(lost.value))
    held = [repr(frame) for frame in (transport(clock), vars(transport(clock)), lost.value)]
    assert KEY not in shown + "".join(held)
    assert (lost.value.__cause__, lost.value.__context__) == (None, None)


@pytest.mark.parametrize(
    ("base", "code"),
    [("http://127.0.0.1:1/api", "refused"), ("http://nowhere.invalid/api", "unknown_host")],
)
def test_it_knows_that_nothing_was_sent(clock, base, code):
    with pytest.raises(errors.Unreachable) as lost:
        transport(clock, base=base).send(write(repeatable=False))
    assert (lost.value.code, lost.value.outcome_unknown) == (code, False)


def test_it_repeats_a_write_that_was_never_sent(clock):
    with pytest.raises(errors.Unreachable):
        transport(clock, base="http://127.0.0.1:1/api").send(write(repeatable=False))
    assert clock.slept == [0.5, 1.0]


def test_it_calls_a_cut_writes_outcome_unknown(clock):
    with (
        wire(lambda connection: None) as (base, requests),
        pytest.raises(errors.Unreachable) as lost,
    ):
        transport(clock, base=base).send(write(repeatable=False))
    assert (lost.value.code, lost.value.outcome_unknown, len(requests)) == ("cut", True, 1)


def test_it_repeats_a_cut_read(clock):
    answers = iter([b"", b"HTTP/1.1 200 OK\r\nContent-Le", reply(b"{}")])
    with wire(lambda connection: connection.sendall(next(answers))) as (base, requests):
        transport(clock, base=base).send(read())
    assert len(requests) == 3


def test_it_calls_a_body_cut_short_a_cut(clock):
    cut = reply(b'{"total": 1}', length=500)
    with serving(cut) as base, pytest.raises(errors.Unreachable) as lost:
        transport(clock, base=base).send(write(repeatable=False))
    assert (lost.value.code, lost.value.outcome_unknown) == ("cut", True)


def test_it_gives_up_on_silence():
    with wire(lambda connection: connection.recv(1)) as (base, _):
        real = Transport(base, KEY, Unlimited())
        began = time.monotonic()
        with pytest.raises(errors.Unreachable) as lost:
            real.send(read(QUICK))
    assert lost.value.code == "timeout"
    assert time.monotonic() - began < 5.0


def drip(connection, text):
    for byte in text:
        connection.sendall(bytes([byte]))
        time.sleep(0.02)


def drip_body(connection):
    connection.sendall(reply(b"", length=1000))
    drip(connection, b" " * 1000)


def drip_headers(connection):
    drip(connection, b"HTTP/1.1 200 OK\r\nX-Slow: " + b"s" * 1000)


@pytest.mark.parametrize("answer", [drip_body, drip_headers])
def test_it_gives_up_on_a_drip(answer):
    with wire(answer) as (base, _):
        began = time.monotonic()
        with pytest.raises(errors.Unreachable) as lost:
            Transport(base, KEY, Unlimited()).send(read(QUICK))
        took = time.monotonic() - began
    assert (lost.value.code, took < 10.0) == ("timeout", True)


def test_it_stops_reading_a_gzip_bomb(clock):
    bomb = gzip.compress(b" " * (LARGEST_REPLY * 20))
    answer = reply(bomb, "Content-Encoding: gzip")
    with serving(answer) as base, pytest.raises(errors.BadReply) as bad:
        transport(clock, base=base).send(read())
    assert bad.value.code == "too_long"


def test_it_calls_broken_compression_a_cut(clock):
    answer = reply(b"not gzip at all", "Content-Encoding: gzip")
    with serving(answer) as base, pytest.raises(errors.Unreachable):
        transport(clock, base=base).send(read())


def test_it_keeps_no_cookie(clock):
    answer = reply(b"{}", "Set-Cookie: a=b", "Connection: close")
    with wire(lambda connection: connection.sendall(answer)) as (base, requests):
        door = transport(clock, base=base)
        door.send(read())
        door.send(read())
    assert b"Cookie" not in requests[1]


def test_it_gives_each_write_its_own_connection(clock):
    answer = reply(b"{}")
    with wire(lambda connection: connection.sendall(answer)) as (base, requests):
        door = transport(clock, base=base)
        for _ in range(3):
            door.send(write(repeatable=False))
    assert len(requests) == 3
