from __future__ import annotations

import errno
import re
import shutil
import uuid
from pathlib import Path

import pytest
from django.core.files import uploadhandler
from django.urls import reverse

from imports.models import Run, RunState
from imports.services.storage import RESERVE
from lists.models import KnownList
from tests.imports.pages import at, csv_file, made_run, words

pytestmark = pytest.mark.django_db
NEW = reverse("imports:upload")


@pytest.fixture(autouse=True)
def _world(sandbox):
    return sandbox


def sent(client, *, headers: dict[str, str] | None = None, **fields):
    return client.post(
        NEW, {"new_list": "Spring", "file": csv_file()} | fields, headers=headers
    )


def test_it_offers_the_known_lists(alice_client, sandbox):
    sandbox.make_list("Northern fintech")

    assert "Northern fintech" in alice_client.get(NEW).content.decode()


def test_it_chooses_the_list_the_person_came_from(alice_client, sandbox):
    list_id = sandbox.make_list("Northern fintech")

    page = alice_client.get(NEW, {"list": list_id}).content.decode()

    assert f'value="{list_id}" checked>' in page


def test_it_makes_a_run_and_goes_on_to_the_mapping(alice, alice_client):
    response = sent(alice_client)

    run = Run.objects.get()
    assert (response.status_code, response["Location"]) == (303, at("map", run))
    assert (run.list_name, run.list_id, run.created_by) == ("Spring", "", alice)


def test_it_tells_htmx_where_to_go(alice_client):
    response = sent(alice_client, headers={"HX-Request": "true"})

    assert response["HX-Redirect"] == at("map", Run.objects.get())


def test_it_imports_into_a_list_that_is_there(alice_client, sandbox):
    list_id = sandbox.make_list("Northern fintech")
    alice_client.get(NEW)

    sent(alice_client, list=list_id, new_list="")

    run = Run.objects.get()
    assert (run.list_id, run.list_name) == (list_id, "Northern fintech")


def test_it_takes_the_list_that_has_the_new_name_already(alice_client, sandbox):
    list_id = sandbox.make_list("Northern fintech")

    response = sent(alice_client, new_list="northern FINTECH")

    assert Run.objects.get().list_id == list_id
    assert "is there already" in words(alice_client.get(response["Location"]))


def test_it_makes_one_run_of_a_form_sent_twice(alice_client):
    nonce = str(uuid.uuid4())

    first, second = sent(alice_client, nonce=nonce), sent(alice_client, nonce=nonce)

    assert Run.objects.count() == 1
    assert first["Location"] == second["Location"]


def test_it_asks_for_a_list(alice_client):
    response = sent(alice_client, new_list="")

    assert "Choose a list or name a new one." in words(response)
    assert not Run.objects.exists()


def test_it_asks_for_a_file(alice_client):
    assert "Choose a file." in words(alice_client.post(NEW, {"new_list": "Spring"}))


def test_it_refuses_a_list_nobody_knows(alice_client):
    assert "not there any more" in words(sent(alice_client, list="gone"))


@pytest.mark.parametrize(
    ("content", "said"), [("", "The file is empty."), ("PK\x03\x04zip", "ZIP archive")]
)
def test_it_says_why_a_file_is_no_table_and_keeps_what_was_typed(alice_client, content, said):
    response = sent(alice_client, file=csv_file(content))

    assert said in words(response)
    assert 'value="Spring"' in response.content.decode()
    assert not Run.objects.exists()


def test_it_gives_htmx_only_what_went_wrong(alice_client):
    response = sent(alice_client, file=csv_file(""), headers={"HX-Request": "true"})

    assert response.content.decode().strip().startswith('<div id="upload-problem"')


def test_it_names_the_limit_when_a_file_is_too_large(alice_client, settings):
    settings.UPLOAD_MAX_BYTES = 1024 * 1024

    response = sent(alice_client, file=csv_file("First name\n" + "Ann\n" * 400_000))

    assert "larger than 1 MB" in words(response)
    assert not Run.objects.exists()


@pytest.fixture
def full_disk(monkeypatch):
    """The disk takes the name of a file, and the first piece of it, but no more."""

    class Full(uploadhandler.TemporaryUploadedFile):
        def write(self, piece: bytes) -> int:
            self.file.write(piece)
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(uploadhandler, "TemporaryUploadedFile", Full)


def files(settings) -> list[str]:
    return [path.name for path in Path(settings.MEDIA_ROOT).iterdir()]


def test_it_says_that_the_disk_is_full_and_keeps_what_was_typed(alice_client, full_disk):
    response = sent(alice_client)

    assert "no room for it on the disk" in words(response)
    assert 'value="Spring"' in response.content.decode()
    assert not Run.objects.exists()


def test_it_leaves_nothing_on_a_full_disk(alice_client, full_disk, settings):
    sent(alice_client)

    assert files(settings) == []


