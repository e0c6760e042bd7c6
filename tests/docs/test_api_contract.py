from __future__ import annotations

import inspect
import re

from cleanlist_api import admission, client, errors, transport
from cleanlist_api.budget import Lane
from cleanlist_api.client import CleanlistClient
from cleanlist_api.prices import PER_LEAD
from cleanlist_api.refusals import QUOTE_CODES
from connections.usage import price_list
from tests.cleanlist_api.test_client import CALLS
from tests.cleanlist_api.test_errors import every_error
from tests.docs.tables import code_words, first_column, page, section

TEXT = page("docs/api-contract.md")


def rows(heading):
    lines = [line for line in section(TEXT, heading).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_it_names_every_method_of_the_client():
    methods = [name for name, _ in inspect.getmembers(CleanlistClient, inspect.isfunction)]
    public = {name for name in methods if not name.startswith("_")}
    assert set(first_column(section(TEXT, "Endpoints"))[1:]) == public


def test_it_names_the_endpoint_of_every_method():
    described = {row[1].strip("`") for row in rows("Endpoints")}
    asked = {
        re.sub("9c1f", "{list_id}", re.sub("enrich-1", "{workflow_id}", f"{method} {path}"))
        for _, _, method, path in CALLS
    }
    assert described == asked


def test_it_names_every_error():
    kinds = {kind.__name__ for kind in every_error()} - {errors.ApiError.__name__}
    assert set(first_column(section(TEXT, "Errors"))[1:]) == kinds


def test_it_names_every_quote_code():
    assert code_words(section(TEXT, "Errors")) >= QUOTE_CODES


def test_it_names_every_lane():
    assert first_column(section(TEXT, "Limits and lanes"))[1:] == [lane.value for lane in Lane]


def test_it_knows_how_patient_we_are():
    patience = [(int(row[1]), float(row[2])) for row in rows("Patience and retries")]
    known = [(each.attempts, each.deadline) for each in (transport.PAGE, transport.WORKER)]
    assert patience == known


def test_it_knows_the_prices():
    described = {row[0].strip("`"): int(row[1]) for row in rows("Prices")}
    assert described == PER_LEAD
    assert {price.credits for price in price_list()} == {0, *PER_LEAD.values()}


def test_it_knows_the_sizes_of_a_page():
    text = f"at most {client.LISTS_LIMIT} lists or {client.LEADS_LIMIT} leads a call"
    assert text in TEXT


def test_it_knows_the_shares_of_the_lanes(settings):
    limit = settings.RATE_PER_KEY
    poll, leaves, sync = (
        round(limit * share)
        for share in (admission.POLL_SHARE, admission.POLL_LEAVES, admission.SYNC_LEAVES)
    )
    burst = round(limit * admission.IMPORT_BURST)
    words = section(TEXT, "Limits and lanes")
    assert f"first {burst} |" in words
    assert f"at most {poll}," in words
    assert f"leaves {leaves};" in words
    assert f"beyond {sync} |" in words
    assert f"{limit} calls a minute for a key, {settings.RATE_PER_ORGANIZATION} for" in words


def test_it_knows_the_caps_of_a_csv(settings):
    assert f"{settings.CHUNK_MAX_ROWS} rows and {settings.CHUNK_MAX_BYTES:,} bytes" in TEXT
