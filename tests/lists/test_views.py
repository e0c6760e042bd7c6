from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.urls import reverse

from lists import services
from lists.models import KnownList, ListVisit
from lists.paging import Place
from people.models import AuditEntry

pytestmark = pytest.mark.django_db
INDEX, NEW, SHARES = reverse("lists:index"), reverse("lists:new"), reverse("lists:shares")


def page_of(name: str, list_id: str) -> str:
    return reverse(f"lists:{name}", args=[list_id])


READING = [INDEX, SHARES, page_of("detail", "l1"), page_of("head", "l1")]
CHANGING = [NEW, page_of("edit", "l1"), page_of("delete", "l1")]


def squeezed(response) -> str:
    return re.sub(r"\s+", "", response.content.decode())


def htmx(target: str = "", **more: str) -> dict[str, str]:
    return {"HX-Request": "true"} | ({"HX-Target": target} if target else {}) | more


def calls_for_page(sandbox) -> list[str]:
    return [call["path"] for call in sandbox.calls("lead-lists")]


# --- Every view ---------------------------------------------------------------


@pytest.mark.parametrize("name", ["detail", "head", "edit", "delete"])
def test_it_sends_anonymous_visitors_of_a_list_to_sign_in(anonymous, name):
    response = anonymous.get(page_of(name, "some-list"))

    assert response.status_code == 302
    assert response["Location"].startswith(reverse("people:sign_in"))


@pytest.mark.parametrize("url", [INDEX, NEW, SHARES])
def test_it_sends_anonymous_visitors_to_sign_in(anonymous, url):
    assert anonymous.get(url).status_code == 302


@pytest.mark.parametrize("url", CHANGING)
@pytest.mark.parametrize("method", ["get", "post"])
def test_it_lets_no_viewer_change_lists(sandbox, bob_client, url, method):
    response = getattr(bob_client, method)(url, {"name": "Sneaky"})

    assert response.status_code == 403
    assert not sandbox.ledger("list_created")


@pytest.mark.parametrize("url", READING)
def test_it_only_reads_pages_that_read(alice_client, url):
    assert alice_client.post(url).status_code == 405


@pytest.mark.parametrize("url", CHANGING)
def test_it_takes_no_put(alice_client, url):
    assert alice_client.put(url).status_code == 405


@pytest.mark.parametrize("name", ["detail", "edit", "delete"])
@pytest.mark.parametrize("list_id", ["nobody-has-this", "..", "%00", "a" * 300])
def test_it_answers_404_for_a_list_there_is_none_of(sandbox, alice_client, name, list_id):
    assert alice_client.get(page_of(name, list_id)).status_code == 404


# --- All lists ----------------------------------------------------------------


def test_it_shows_all_lists_with_one_call(sandbox, bob_client):
    response = bob_client.get(INDEX)

    assert response.status_code == 200
    for row in sandbox.client_for().get("/lead-lists").json()["lists"]:
        assert row["list_id"] in response.content.decode()
    assert len(calls_for_page(sandbox)) == 2  # ours and this test's


def test_it_shows_names_as_text(sandbox, bob_client):
    sandbox.make_list('<b>bold</b> & "quoted"')

    html = bob_client.get(INDEX).content.decode()

    assert "<b>bold</b>" not in html
    assert "&lt;b&gt;bold&lt;/b&gt;" in html


def test_it_offers_changes_to_operators_only(sandbox, alice_client, bob_client):
    assert NEW in alice_client.get(INDEX).content.decode()
    assert NEW not in bob_client.get(INDEX).content.decode()


def test_it_says_honestly_which_rows_of_how_many(sandbox, bob_client):
    sandbox.make_lists("Batch", 120)
    total = (
        len(sandbox.client_for().get("/lead-lists", params={"limit": 1}).json())
        and (sandbox.client_for().get("/lead-lists", params={"limit": 1}).json()["total"])
    )

    response = bob_client.get(INDEX, {"row": 51, "size": 50})

    assert f"51–100 of {total}" in response.content.decode()


