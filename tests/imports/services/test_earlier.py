"""The weekly file: rows that earlier imports have brought into the list."""

from __future__ import annotations

import csv
import io

import pytest
from django.utils import timezone

from enrichment.models import EnrichmentType
from imports.models import Again, Chunk, LedgerRow, ProblemRow, Run, RunState
from imports.services import checking, earlier, retrying, starting
from imports.services.ledger import line_of
from imports.services.problems import problem_file
from imports.services.starting import Approval, NotAsCompared, NothingToSend
from imports.services.sums import rows_of
from lists.models import KnownList
from tests.imports.files import HEADER, checked, csv_of, started, stepped, undone, worked

pytestmark = pytest.mark.django_db
OFF = Approval(EnrichmentType.OFF, 0)


def known(run):
    return run.known.get("same", 0), run.known.get("changed", 0)


def imported(alice, tmp_path, text, **more):
    return worked(started(alice, tmp_path, text, **more))


def test_it_leaves_out_what_an_earlier_import_has_brought(sandbox, alice, tmp_path):
    first = imported(alice, tmp_path, csv_of(300))
    run = checked(alice, tmp_path, csv_of(301), list_id=first.list_id)
    assert (run.rows_ready, run.rows_skipped, run.calls_planned) == (1, 300, 1)
    assert run.skip_reasons == {"already_imported": 300}
    assert known(run) == (300, 0)
    assert run.known["runs"] == {str(first.pk): 300}
    assert starting.start_run(run, alice, OFF)
    rows = rows_of(worked(run))
    assert (rows.imported, rows.skipped) == (1, 300)
    assert rows.adds_up
    assert len(sandbox.leads(first.list_id)) == 301


def test_it_compares_with_a_list_of_that_name(sandbox, alice, tmp_path):
    imported(alice, tmp_path, csv_of(3))
    assert checked(alice, tmp_path, csv_of(4), "SPRING").rows_ready == 1


def test_it_does_not_compare_with_other_lists(sandbox, alice, tmp_path):
    imported(alice, tmp_path, csv_of(3))
    assert checked(alice, tmp_path, csv_of(4), "Autumn").rows_ready == 4


def test_case_and_spaces_make_no_other_row(sandbox, alice, tmp_path):
    first = imported(alice, tmp_path, csv_of(2))
    text = f"{HEADER}\nANN1,Lee,Ann1@Example.com, Acme\n"
    assert known(checked(alice, tmp_path, text, list_id=first.list_id)) == (1, 0)


def test_the_same_person_with_other_values_is_told_apart(sandbox, alice, tmp_path):
    first = imported(alice, tmp_path, csv_of(2))
    text = f"{HEADER}\nAnn1,Lee,ann1@example.com,Acme\nAnn2,Lee,ann2@example.com,Initech\n"
    run = checked(alice, tmp_path, text, list_id=first.list_id)
    assert run.skip_reasons == {"already_imported": 1, "changed_since": 1}
    assert (known(run), run.rows_ready) == ((1, 1), 0)


def test_a_name_alone_makes_nobody_the_same_person(sandbox, alice, tmp_path):
    header = "First name,Last name,Company name,City"
    first = imported(alice, tmp_path, f"{header}\nAnn,Lee,Acme,Oslo\n")
    text = f"{header}\nAnn,Lee,Acme,Oslo\nAnn,Lee,Acme,Bergen\n"
    run = checked(alice, tmp_path, text, list_id=first.list_id)
    assert (known(run), run.rows_ready) == ((1, 0), 1)


def test_a_profile_is_enough_to_know_a_person(sandbox, alice, tmp_path):
    both = "First name,Last name,Email,LinkedIn URL"
    first = imported(
        alice, tmp_path, f"{both}\nAnn,Lee,ann@x.com,https://linkedin.com/in/ann-lee\n"
    )
    text = f"{both}\nAnn,Lee,,http://www.linkedin.com/in/Ann-Lee/\n"
    assert known(checked(alice, tmp_path, text, list_id=first.list_id)) == (0, 1)


