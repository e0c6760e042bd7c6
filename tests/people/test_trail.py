"""The trail in sentences: a link to what it is about, no name of a field, filters in the
address."""

from __future__ import annotations

import ast
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from imports.models import RunState
from people import services, trail
from people.audit import record
from people.models import AuditEntry, Role
from tests.imports.pages import made_run

ROOT = Path(__file__).resolve().parent.parent.parent
TRAIL = "/people/audit"


def line() -> trail.Line:
    return trail.lines(list(AuditEntry.objects.all()[:1]))[0]


def said(person, action, subject, **detail) -> str:
    record(person, action, subject, **detail)
    return line().words


def actions_written() -> set[str]:
    """Every action that some code of ours hands to `record`."""
    written = set()
    for app in ("people", "lists", "imports", "enrichment", "connections", "cleanlist_portal"):
        for path in (ROOT / app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and len(node.args) >= 3:
                    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                    action = node.args[1]
                    if name == "record" and isinstance(action, ast.Constant):
                        written.add(action.value)
    return written


def test_it_has_words_for_every_action_there_is():
    assert actions_written() == set(trail._WORDS)


def test_a_start_says_what_it_may_cost(ada):
    run = made_run(ada, RunState.SENDING)
    facts = {"enrichment": "full", "credits_most": 8426, "canary": True}
    assert said(ada, "started an import", run, **facts) == (
        f"ada started import {run.pk} to find e-mail, company and phone for at most "
        "8,426 credits, a test batch first"
    )
    assert line().url == f"/imports/{run.pk}/"


def test_a_start_without_enrichment_names_no_credits(ada):
    run = made_run(ada)
    words = said(ada, "started an import", run, enrichment="off", credits_most=0)
    assert words == f"ada started import {run.pk} without enrichment"


def test_an_end_is_the_portals(ada):
    words = said(None, "ended an import", made_run(ada, pk=7), state="finished_with_skips")
    assert words == "The portal ended import 7: finished with skips"


@pytest.mark.parametrize(
    "action, subject, detail, words",
    [
        ("retried rows of an import", "Import 7", {"rows": 1}, "sent 1 row of import 7 again"),
        (
            "decided on unknown rows",
            "Import 7",
            {"chunk": 3, "verdict": "go again"},
            "decided on batch 3 of import 7: its rows go again",
        ),
        (
            "ended an undo",
            "Import 7",
            {"undone": 36, "kept": 1264},
            "ended the undo of import 7: 36 leads taken out, 1,264 kept",
        ),
        ("changed list", "B", {"name_before": "A", "list_id": "x"}, "renamed “A” to B"),
        ("changed list", "A", {"name_before": "A", "list_id": "x"}, "described A"),
        (
            "changed role",
            "bob",
            {"before": "viewer", "after": "admin"},
            "made bob admin, was viewer",
        ),
        ("added person", "dora", {"role": "operator"}, "added dora as operator"),
        (
            "signed out elsewhere",
            "ada",
            {"sessions": 2},
            "ended 2 other sessions of their own",
        ),
        (
            "changed own e-mail",
            "ada",
            {"wanted": False},
            "changed their own e-mail; notices by e-mail off",
        ),
        (
            "locked out",
            "bob",
            {"address": "192.0.2.7"},
            "stopped hearing tries on the name bob from 192.0.2.7",
        ),
        ("did something of old", "it", {"some_field": 1}, "did something of old it"),
    ],
)
def test_it_says_it_as_people_do(ada, action, subject, detail, words):
    assert said(ada, action, subject, **detail) == f"ada {words}"


@pytest.mark.parametrize("action", sorted(trail._WORDS))
def test_an_entry_that_lacks_its_details_is_still_said(ada, action):
    assert said(ada, action, "Import 7").startswith("ada ")
    assert "_" not in line().words
    assert "None" not in line().words


def test_a_list_is_linked_until_it_is_deleted(ada):
    record(ada, "created list", "Spring", list_id="l1")
    assert line().url == "/lists/l1/"
    record(ada, "deleted list", "Spring", list_id="l1")
    assert line().url == ""


def test_a_person_is_linked(ada, bob):
    services.change_role(ada, bob, Role.OPERATOR)
    assert line().url == f"/people/{bob.pk}/"


def test_a_page_of_the_trail_costs_one_query_for_its_links(
    ada, bob, django_assert_num_queries
):
    for _ in range(20):
        record(ada, "reactivated", "bob")
    entries = list(AuditEntry.objects.all())
    with django_assert_num_queries(1):
        trail.lines(entries)


@pytest.fixture
def done(ada, bob):
    record(ada, "created list", "Spring", list_id="l1")
    record(bob, "signed in", "bob")
    record(None, "ended an import", "Import 7", state="finished")
    old = record(ada, "deactivated", "bob")
    AuditEntry.objects.filter(pk=old.pk).update(at=timezone.now() - timedelta(days=40))


@pytest.mark.parametrize(
    "query, shown",
    [
        ("", ["ended import 7", "signed in", "made the list", "deactivated"]),
        ("?who=ada", ["made the list", "deactivated"]),
        ("?who=portal", ["ended import 7"]),
        ("?what=imports", ["ended import 7"]),
        ("?what=sign-in", ["signed in"]),
        ("?since=30", ["ended import 7", "signed in", "made the list"]),
        ("?q=spr", ["made the list"]),
        ("?who=ada&what=people", ["deactivated"]),
        (
            "?who=nobody&since=x",
            ["ended import 7", "signed in", "made the list", "deactivated"],
        ),
    ],
)
def test_the_address_narrows_it(done, ada_client, query, shown):
    html = ada_client.get(TRAIL + query).content.decode()
    cells = re.findall(r'<td class="wrap">(.*?)</td>', html)
    texts = [re.sub(r"<[^>]+>", "", cell) for cell in cells]
    assert len(texts) == len(shown)
    assert all(words in text for words, text in zip(shown, texts, strict=True))


def test_pages_keep_what_it_is_narrowed_to(ada, ada_client):
    for _ in range(60):
        record(ada, "created list", "Spring", list_id="l1")
    html = ada_client.get(f"{TRAIL}?who=ada&what=&q=spring").content.decode()
    assert 'href="/people/audit?who=ada&amp;q=spring&amp;page=2"' in html


def test_a_filter_that_finds_nothing_says_so(done, ada_client):
    html = ada_client.get(f"{TRAIL}?q=winter").content.decode()
    assert "Nothing found" in html


def test_choosing_writes_a_clean_address(done, ada_client):
    response = ada_client.get(f"{TRAIL}?who=ada&what=&q=", headers={"HX-Request": "true"})
    assert response["HX-Push-Url"] == "/people/audit?who=ada"