def test_it_takes_no_file_that_would_fill_it(alice_client, settings, tmp_path, monkeypatch):
    usage = shutil.disk_usage(tmp_path)._replace(free=RESERVE)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)

    assert "no room for it on the disk" in words(sent(alice_client))
    assert files(settings) == []


def test_it_takes_a_file_that_leaves_the_reserve(
    alice_client, settings, tmp_path, monkeypatch
):
    usage = shutil.disk_usage(tmp_path)._replace(free=RESERVE + 10_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)

    assert sent(alice_client).status_code == 303


def test_it_works_while_the_api_is_down(alice_client, settings):
    settings.CLEANLIST_API_URL = "http://127.0.0.1:9/api/v1/public"

    assert "does not answer" in words(alice_client.get(NEW))
    assert sent(alice_client).status_code == 303


def test_it_takes_no_put(alice_client):
    assert alice_client.put(NEW).status_code == 405


# --- A list among many ----------------------------------------------------------


@pytest.fixture
def many(alice_client):
    """5,000 lists, and what the first look at the API brings is known."""
    alice_client.get(NEW)
    KnownList.objects.bulk_create(
        KnownList(list_id=f"l{n}", name=f"Campaign {n}", folded_name=f"campaign {n}")
        for n in range(5_000)
    )


def radios(response) -> list[str]:
    found = re.findall(r'type="radio" name="list" value="([^"]*)"', response.content.decode())
    return [value for value in found if value]


def ticked(response) -> list[str]:
    found = r'type="radio" name="list" value="([^"]*)" checked'
    return re.findall(found, response.content.decode())


FINDING = {"HX-Request": "true", "HX-Target": "list-choices"}


@pytest.mark.parametrize("query", [{}, {"find": "campaign"}])
def test_it_shows_few_of_many_lists(many, alice_client, query, django_assert_max_num_queries):
    with django_assert_max_num_queries(9):
        response = alice_client.get(NEW, query | {"list": "l77"})

    assert 10 < len(radios(response)) <= 51
    assert ticked(response) == ["l77"]
    assert len(response.content) <= 40_000


def test_it_finds_a_list_by_typing_and_keeps_the_ticked_one(many, alice_client):
    query = {"find": "Campaign 4321", "list": "l77"}

    response = alice_client.get(NEW, query, headers=FINDING)

    assert response.content.decode().strip().startswith('<div id="list-choices"')
    assert radios(response) == ["l77", "l4321"]
    assert ticked(response) == ["l77"]


def test_it_finds_a_list_without_javascript(many, alice_client):
    response = alice_client.get(NEW, {"find": "Campaign 4321"})

    assert radios(response) == ["l4321"]
    assert "1 list found" in words(response)
    assert ticked(response) == [""]


def test_it_says_that_no_list_has_the_name(many, alice_client):
    assert "No list has “zzz” in its name" in words(alice_client.get(NEW, {"find": "zzz"}))


def test_it_keeps_the_ticked_list_when_the_form_comes_back(many, alice_client):
    response = sent(alice_client, list="l4321", new_list="", file=csv_file(""))

    assert ticked(response) == ["l4321"]


def test_it_takes_a_list_that_was_found(many, alice_client):
    sent(alice_client, list="l4321", new_list="")

    run = Run.objects.get()
    assert (run.list_id, run.list_name) == ("l4321", "Campaign 4321")


def test_it_finds_another_list_for_an_uploaded_file(many, alice, alice_client):
    run = made_run(alice, list_id="l77")

    response = alice_client.get(at("target", run), {"find": "campaign 4321"})

    assert radios(response) == ["l77", "l4321"]
    assert ticked(response) == ["l77"]


# --- Back at the first step ----------------------------------------------------


def test_it_shows_the_list_of_an_uploaded_file(alice, alice_client):
    run = made_run(alice, list_name="Autumn")

    assert 'value="Autumn"' in alice_client.get(at("target", run)).content.decode()


def test_it_changes_the_list_and_keeps_the_check(alice, alice_client):
    run = made_run(alice, RunState.CHECKED)

    response = alice_client.post(at("target", run), {"new_list": "Autumn"})

    run.refresh_from_db()
    assert response["Location"] == at("map", run)
    assert (run.list_name, run.state) == ("Autumn", RunState.CHECKED)


def test_it_asks_for_a_list_there_too(alice, alice_client):
    run = made_run(alice)

    assert "Choose a list" in words(alice_client.post(at("target", run), {"new_list": " "}))


def test_it_changes_no_list_after_the_start(alice, alice_client):
    run = made_run(alice, RunState.SENDING)

    response = alice_client.post(at("target", run), {"new_list": "Autumn"})

    run.refresh_from_db()
    assert response["Location"] == run.get_absolute_url()
    assert run.list_name == "Spring"