@pytest.mark.parametrize(
    ("again", "left_out"),
    [
        (Again.NONE, {"already_imported": 1, "changed_since": 1}),
        (Again.CHANGED, {"already_imported": 1}),
        (Again.ALL, {}),
    ],
)
def test_a_person_says_what_goes_again(sandbox, alice, tmp_path, again, left_out):
    first = imported(alice, tmp_path, csv_of(2))
    text = f"{HEADER}\nAnn1,Lee,ann1@example.com,Acme\nAnn2,Lee,ann2@example.com,Initech\n"
    run = checked(alice, tmp_path, text, list_id=first.list_id, again=again)
    assert (run.skip_reasons, run.rows_ready) == (left_out, 2 - len(left_out))
    assert known(run) == (1, 1)


def test_what_was_said_holds_for_the_next_check(sandbox, alice, tmp_path):
    first = imported(alice, tmp_path, csv_of(2))
    run = checked(alice, tmp_path, csv_of(2), list_id=first.list_id, again=Again.ALL)
    checking.start_check(run)
    checking.check(run.pk)
    run.refresh_from_db()
    assert run.rows_ready == 2


def test_the_file_of_rows_left_out_says_by_which_import(sandbox, alice, tmp_path):
    first = imported(alice, tmp_path, csv_of(2))
    run = checked(alice, tmp_path, csv_of(3), list_id=first.list_id)
    text = b"".join(problem_file(run)).decode("utf-8-sig")
    line = next(csv.DictReader(io.StringIO(text, newline="")))
    assert (line["reason"], line["Email"]) == ("already_imported", "ann1@example.com")
    day = f"{timezone.localtime(first.started_at):%-d %B %Y}"
    assert f"Row 2 of import {first.pk}, {day}" in line["why"]


def test_rows_of_a_call_that_failed_are_not_known(sandbox, alice, tmp_path):
    run = started(alice, tmp_path, csv_of(2))
    sandbox.fault("answer", path="csv-import", status=422, body={"detail": []})
    failed = worked(run)
    assert failed.state == RunState.FAILED
    assert checked(alice, tmp_path, csv_of(2), list_id=failed.list_id).rows_ready == 2


def test_rows_the_api_skipped_are_not_known(sandbox, alice, tmp_path):
    sandbox.change(list_rows=2)
    first = imported(alice, tmp_path, csv_of(3))
    assert LedgerRow.objects.count() == 2
    assert checked(alice, tmp_path, csv_of(3), list_id=first.list_id).rows_ready == 1


def test_rows_that_were_undone_are_not_known(sandbox, alice, tmp_path):
    first = imported(alice, tmp_path, csv_of(3))
    undone(first, alice)
    assert set(LedgerRow.objects.values_list("is_undone", flat=True)) == {True}
    assert checked(alice, tmp_path, csv_of(3), list_id=first.list_id).rows_ready == 3


def test_rows_on_their_way_by_another_import_are_known(alice, tmp_path):
    started(alice, tmp_path, csv_of(3))
    run = checked(alice, tmp_path, csv_of(4))
    assert (known(run), run.rows_ready) == ((3, 0), 1)
    assert "is under way" in ProblemRow.objects.first().value


def test_two_weekly_files_at_the_same_moment_do_not_both_go(alice, tmp_path):
    week, next_week = (checked(alice, tmp_path, csv_of(rows)) for rows in (300, 301))
    assert starting.start_run(week, alice, OFF)
    with pytest.raises(NotAsCompared):
        starting.start_run(next_week, alice, OFF)
    checking.start_check(next_week)
    checking.check(next_week.pk)
    next_week.refresh_from_db()
    assert next_week.rows_ready == 1
    assert starting.start_run(next_week, alice, OFF)


def test_another_file_for_the_list_starts_without_a_word(alice, tmp_path):
    one, other = (checked(alice, tmp_path, csv_of(3, start=at)) for at in (1, 11))
    assert starting.start_run(one, alice, OFF)
    assert starting.start_run(other, alice, OFF)


def test_a_long_file_is_compared_by_a_worker(alice, tmp_path, monkeypatch):
    monkeypatch.setattr("imports.services.earlier.MOST_AT_ONCE", 2)
    one, other = (checked(alice, tmp_path, csv_of(3, start=at)) for at in (1, 11))
    assert starting.start_run(one, alice, OFF)
    with pytest.raises(NotAsCompared):
        starting.start_run(other, alice, OFF)
    assert not earlier.compare_again(other)


