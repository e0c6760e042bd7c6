"""What the tests of a module begin with, made once: each test finds it as it was made."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from pytest_django import DjangoDbBlocker


@contextmanager
def shared(blocker: DjangoDbBlocker) -> Iterator[None]:
    """Keep what is written inside until the module's end; what a test writes is undone after
    it, as ever. For tests that need no commit, and worlds that are in the database alone:

        @pytest.fixture(scope="module")
        def lists(django_db_setup, django_db_blocker):
            with worlds.shared(django_db_blocker):
                with django_db_blocker.unblock():
                    KnownList.objects.bulk_create(...)
                yield
    """
    standing = transaction.atomic()
    standing._from_testcase = True
    with blocker.unblock():
        standing.__enter__()
    try:
        yield
    finally:
        with blocker.unblock():
            transaction.set_rollback(True)
            standing.__exit__(None, None, None)
