"""Every crash point of an import: kill at each system call, go on, look at the books."""

from __future__ import annotations

import itertools
import random
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from chaos import tracing
from chaos.controls import Control
from chaos.invariants import Books, broken_promises
from chaos.place import Place
from chaos.progress import Progress
from chaos.worker import Job, work

CHUNKS, CHUNK_ROWS = 3, 4
ENVIRON = {"CHUNK_MAX_ROWS": str(CHUNK_ROWS), "TURN_SECONDS": "600"}
PHASES = ("take in", "check", "import", "dispatch", "poll", "settle", "leave")
KILLED = -9


@dataclass(frozen=True)
class Trial:
    """One kill, where the import stood then, and which promises were broken after it."""

    kind: str
    when: int
    killed: bool
    phase: str
    broken: list[str]

    def __str__(self) -> str:
        return f"{self.kind} {self.when} ({self.phase}): {'; '.join(self.broken)}"


@dataclass
class Tally:
    """What came of the trials of one worker, in `seconds`; `drawn`: how, if not all."""

    title: str
    trials: list[Trial] = field(default_factory=list)
    seconds: float = 0.0
    control: Control | None = None
    drawn: str = ""

    @property
    def is_found_out(self) -> bool:
        """Whether a worker with a fault did the harm it must do."""
        return any(self.control and self.control.does_harm(t.broken) for t in self.kills)

    @property
    def kills(self) -> list[Trial]:
        return [trial for trial in self.trials if trial.killed]

    @property
    def broken(self) -> list[Trial]:
        return [trial for trial in self.trials if trial.broken]

    def kinds(self) -> Counter[str]:
        return Counter(trial.kind for trial in self.kills)

    def phases(self) -> Counter[str]:
        return Counter(trial.phase for trial in self.kills)