def test_it_reads_no_line_of_the_ledger_but_those_of_its_rows(sandbox, alice, tmp_path):
    first = imported(alice, tmp_path, csv_of(3))
    run = checked(alice, tmp_path, csv_of(1), list_id=first.list_id)
    keys = set(LedgerRow.objects.filter(row=2).values_list("key", flat=True))
    assert earlier.EarlierImports(run)._brought(keys).keys() == keys


def test_an_undo_in_another_list_changes_nothing_for_this_one(alice, tmp_path):
    started(alice, tmp_path, csv_of(3))
    elsewhere = started(alice, tmp_path, csv_of(3), list_name="Autumn")
    run = checked(alice, tmp_path, csv_of(4))
    Chunk.objects.filter(run=elsewhere).update(rows_undone=3)
    assert earlier.mark_of(run) == run.earlier_mark


def test_a_long_file_is_not_compared_again_where_nothing_has_happened(
    alice, tmp_path, monkeypatch
):
    monkeypatch.setattr("imports.services.earlier.MOST_AT_ONCE", 2)
    assert earlier.compare_again(checked(alice, tmp_path, csv_of(3)))


def test_what_was_left_out_for_an_import_that_was_undone_since_is_compared_again(
    sandbox, alice, tmp_path
):
    first = imported(alice, tmp_path, csv_of(3))
    run = checked(alice, tmp_path, csv_of(4), list_id=first.list_id)
    undone(first, alice)
    with pytest.raises(NotAsCompared):
        starting.start_run(run, alice, OFF)


def test_an_import_under_way_that_goes_on_stands_in_nobodys_way(sandbox, alice, tmp_path):
    first = started(alice, tmp_path, csv_of(1300))
    run = checked(alice, tmp_path, csv_of(1301))
    mark = Run.objects.get(pk=run.pk).earlier_mark
    Chunk.objects.filter(run=first, number=1).update(state="done", rows_imported=600)
    assert starting.start_run(run, alice, OFF)
    assert Run.objects.get(pk=run.pk).earlier_mark == mark


def test_nothing_is_left_of_a_file_that_went_in_whole(sandbox, alice, tmp_path):
    first = imported(alice, tmp_path, csv_of(3))
    with pytest.raises(NothingToSend):
        starting.start_run(
            checked(alice, tmp_path, csv_of(3), list_id=first.list_id), alice, OFF
        )


def test_the_rest_of_a_file_goes_without_a_word(sandbox, alice, tmp_path):
    sandbox.change(list_rows=2)
    first = imported(alice, tmp_path, csv_of(3))
    sandbox.change(list_rows=200)
    rest = checked(alice, tmp_path, csv_of(3), list_id=first.list_id)
    assert starting.start_run(rest, alice, OFF)
    assert rows_of(worked(rest)).imported == 1


def test_a_row_left_out_is_still_the_first_of_its_email(sandbox, alice, tmp_path):
    first = imported(alice, tmp_path, csv_of(1))
    text = csv_of(1) + "Ann,Lee,ann1@example.com,Acme\n"
    run = checked(alice, tmp_path, text, list_id=first.list_id)
    assert run.skip_reasons == {"already_imported": 1, "duplicate_email": 1}


def test_what_retention_deletes_leaves_the_ledger(sandbox, alice, tmp_path):
    from imports.services import retention

    first = imported(alice, tmp_path, csv_of(3))
    Run.objects.update(ended_at=first.created_at.replace(year=2020))
    assert retention.prune().runs == 1
    assert checked(alice, tmp_path, csv_of(4), list_id=first.list_id).rows_ready == 1


def lost(sandbox, alice, tmp_path, rows, fault="cut_after"):
    """A run of one call that got no answer in time; `fault`: whether its rows are in."""
    run = started(alice, tmp_path, csv_of(rows))
    sandbox.fault(fault, path="csv-import")
    run = stepped(stepped(run))
    Chunk.objects.update(first_sent_at=run.created_at.replace(year=2020), next_try_at=None)
    return worked(run)


