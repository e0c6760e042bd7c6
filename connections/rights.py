"""What the API key may do, as far as the API has told (`GET /whoami`).

Nothing told, as with a key of the older kind, is no lack: the API says so itself then.
"""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from cleanlist_api.records import Whoami
from connections import services

LISTS_WRITE = "lists:write"
ENRICH_WRITE = "enrich:write"
MEND = "An admin gives the key that right in Cleanlist."
# A lack that was told longer ago may be mended: the page that is about it asks again.
SURE_FOR = timedelta(seconds=30)


def lacks(scope: str) -> bool:
    """Whether the key is known to lack the right; for what a page offers. No API call."""
    return _lacks(services.told_whoami(), scope)


def surely_lacks(scope: str) -> bool:
    """The same for a page that would refuse because of it; one API call at most, and only
    where the right was missing when last told."""
    if not lacks(scope):
        return False
    known = services.peek_whoami()
    is_new = known.as_of is not None and timezone.now() - known.as_of < SURE_FOR
    return _lacks((known if is_new else services.whoami(refresh=True)).value, scope)


def lack(scope: str, so: str) -> str:
    """In words: what is missing, what can't be done, who mends it."""
    return f"The API key lacks {scope}, so {so}. {MEND}"


def _lacks(known: Whoami | None, scope: str) -> bool:
    return known is not None and not known.is_legacy and scope not in known.scopes