def test_it_carries_every_parameter_in_its_links(sandbox, bob_client):
    sandbox.make_lists("Batch", 120)

    links = bob_client.get(INDEX, {"size": 25, "row": 26}).context["links"]

    assert links.newer == f"{INDEX}?size=25"
    assert links.older == f"{INDEX}?size=25&row=51"
    assert links.refresh == f"{INDEX}?size=25&row=26&refresh=1"


def test_it_comes_back_over_the_edge_of_a_block(sandbox, bob_client):
    sandbox.make_lists("Batch", 120)
    first = bob_client.get(INDEX, {"size": 100})
    second = bob_client.get(first.context["links"].older)

    back = bob_client.get(second.context["links"].newer)

    assert second.context["page"].first == 101
    assert [row.pk for row in back.context["page"].rows] == [
        row.pk for row in first.context["page"].rows
    ]
    assert len(calls_for_page(sandbox)) == 2


@pytest.mark.parametrize(
    "query",
    [
        {"row": "x", "size": "-1", "skip": "NaN", "refresh": "maybe"},
        {"row": "0", "size": "9999"},
        {"row": "99999999999999999999"},
        {"row": "5000", "skip": "70000"},
        {"folder": "no-such-folder"},
        {"q": "x" * 5000},
    ],
)
def test_it_makes_sense_of_a_senseless_query(sandbox, bob_client, query):
    assert bob_client.get(INDEX, query).status_code in (200, 302)


def test_it_explains_a_cursor_the_api_refuses(sandbox, bob_client):
    response = bob_client.get(INDEX, {"cursor": "made-up", "row": 101})

    assert response.status_code == 200
    assert "did not accept this" in response.content.decode()


def test_it_refreshes_and_returns_to_the_clean_address(sandbox, bob_client):
    bob_client.get(INDEX)
    sandbox.make_list("Brand new")

    response = bob_client.get(INDEX, {"refresh": "1", "size": "25"})

    assert (response.status_code, response["Location"]) == (302, f"{INDEX}?size=25")
    assert "Brand new" in bob_client.get(INDEX).content.decode()


def test_it_filters_by_folder(sandbox, bob_client):
    folder = next(row["folder_id"] for row in sandbox.lists() if row["folder_id"])

    response = bob_client.get(INDEX, {"folder": folder})

    rows = response.context["page"].rows
    assert rows and {row.folder_id for row in rows} == {folder}
    assert "Folder is" in response.content.decode()


def test_it_searches_names_without_a_call(sandbox, bob_client):
    sandbox.make_list("Ärzte Süd")
    services.lists_page(Place())
    calls = len(sandbox.calls())

    response = bob_client.get(INDEX, {"q": "ÄRZTE"})

    assert [row.name for row in response.context["page"].rows] == ["Ärzte Süd"]
    assert len(sandbox.calls()) == calls


def test_it_leads_an_empty_workspace_to_the_first_import(sandbox, alice_client, settings):
    settings.CLEANLIST_API_KEY = "clapi_sandbox_stranger"
    for row in (
        sandbox.client_for(settings.CLEANLIST_API_KEY).get("/lead-lists").json()["lists"]
    ):
        sandbox.client_for(settings.CLEANLIST_API_KEY).delete(f"/lead-lists/{row['list_id']}")

    html = alice_client.get(INDEX).content.decode()

    assert "No lists yet" in html


def test_it_gives_htmx_the_table_that_is_in_the_page(sandbox, bob_client, time_machine):
    time_machine.move_to(datetime.now(UTC), tick=False)  # one age in both
    sandbox.make_lists("Batch", 60)
    bob_client.get(INDEX)
    page = bob_client.get(INDEX, {"size": 25, "row": 26})
    part = bob_client.get(INDEX, {"size": 25, "row": 26}, headers=htmx("lists"))

    assert part.content.strip().startswith(b'<div class="table-region" id="lists">')
    assert squeezed(part) in squeezed(page)
    assert {"HX-Request", "HX-Target"} <= set(page["Vary"].split(", "))


def test_it_gives_the_whole_page_back_to_htmx_history(sandbox, bob_client):
    headers = htmx("lists", **{"HX-History-Restore-Request": "true"})

    assert b"<!doctype html>" in bob_client.get(INDEX, headers=headers).content


