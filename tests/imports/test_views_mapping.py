from __future__ import annotations

import pytest

from imports.models import Run, RunState
from tests.imports.files import checked, uploaded
from tests.imports.pages import at, htmx, made_run, squeezed, words

pytestmark = pytest.mark.django_db
FILE = "Vorname;E-Mail;Firma;Notiz\nJörg;j@firma.de;Firma 1;x\nAnn;a@firma.de;Firma 2;y\n"
CHOSEN = {"column_0": "first_name", "column_1": "email", "column_2": "company_name"}


@pytest.fixture
def run(alice, tmp_path) -> Run:
    return uploaded(alice, tmp_path, FILE)


def changed(client, run: Run, action: str, *, headers=None, **fields):
    return client.post(at("map", run), fields | {"action": action}, headers=headers)


def read_as(client, run: Run, *, headers=None, **fields):
    reading = {"encoding": "utf-8", "delimiter": "semicolon", "header_row": 1}
    return changed(client, run, "read", headers=headers, **reading | fields)


def test_it_shows_columns_samples_and_fields(alice_client, run):
    shown = words(alice_client.get(at("map", run)))

    assert "Vorname Jörg · Ann" in shown
    assert "Not sent (1)" in shown


WITH_A_TAIL = "Email,Empty,Notes\na@firma.de,,call back\n"


def test_it_folds_what_is_not_sent_the_empty_ones_last(alice, alice_client, tmp_path):
    page = alice_client.get(at("map", uploaded(alice, tmp_path, WITH_A_TAIL)))

    assert [column.header for column in page.context["not_sent"]] == ["Notes", "Empty"]
    assert '<details class="fold" id="not-sent">' in page.content.decode()


def test_it_stays_unfolded_while_somebody_chooses_in_it(alice, alice_client, tmp_path):
    run = uploaded(alice, tmp_path, WITH_A_TAIL)
    fields = {"column_0": "email", "column_2": "title", "unfolded": "1"}

    page = changed(alice_client, run, "save", headers=htmx("map"), **fields).content.decode()

    assert '<details class="fold" id="not-sent" open>' in page


def test_nothing_is_folded_while_no_column_is_sent(alice, alice_client):
    run = made_run(alice, mapping={})

    assert 'id="not-sent" open>' in alice_client.get(at("map", run)).content.decode()


def test_it_lets_viewers_look(bob_client, run):
    page = bob_client.get(at("map", run)).content.decode()

    assert "Vorname" in page
    assert "Check all rows" not in page


def test_it_changes_how_the_file_is_read(alice_client, run):
    response = read_as(alice_client, run, delimiter="comma")

    run.refresh_from_db()
    assert response["Location"] == at("map", run)
    assert run.headers == ["Vorname;E-Mail;Firma;Notiz"]


def test_it_shows_the_new_reading_at_once(alice_client, run):
    response = read_as(alice_client, run, header_row=2, headers=htmx("map"))

    assert "Jörg" in words(response)
    assert response.content.decode().strip().startswith('<div class="with-aside" id="map"')


@pytest.mark.parametrize(
    "bad", [{"encoding": "klingon"}, {"header_row": "x"}, {"delimiter": ""}]
)
def test_it_refuses_a_reading_that_makes_no_sense(alice_client, run, bad):
    assert "be read that way" in words(read_as(alice_client, run, **bad))


def test_it_keeps_the_reading_when_another_does_not_work(alice_client, run):
    response = read_as(alice_client, run, header_row=9)

    run.refresh_from_db()
    assert "Nothing was sent." in words(response)
    assert run.header_row == 1


def test_it_keeps_a_changed_column(alice_client, run):
    changed(alice_client, run, "save", **CHOSEN | {"column_2": ""})

    run.refresh_from_db()
    assert run.mapping == {"first_name": 0, "email": 1}


def test_it_takes_a_field_from_the_column_that_had_it(alice_client, run):
    headers = htmx("map") | {"HX-Trigger-Name": "column_2"}

    changed(alice_client, run, "save", headers=headers, **CHOSEN | {"column_2": "email"})

    run.refresh_from_db()
    assert run.mapping == {"first_name": 0, "email": 2}


def test_it_refuses_a_field_for_two_columns_and_keeps_both_choices(alice_client, run):
    response = changed(alice_client, run, "check", **CHOSEN | {"column_2": "email"})

    run.refresh_from_db()
    assert "Email can come from one column only" in words(response)
    assert response.content.decode().count('value="email" selected') == 2
    assert run.state == RunState.UPLOADED


def test_it_refuses_an_unknown_field(alice_client, run):
    assert "field is not known" in words(changed(alice_client, run, "save", column_0="shoe"))


def test_it_refuses_to_check_without_any_column(alice_client, run):
    response = changed(alice_client, run, "check", column_0="", column_1="", column_2="")

    assert "No column is matched" in words(response)