class Points:
    """Makes trials of an import at a place, one after the other; perhaps of a worker with a
    fault."""

    title = "the portal's"

    def __init__(
        self, place: Place, progress: Progress, control: Control | None = None
    ) -> None:
        self.place, self.progress, self.control = place, progress, control

    def every(self, kinds: Sequence[str]) -> Tally:
        """Kill at each call of each kind, until a worker lives to the end."""
        calls = self.calls()
        self._expect(sum(calls[kind] for kind in kinds))
        found = self._empty_tally()
        for kind in kinds:
            for when in itertools.count(1):
                if not self._add(found, kind, when).killed:
                    break
        return self._judged(found)

    def some(self, points: Iterable[tuple[str, int]]) -> Tally:
        """Kill at the points named; for a worker with a fault the first harm is enough."""
        found = self._empty_tally()
        for kind, when in points:
            self._add(found, kind, when)
            if found.is_found_out:
                break
        return self._judged(found)

    def tried(self, kinds: Sequence[str], sample: int | None, seed: int) -> Tally:
        """Kill at every call of these kinds, or at about `sample` of them."""
        if sample is None:
            return self.every(kinds)
        calls = self.calls()
        points = spread({kind: calls[kind] for kind in kinds}, sample, seed)
        self._expect(len(points))
        found = self.some(points)
        number = sum(calls[kind] for kind in kinds)
        found.drawn = f"{len(points)} of {number} crash points drawn with seed {seed}"
        return found

    def found_out(self) -> Tally:
        """Kill a worker with a fault where that shows, until it does."""
        if self.control is None:
            raise ValueError("Only a worker with a fault can be found out")
        kind = self.control.shows_at
        every = [(kind, 1 + at) for at in range(self.calls()[kind])]
        order = reversed(every) if self.control.is_late else every
        return self.some(order)

    def _expect(self, cases: int) -> None:
        if self.control is None:
            self.progress.expect(cases)

    def _judged(self, found: Tally) -> Tally:
        if self.control is not None:
            self.progress.control(is_found_out=found.is_found_out)
        return found

    def _empty_tally(self) -> Tally:
        title = self.control.name if self.control else self.title
        return Tally(title, control=self.control)

    def _add(self, found: Tally, kind: str, when: int) -> Trial:
        started = time.monotonic()
        trial = self.trial(kind, when)
        found.trials.append(trial)
        found.seconds += time.monotonic() - started
        if trial.killed and self.control is None:
            self.progress.case(is_broken=bool(trial.broken))
        return trial

    def trial(self, kind: str, when: int) -> Trial:
        """Kill a worker at its nth call of a kind, let another end the job, judge."""
        books = Books(self.place.sandbox)
        job = self._fresh_job()
        killed = self._doomed(job, kind, when)
        phase = self.phase() if killed else ""
        ours = self.place.forked(lambda: self._plain(job), self.attend_next)
        return Trial(kind, when, killed, phase, self.broken(job, ours, books))

    def new_job(self, name: str) -> Job:
        return Job(name, CHUNKS * CHUNK_ROWS, self.place.folder)

    def prepare(self, job: Job) -> None:
        """What is done before the process begins that will be killed."""

    def work(self, job: Job, *, again: bool = False) -> dict[str, object]:
        return work(job, again=again)

    def attend(self, pid: int) -> int:
        """Wait for the end of the worker that will be killed; its exit code."""
        return tracing.ended(pid)

    def attend_next(self, pid: int) -> int:
        """The same for the one after it."""
        return tracing.ended(pid)

    def phase(self) -> str:
        return phase_of(self.place)

    def broken(self, job: Job, ours: dict[str, object], books: Books) -> list[str]:
        return broken_promises(job, CHUNKS, ours, books)

    def calls(self) -> Counter[str]:
        """How many calls of each kind a worker makes that nobody kills."""
        job, log = self._fresh_job(), self.place.folder / "strace.txt"
        found: Counter[str] = Counter()
        pid = self.place.fork(lambda: self._traced(job))
        tracer = tracing.record(pid, ",".join(tracing.KINDS.values()), log)
        self.attend(pid)
        tracer.wait()
        for line in log.read_text().splitlines():
            name = line.split(maxsplit=1)[1].partition("(")[0]
            found[tracing.kind_of(name)] += 1
        return found

    def _fresh_job(self) -> Job:
        self.place.restore()
        job = self.new_job(f"job{self.place.next_number()}")
        job.write()
        self.prepare(job)
        return job

    def _doomed(self, job: Job, kind: str, when: int) -> bool:
        pid = self.place.fork(lambda: self._traced(job))
        tracer = tracing.kill_at(pid, kind, when)
        code = self.attend(pid)
        tracer.wait()
        if code not in (0, KILLED):
            raise RuntimeError(self.place.log.read_text()[-2000:])
        return code == KILLED

    def _traced(self, job: Job) -> None:
        tracing.wait_for_tracer()
        self._build_in()
        self.work(job)

    def _plain(self, job: Job) -> dict[str, object]:
        self._build_in()
        return self.work(job, again=True)

    def _build_in(self) -> None:
        if self.control is not None:
            self.control.build_in()


def phase_of(place: Place) -> str:
    """Where the import stood when its worker was killed."""
    runs = place.query("SELECT state FROM imports_run")
    if not runs:
        return "take in"
    state = runs[0][0]
    if state == "sending":
        flying = place.query("SELECT 1 FROM imports_chunk WHERE state = 'sending'")
        return "dispatch" if flying else "import"
    if state == "settling":
        open_ = place.query("SELECT 1 FROM enrichment_workflow WHERE ended_at IS NULL")
        return "poll" if open_ else "settle"
    return "check" if state in {"uploaded", "checking", "checked"} else "leave"


def spread(calls: Mapping[str, int], number: int, seed: int) -> list[tuple[str, int]]:
    """About `number` points over all kinds: the first of each, and one by chance from each of
    as many stretches of equal length as there are points to choose."""
    share, chance = number / max(1, sum(calls.values())), random.Random(seed)
    return [point for kind in calls for point in _drawn(kind, calls[kind], share, chance)]


def _drawn(
    kind: str, calls: int, share: float, chance: random.Random
) -> list[tuple[str, int]]:
    wanted = min(calls, max(2, round(calls * share)))
    ends = [1 + step * (calls - 1) // max(1, wanted - 1) for step in range(wanted)]
    return [
        (kind, chance.randint(last + 1, end)) for last, end in itertools.pairwise([0, *ends])
    ]