def test_it_says_so_when_the_api_is_down_and_shows_what_it_knows(
    sandbox, bob_client, take_api_down
):
    sandbox.make_list("Known from before")
    bob_client.get(INDEX)
    take_api_down()

    response = bob_client.get(INDEX, {"refresh": 1})

    html = response.content.decode()
    assert response.status_code == 200
    assert "The Cleanlist API does not answer" in html
    assert "Known from before" in html


def test_it_says_so_when_the_api_was_never_reached(bob_client, take_api_down):
    take_api_down()

    response = bob_client.get(INDEX)

    assert response.status_code == 200
    assert "No list is known yet" in response.content.decode()


@pytest.mark.parametrize("kind", ["unauthorized", "no_scope", "unavailable", "garbage"])
def test_it_has_a_notice_for_every_kind_of_failure(sandbox, bob_client, kind):
    sandbox.fault(kind, path="lead-lists", times=5)

    response = bob_client.get(INDEX)

    assert response.status_code == 200
    assert response.context["notice"].title in response.content.decode()


# --- Shares that arrive later ---------------------------------------------------


def test_it_waits_for_shares_the_portal_does_not_know_yet(sandbox, bob_client):
    sandbox.make_list("Waiting", leads=5)

    assert 'id="shares" data-poll' in bob_client.get(INDEX).content.decode()


def test_it_fills_in_shares_from_our_own_table(sandbox, bob_client):
    KnownList.objects.create(pk="a", name="A", lead_count=4, enriched_count=3)
    KnownList.objects.create(pk="b", name="B", lead_count=4)

    html = bob_client.get(SHARES, {"id": ["a", "b"], "n": 1}).content.decode()

    assert '<span id="share-a" hx-swap-oob="true">' in html and "75 %" in html
    assert "share-b" not in html
    assert f"{SHARES}?n=2&amp;id=b" in html
    assert not sandbox.calls()


def test_it_says_at_the_last_ask_which_shares_are_not_known(bob_client):
    KnownList.objects.create(pk="b", name="B", lead_count=4)

    html = bob_client.get(SHARES, {"id": "b", "n": 20}).content.decode()

    assert '<span id="share-b" hx-swap-oob="true">' in html and "—" in html


@pytest.mark.parametrize("query", [{"id": "a", "n": 2}, {"id": "b", "n": 20}, {"n": "x"}, {}])
def test_it_stops_asking_for_shares(bob_client, query):
    KnownList.objects.create(pk="a", name="A", lead_count=4, enriched_count=3)
    KnownList.objects.create(pk="b", name="B", lead_count=4)

    assert "hx-get" not in bob_client.get(SHARES, query).content.decode()


# --- One list -------------------------------------------------------------------


@pytest.fixture
def a_list(sandbox) -> str:
    return sandbox.make_list("Fintech VPs", leads=60)


def test_it_shows_a_list_with_one_call(sandbox, bob_client, a_list):
    response = bob_client.get(page_of("detail", a_list))

    html = response.content.decode()
    assert response.status_code == 200
    assert "1–60 of 60" in html
    for lead in sandbox.leads(a_list)[:25]:
        assert f"lead={lead['lead_id']}" in html
    assert len(sandbox.calls()) == 1


def test_it_asks_for_the_detail_once_the_page_is_there(sandbox, bob_client, a_list):
    url = page_of("head", a_list)
    assert f'hx-get="{url}"' in bob_client.get(page_of("detail", a_list)).content.decode()

    head = bob_client.get(url, headers=htmx("list-head"))

    html = head.content.decode()
    assert "Fintech VPs" in html and "enriched" in html and "hx-get" not in html
    page = bob_client.get(page_of("detail", a_list))
    assert squeezed(head) in squeezed(page)


def test_it_shows_the_head_it_knows_when_the_api_is_down(
    sandbox, bob_client, a_list, take_api_down
):
    services.lists_page(Place())
    take_api_down()

    head = bob_client.get(page_of("head", a_list), headers=htmx("list-head"))

    assert head.status_code == 200
    assert b"Fintech VPs" in head.content and b"hx-get" not in head.content


def test_it_leads_from_the_head_to_the_page_without_htmx(sandbox, bob_client, a_list):
    response = bob_client.get(page_of("head", a_list))

    assert response["Location"] == page_of("detail", a_list)