def test_it_starts_the_check(alice_client, run):
    response = changed(alice_client, run, "check", **CHOSEN)

    run.refresh_from_db()
    assert response["Location"] == at("check", run)
    assert run.state == RunState.CHECKING


def test_it_goes_back_to_a_check_that_still_holds(alice, alice_client, tmp_path):
    run = checked(alice, tmp_path, FILE)
    columns = {f"column_{index}": field for field, index in run.mapping.items()}

    response = changed(alice_client, run, "check", **columns)

    plan = run.plan
    run.refresh_from_db()
    assert response["Location"] == at("check", run)
    assert run.plan == plan


def test_it_says_that_a_changed_mapping_needs_a_new_check(alice, alice_client, tmp_path):
    run = checked(alice, tmp_path, FILE)

    changed(alice_client, run, "save", **CHOSEN | {"column_2": ""})

    assert "Changed since the last check" in words(alice_client.get(at("map", run)))


def test_it_says_why_a_check_could_not_be_done(alice, alice_client):
    run = made_run(alice, problem="The file ends in the middle of a row.")

    assert "ends in the middle" in words(alice_client.get(at("map", run)))


def test_it_is_only_to_look_at_after_the_start(alice, alice_client):
    run = made_run(alice, RunState.SENDING)

    response = changed(alice_client, run, "save", **CHOSEN)

    assert response["Location"] == run.get_absolute_url()
    assert (
        '<fieldset class="toolbar" disabled'
        in alice_client.get(at("map", run)).content.decode()
    )


def test_it_shows_the_mapping_when_the_file_is_gone(alice, alice_client):
    shown = words(alice_client.get(at("map", made_run(alice))))

    assert "not on the portal" in shown
    assert "First name" in shown


def test_it_offers_the_first_columns_of_a_very_wide_file(alice, alice_client):
    headers = [f"Column {number}" for number in range(3_000)]
    run = made_run(alice, headers=headers, mapping={"email": 2_999})

    page = alice_client.get(at("map", run)).content.decode()

    assert page.count('<select class="input"') == 201
    assert "2,799 more columns" in page


ABOVE = "Partner,Ort\n" + "".join(f"Firma {n},Bonn\n" for n in range(12))
LATER = (
    ABOVE + "\nFirst name,Last name,Email,Company\nAnn,Lee,a@x.com,Acme\nBob,Bo,b@x.com,Bolt\n"
)


def test_it_asks_about_full_rows_above_the_header(alice, alice_client, tmp_path):
    shown = words(alice_client.get(at("map", uploaded(alice, tmp_path, LATER))))

    assert "Is row 15 the header?" in shown
    assert "Firma 3 · Bonn" in shown


def test_it_takes_one_of_them_for_the_header(alice, alice_client, tmp_path):
    run = uploaded(alice, tmp_path, LATER)

    alice_client.post(at("map", run), {"header_choice": 1})

    run.refresh_from_db()
    assert run.headers == ["Partner", "Ort"]
    assert "the header?" not in words(alice_client.get(at("map", run)))


def test_it_asks_no_more_once_the_header_is_said_to_be_right(alice, alice_client, tmp_path):
    run = uploaded(alice, tmp_path, LATER)
    before = run.mapping

    alice_client.post(at("map", run), {"header_choice": 15})

    run.refresh_from_db()
    assert "the header?" not in words(alice_client.get(at("map", run)))
    assert (run.header_row, run.mapping) == (15, before)


@pytest.mark.parametrize("bad", ["", "x", "0", "999"])
def test_it_refuses_a_header_that_is_not_there(alice, alice_client, tmp_path, bad):
    run = uploaded(alice, tmp_path, LATER)

    response = alice_client.post(at("map", run), {"header_choice": bad})

    run.refresh_from_db()
    assert "Nothing was sent." in words(response)
    assert run.header_row == 15


def test_it_lets_viewers_see_the_question_but_not_answer(alice, bob_client, tmp_path):
    run = uploaded(alice, tmp_path, LATER)

    assert "Is row 15 the header?" in words(bob_client.get(at("map", run)))
    assert "header_choice" not in bob_client.get(at("map", run)).content.decode()


def test_titles_above_the_header_raise_no_question(alice, alice_client, tmp_path):
    titled = "Leads of 2024\nby Ann\n\nFirst name,Last name,Email\nAnn,Lee,a@x.com\n"

    page = alice_client.get(at("map", uploaded(alice, tmp_path, titled)))

    assert "the header?" not in words(page)


def test_it_gives_htmx_a_part_of_the_page(alice_client, run):
    part = alice_client.get(at("map", run), headers=htmx("map"))

    assert squeezed(part) in squeezed(alice_client.get(at("map", run)))


def test_it_never_asks_the_api(alice_client, run, sandbox):
    alice_client.get(at("map", run))
    changed(alice_client, run, "check", **CHOSEN)

    assert sandbox.calls() == []


def test_it_takes_no_put(alice_client, run):
    assert alice_client.put(at("map", run)).status_code == 405
