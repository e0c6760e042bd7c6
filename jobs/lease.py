"""How a running task asks whether it should go on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from jobs.models import Lease
from jobs.pulse import got_on

_may_go_on: ContextVar[Callable[[], bool]] = ContextVar("may_go_on", default=lambda: True)


def still_mine() -> bool:
    """Whether the running task should go on: its worker has the lease and is not stopping.

    A long task asks between two steps and returns when the answer is no; what is left is
    then done by whoever runs it next. Always true outside a worker. Costs one query.
    """
    got_on()
    return _may_go_on.get()()


@contextmanager
def held(task_id: UUID, token: UUID, is_running: Callable[[], bool]) -> Iterator[None]:
    """Tie `still_mine` to this lease and this worker while the block runs."""

    def may_go_on() -> bool:
        return is_running() and Lease.objects.filter(task_id=task_id, token=token).exists()

    reset = _may_go_on.set(may_go_on)
    try:
        yield
    finally:
        _may_go_on.reset(reset)