def test_a_visit_is_noted_after_the_page_is_sent(sandbox, bob_client, a_list, monkeypatch):
    """Nobody waits for the disk to note where one has been."""
    noted = []
    monkeypatch.setattr(services, "visit", lambda *visit: noted.append(visit))
    monkeypatch.setattr(HttpResponse, "close", lambda response: None)

    response = bob_client.get(page_of("detail", a_list))

    assert response.status_code == 200
    assert noted == []


def test_a_visit_that_cannot_be_noted_is_nobodys_trouble(
    sandbox, bob_client, a_list, monkeypatch, caplog
):
    def fail(*visit: object) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(services, "visit", fail)

    assert bob_client.get(page_of("detail", a_list)).status_code == 200
    assert "What should follow a page failed" in caplog.text


def test_it_remembers_the_visit(sandbox, bob, bob_client, a_list):
    bob_client.get(page_of("detail", a_list))
    bob_client.get(page_of("detail", a_list))

    assert [(visit.person, visit.list_id) for visit in ListVisit.objects.all()] == [
        (bob, a_list)
    ]


def test_it_pages_through_leads_with_one_call(sandbox, bob_client, a_list):
    url = page_of("detail", a_list) + "?size=25"
    seen = []
    while url:
        response = bob_client.get(url)
        seen += [lead.lead_id for lead in response.context["page"].rows]
        url = response.context["links"].older

    assert seen == [lead["lead_id"] for lead in sandbox.leads(a_list)]
    assert len(sandbox.calls()) == 1


def test_it_opens_a_lead_in_the_drawer(sandbox, bob_client, a_list):
    before, lead, after = (each["lead_id"] for each in sandbox.leads(a_list)[3:6])

    html = bob_client.get(page_of("detail", a_list), {"lead": lead}).content.decode()

    drawer = html[html.index('class="drawer"') :]
    assert f'data-copy="{lead}"' in drawer
    assert "5 of 60" in drawer
    assert f"?lead={before}" in drawer and f"?lead={after}" in drawer


def test_it_gives_htmx_the_drawer_that_is_in_the_page(sandbox, bob_client, a_list):
    url = page_of("detail", a_list)
    lead = sandbox.leads(a_list)[0]["lead_id"]
    page = bob_client.get(url, {"lead": lead})

    part = bob_client.get(
        url, {"lead": lead}, headers=htmx("drawer", **{"HX-Boosted": "true"})
    )

    assert part.content.strip().startswith(b'<div id="drawer">')
    assert squeezed(part) in squeezed(page)


def test_it_says_when_the_lead_is_not_on_the_page(sandbox, bob_client, a_list):
    response = bob_client.get(page_of("detail", a_list), {"lead": "somebody-else"})

    assert response.status_code == 200
    assert "not on this page" in response.content.decode()


def test_it_gives_htmx_the_leads_that_are_in_the_page(sandbox, bob_client, a_list):
    url = page_of("detail", a_list)
    bob_client.get(url)
    page = bob_client.get(url, {"size": 25, "row": 26})

    part = bob_client.get(url, {"size": 25, "row": 26}, headers=htmx("leads"))

    assert squeezed(part) in squeezed(page)


def test_it_refreshes_leads_and_keeps_the_drawer(sandbox, bob_client, a_list):
    url = page_of("detail", a_list)
    bob_client.get(url)

    response = bob_client.get(url, {"refresh": 1, "lead": "x"})

    assert response["Location"] == f"{url}?lead=x"
    assert len(sandbox.calls("/leads")) == 2


def test_it_shows_the_last_leads_when_the_api_is_down(
    sandbox, bob_client, a_list, take_api_down
):
    url = page_of("detail", a_list)
    bob_client.get(url)
    take_api_down()

    response = bob_client.get(url, {"refresh": 1})

    assert response.status_code == 200
    assert "The Cleanlist API does not answer" in response.content.decode()
    assert "1–60 of 60" in response.content.decode()


def test_it_shows_a_list_it_never_read_when_the_api_is_down(bob_client, take_api_down):
    take_api_down()

    response = bob_client.get(page_of("detail", "9c1f0000-0000"))

    assert response.status_code == 200
    assert "No lead is known yet" in response.content.decode()


