"""Parts of table rows written in Python: a page of template nodes costs a hundred times more.

The markup is that of the components of the same names in templates/components.
"""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from urllib.parse import quote

from django.contrib.humanize.templatetags.humanize import naturaltime
from django.utils import timezone

NONE = '<span class="none">—</span>'
# What `reverse` leaves as it is in a path.
_PLAIN = "!$&'()*+,;=~:@"
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))
_BEING_READ = (
    '<span class="share"><svg aria-hidden="true"><rect class="share-track" width="100%" '
    'height="100%" rx="3"/></svg><span class="none" title="Being read">…</span></span>'
)


def ago(when: datetime) -> str:
    """`3 s ago`, in the very words live.js goes on with, so that nothing flickers."""
    seconds = int((timezone.now() - when).total_seconds())
    if seconds < 2:
        return "just now"
    size, unit = next(pair for pair in _UNITS if seconds >= pair[0])
    return f"{seconds // size} {unit} ago"


def time_ago(when: datetime) -> str:
    """components/time.html: relative words, absolute on hover."""
    local = timezone.localtime(when)
    is_old = (timezone.now() - when).days > 30
    words = escape(naturaltime(when)) if is_old else ago(when)
    title = f"{local.day} {local:%b %Y, %H:%M:%S} {escape(local.tzname() or '')}"
    moment = when.astimezone(UTC).isoformat()
    return f'<time datetime="{moment}" title="{title}" data-ago>{words}</time>'


def day(when: datetime | None) -> str:
    """`3 Nov 2025`, to the minute on hover."""
    if when is None:
        return NONE
    local = timezone.localtime(when)
    date = f"{local.day} {local:%b %Y}"
    title = f"{date}, {local:%H:%M} {escape(local.tzname() or '')}"
    return f'<time datetime="{local.isoformat()}" title="{title}">{date}</time>'


def share(percent: int | None) -> str:
    """components/share.html, its place kept while the figure is on its way."""
    if percent is None:
        return _BEING_READ
    return (
        '<span class="share"><svg aria-hidden="true"><rect class="share-track" width="100%" '
        f'height="100%" rx="3"/><rect class="share-fill" width="{percent}%" height="100%" '
        f'rx="3"/></svg>{percent} %</span>'
    )


def path_part(identifier: str) -> str:
    """An id as `reverse` puts it into an address, safe in an attribute."""
    return escape(quote(identifier, safe=_PLAIN))
