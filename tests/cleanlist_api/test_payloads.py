from __future__ import annotations

import pytest

from cleanlist_api.errors import BadReply
from cleanlist_api.payloads import fields, parse


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>maintenance</html>",
        b'{"a": 1',
        b'{"a": 1} and more',
        b'{"a": NaN}',
        b'{"a": -Infinity}',
        b'{"a": 1e999}',
        b'{"a": 1, "a": 2}',
        b"[" * 100_000,
        b'{"a": ' + b"9" * 5000 + b"}",
        b"\xff\xfe{}",
    ],
)
def test_it_refuses_what_only_looks_like_json(body):
    with pytest.raises(ValueError):
        parse(body)


def test_it_reads_json_behind_a_byte_order_mark():
    assert parse(b'\xef\xbb\xbf{"a": [1, 2.5, "\xc3\xa9"]}') == {"a": [1, 2.5, "é"]}


@pytest.mark.parametrize("body", [b"[]", b"null", b'"text"', b"<html>"])
def test_it_takes_only_an_object_for_a_success(body):
    with pytest.raises(BadReply) as refused:
        fields(body, is_write=True)
    assert (refused.value.outcome_unknown, refused.value.path) == (True, "")


def test_it_knows_that_a_read_changed_nothing():
    with pytest.raises(BadReply) as refused:
        fields(b"", is_write=False)
    assert (refused.value.outcome_unknown, refused.value.retryable) == (False, True)