def test_it_asks_an_operator_to_fill_an_empty_list(sandbox, alice_client):
    url = page_of("detail", sandbox.make_list("Empty"))

    assert "No leads in this list" in alice_client.get(url).content.decode()


# --- How much a table costs -------------------------------------------------------


@pytest.fixture
def database_cache(settings, sandbox):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "portal_cache",
        }
    }


@pytest.mark.parametrize("size", [25, 100, 500])
def test_it_needs_few_queries_for_a_page_of_leads_of_any_size(
    sandbox, database_cache, bob_client, size, django_assert_max_num_queries
):
    url = page_of("detail", sandbox.make_list("Large", leads=500))
    bob_client.get(url, {"size": size})

    with django_assert_max_num_queries(6):
        response = bob_client.get(url, {"size": size}, headers=htmx("leads"))

    assert response.content.count(b'<th scope="row"') == size


@pytest.mark.parametrize("size", [25, 50, 100])
def test_it_needs_few_queries_for_a_page_of_lists_of_any_size(
    sandbox, database_cache, bob_client, size, django_assert_max_num_queries
):
    sandbox.make_lists("Batch", 120)
    bob_client.get(INDEX, {"size": size})

    with django_assert_max_num_queries(6):
        response = bob_client.get(INDEX, {"size": size}, headers=htmx("lists"))

    assert response.content.count(b'<th scope="row"') == size


# --- Changing lists ---------------------------------------------------------------


def test_it_asks_for_a_name(sandbox, alice_client):
    assert b'name="name"' in alice_client.get(NEW).content


@pytest.mark.parametrize("name", ["", "   ", "x" * 201])
def test_it_makes_no_list_without_a_good_name(sandbox, alice_client, name):
    response = alice_client.post(NEW, {"name": name})

    assert response.context["form"].errors["name"]
    assert not sandbox.calls()


def test_it_makes_a_list_and_opens_it(sandbox, alice_client):
    response = alice_client.post(NEW, {"name": "Fresh", "description": "Why"}, follow=True)

    assert response.redirect_chain == [(page_of("detail", sandbox.list_id("Fresh")), 302)]
    assert "“Fresh” is made." in response.content.decode()


def test_it_opens_the_list_that_has_the_name_already(sandbox, alice_client):
    alice_client.post(NEW, {"name": "Fresh"})

    response = alice_client.post(NEW, {"name": "fresh"}, follow=True)

    assert "“Fresh” already exists, opened it." in response.content.decode()
    assert len(sandbox.ledger("list_created")) == 1


def test_it_keeps_what_was_typed_when_the_api_fails(sandbox, alice_client, take_api_down):
    take_api_down()

    response = alice_client.post(NEW, {"name": "Fresh", "description": "Why"})

    assert response.status_code == 200
    assert b'value="Fresh"' in response.content
    assert "The Cleanlist API does not answer" in response.content.decode()


def test_it_shows_the_list_as_it_is_before_an_edit(sandbox, alice_client):
    list_id = sandbox.make_list("As it is")

    assert b'value="As it is"' in alice_client.get(page_of("edit", list_id)).content


def test_it_renames_a_list(sandbox, alice, alice_client, a_list):
    response = alice_client.post(page_of("edit", a_list), {"name": "Renamed"}, follow=True)

    assert "“Renamed” is saved." in response.content.decode()
    assert AuditEntry.objects.get(action="changed list").person == alice


def test_it_gives_the_apis_words_for_a_protected_list(sandbox, alice_client):
    services.lists_page(Place())
    list_id = sandbox.list_id("DEFAULT")

    response = alice_client.post(page_of("delete", list_id))

    html = response.content.decode()
    assert response.status_code == 200
    assert "This list is protected" in html
    assert "Delete list</button>" not in html
    assert "goes for good" not in html
    assert "exported" not in html
    assert re.search(r"req_\w+", html)
    assert "protected</span>" in alice_client.get(page_of("detail", list_id)).content.decode()