def test_it_leaves_out_what_an_earlier_import_may_have_brought(sandbox, alice, tmp_path):
    first = lost(sandbox, alice, tmp_path, 3)
    run = checked(alice, tmp_path, csv_of(4), list_id=first.list_id)
    assert (run.rows_ready, run.skip_reasons) == (1, {"may_be_in_list": 3})
    assert (known(run), run.known["unsure"]) == ((0, 0), 3)
    assert starting.start_run(run, alice, OFF)
    worked(run)
    assert len(sandbox.leads(first.list_id)) == 4


def test_a_name_alone_may_be_in_the_list_only_with_all_its_values(sandbox, alice, tmp_path):
    header = "First name,Last name,Company name,City"
    run = started(alice, tmp_path, f"{header}\nAnn,Lee,Acme,Oslo\n", list_id="a-list")
    Chunk.objects.update(state="unknown")
    text = f"{header}\nAnn,Lee,Acme,Bergen\nAnn,Lee,Acme,Oslo\nAnn,Lee,Acme,Rome\n"
    run = checked(alice, tmp_path, text, list_id="a-list")
    assert (run.rows_ready, run.known["unsure"]) == (2, 1)


def test_a_verdict_has_the_file_checked_anew(sandbox, alice, tmp_path):
    first = lost(sandbox, alice, tmp_path, 3)
    run = checked(alice, tmp_path, csv_of(4), list_id=first.list_id)
    assert retrying.decide_unknown(first, 1, alice, went_in=True)
    worked(first)
    with pytest.raises(NotAsCompared):
        starting.start_run(run, alice, OFF)
    checking.start_check(run)
    checking.check(run.pk)
    run.refresh_from_db()
    assert (run.rows_ready, run.skip_reasons) == (1, {"already_imported": 3})


def test_it_leaves_out_rows_among_which_nobody_can_tell_the_skipped(sandbox, alice, tmp_path):
    """30 sent, 15 imported, and the reply names only two of those it skipped."""
    first = worked(started(alice, tmp_path, csv_of(30)))
    LedgerRow.objects.all().delete()
    ProblemRow.objects.bulk_create(
        ProblemRow(run=first, plan=first.plan, chunk=Chunk.objects.get(), row=row, cells=[])
        for row in (2, 3)
    )
    Chunk.objects.update(rows_imported=15, rows_skipped=15, rows_named=2)
    run = checked(alice, tmp_path, csv_of(31), list_id=first.list_id)
    assert (run.rows_ready, run.skip_reasons) == (3, {"may_be_in_list": 28})


def test_a_list_that_is_gone_has_none_of_the_rows(sandbox, alice, tmp_path):
    first = imported(alice, tmp_path, csv_of(3))
    KnownList.objects.update_or_create(
        pk=first.list_id,
        defaults={"name": "Spring", "folded_name": "spring", "gone_at": timezone.now()},
    )
    run = checked(alice, tmp_path, csv_of(3))
    assert run.rows_ready == 3
    assert starting.start_run(run, alice, OFF)


def test_a_list_that_was_renamed_is_not_the_one_to_be_made(sandbox, alice, tmp_path):
    first = imported(alice, tmp_path, csv_of(3))
    KnownList.objects.update_or_create(
        pk=first.list_id, defaults={"name": "Winter", "folded_name": "winter", "gone_at": None}
    )
    assert checked(alice, tmp_path, csv_of(3)).rows_ready == 3


def test_a_row_sent_before_cells_were_cleaned_is_the_same_row(sandbox, alice, tmp_path):
    """What an older version of the portal has sent as it stood in the file."""
    header = "First name,Last name,Email,Company domain"
    first = imported(alice, tmp_path, f"{header}\nAnn,Lee,ann@x.com,acme.com\n")
    values = {"first_name": "Ann", "last_name": "Lee", "email": "mailto:ann@x.com"}
    LedgerRow.objects.all().delete()
    line = line_of(2, values | {"company_domain": "http://www.acme.com/"})
    LedgerRow.objects.write(Chunk.objects.get(), [line])
    text = f"{header}\nAnn,Lee,ann@x.com,http://www.acme.com/\n"
    assert known(checked(alice, tmp_path, text, list_id=first.list_id)) == (1, 0)
