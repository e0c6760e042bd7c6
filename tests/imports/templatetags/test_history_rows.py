from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from imports.models import Run, RunState
from imports.services.history import Filters, HistoryRow, history_page
from imports.services.sums import RowSums
from imports.templatetags.history_rows import history_rows
from tests.imports.pages import made_run, with_chunks

pytestmark = pytest.mark.django_db
ROWS = RowSums(10, 0, 6, 2, 1, 0, 1, 0)


def written(run: Run, rows: RowSums = ROWS, charged: int | None = None) -> str:
    return str(history_rows([HistoryRow(run, rows, charged)]))


def test_it_escapes_what_people_wrote(alice):
    run = made_run(alice, RunState.FINISHED, file_name='<b>"x".csv', list_name="O'Neil & <i>")

    html = written(run)

    assert "<b>" not in html
    assert "<i>" not in html
    assert 'title="&lt;b&gt;&quot;x&quot;.csv"' in html
    assert ">O&#x27;Neil &amp; &lt;i&gt;</a>" in html


def test_its_links_lead_where_reverse_does(alice):
    run = made_run(alice, RunState.FINISHED, list_id="a b?c#d'é")

    html = written(run).replace("&#x27;", "'").replace("&amp;", "&")

    assert f'href="{run.get_absolute_url()}"' in html
    assert f'href="{reverse("lists:detail", args=[run.list_id])}"' in html


def test_it_says_how_long_ago_in_the_words_that_tick_on(alice):
    run = made_run(alice, RunState.FINISHED)
    run.created_at = timezone.now() - timedelta(hours=3, seconds=5)

    assert "data-ago>3 h ago</time>" in written(run)


def test_a_figure_of_none_is_told_apart_from_none_at_all(alice):
    run = made_run(alice, RunState.FINISHED)

    assert '<td class="num zero" data-label="credits">0</td>' in written(run, charged=0)
    assert '<td class="num" data-label="credit">1</td>' in written(run, charged=1)
    assert '<span class="none">—</span>' in written(run, charged=None)


def test_a_row_costs_next_to_nothing(alice):
    for _ in range(50):
        with_chunks(made_run(alice, RunState.FINISHED), "done")
    rows = history_page(Filters()).rows
    start = time.process_time()

    history_rows(rows)

    assert (time.process_time() - start) / len(rows) < 0.001
