from __future__ import annotations

import pytest
from django.template.loader import render_to_string
from django.utils import timezone

from lists import cells
from lists.models import KnownList
from lists.templatetags.list_rows import list_rows


def written(**facts: object) -> str:
    return str(list_rows([KnownList(**{"list_id": "l1", "name": "Spring"} | facts)]))


def test_it_escapes_what_people_wrote():
    html = written(name='<b>"x"', owner_name="<i>", visibility="<u>", folder_id="<s>")

    assert not any(tag in html for tag in ("<b>", "<i>", "<u>", "<s>"))
    assert 'title="&lt;b&gt;&quot;x&quot;"' in html


def test_its_link_leads_where_reverse_does():
    known = KnownList(list_id="a b?c#d'é", name="Spring")

    html = str(list_rows([known])).replace("&#x27;", "'")

    assert f'href="{known.url}"' in html


def test_it_shows_a_dash_for_what_is_not_known():
    assert written().count(cells.NONE) == 4


@pytest.mark.parametrize("percent", [0, 37, 100, None])
def test_its_share_is_the_components(percent):
    context = {"value": percent, "awaited": True}
    component = render_to_string("components/share.html", context).strip()

    assert cells.share(percent) == component


def test_its_times_are_the_components():
    now = timezone.now()
    component = render_to_string("components/time.html", {"when": now})

    ours = cells.time_ago(now)

    assert (
        ours.split("data-ago>")[0].split("title=")[1]
        == (component.split("data-ago>")[0].split("title=")[1])
    )