@pytest.mark.parametrize("name", ["edit", "delete"])
def test_it_explains_that_a_teammates_list_is_not_ours_to_change(sandbox, alice_client, name):
    list_id = sandbox.make_list("Theirs", owner="user_teammate", visibility="organization")
    services.lists_page(Place())

    response = alice_client.post(page_of(name, list_id), {"name": "Mine"})

    assert response.status_code == 200
    assert "belongs to somebody else" in response.content.decode()
    assert not AuditEntry.objects.filter(action__contains="list").exists()


def test_it_says_what_deleting_means_before_it_does(sandbox, alice_client, a_list):
    response = alice_client.get(page_of("delete", a_list))

    assert "leads stay in the workspace" in re.sub(r"\s+", " ", response.content.decode())
    assert not sandbox.ledger("list_deleted")


def test_it_deletes_a_list(sandbox, alice_client, a_list):
    response = alice_client.post(page_of("delete", a_list), follow=True)

    assert response.redirect_chain == [(INDEX, 302)]
    assert len(sandbox.ledger("list_deleted")) == 1
    assert a_list not in response.content.decode()


def test_it_takes_a_second_press_of_delete_for_done(sandbox, alice_client, a_list):
    services.lists_page(Place())
    alice_client.post(page_of("delete", a_list))

    response = alice_client.post(page_of("delete", a_list), follow=True)

    assert "was deleted before" in response.content.decode()


@pytest.mark.parametrize("name", ["edit", "delete"])
def test_it_says_so_when_the_api_is_down_at_a_change(
    sandbox, alice_client, a_list, take_api_down, name
):
    services.lists_page(Place())
    take_api_down()

    response = alice_client.post(page_of(name, a_list), {"name": "Renamed"})

    assert response.status_code == 200
    assert "The Cleanlist API does not answer" in response.content.decode()


@pytest.mark.parametrize(
    "odd",
    [
        {"list_id": "a/b"},
        {"list_id": "../../v1/public/credits/balance?x=#"},
        {"created_at": "0001-01-01T00:00:00+14:00"},
        {"created_at": "9999-12-31T23:59:59-14:00"},
    ],
)
def test_it_says_what_it_does_not_take_from_the_api_and_breaks_no_page(
    sandbox, bob_client, odd
):
    row = {"list_id": "l9", "name": "Nine", "lead_count": 1} | odd
    page = {"lists": [row], "total": 1, "cursor": None}
    sandbox.fault("answer", path="lead-lists", status=200, body=page, times=9)

    response = bob_client.get(INDEX)

    assert response.status_code == 200
    assert b"answered with something unexpected" in response.content
    sandbox.reset()
    assert bob_client.get(INDEX, {"refresh": 1}, follow=True).status_code == 200


# --- Old rows at once, new ones behind them ------------------------------------------


def behind_url(html: str, region: str) -> str:
    found = re.search(rf'id="{region}" hx-get="([^"]+)" hx-trigger="load"', html)
    return unescape(found[1]) if found else ""


@pytest.mark.parametrize("page", ["lists", "leads"])
def test_rows_known_of_old_are_shown_before_the_api_is_asked(
    sandbox, bob_client, a_list, settings, page
):
    url = INDEX if page == "lists" else page_of("detail", a_list)
    bob_client.get(url)
    settings.READ_TTL_SECONDS = 0
    asked = len(calls_for_page(sandbox))

    html = bob_client.get(url).content.decode()

    assert len(calls_for_page(sandbox)) == asked
    assert "<tbody" in html
    assert ", refreshing</span>" in html
    behind = bob_client.get(behind_url(html, page), headers=htmx(page)).content.decode()
    assert len(calls_for_page(sandbox)) == asked + 1
    assert behind_url(behind, page) == ""
    assert "behind=1" not in behind


def test_a_hanging_api_holds_up_no_page_of_known_rows(
    sandbox, bob_client, a_list, settings, take_api_down
):
    url = page_of("detail", a_list)
    bob_client.get(url)
    settings.READ_TTL_SECONDS = 0
    take_api_down()

    html = bob_client.get(url).content.decode()
    behind = bob_client.get(behind_url(html, "leads"), headers=htmx("leads")).content.decode()

    assert "does not answer" not in html
    assert "The Cleanlist API does not answer" in behind
    assert "<tbody" in behind
