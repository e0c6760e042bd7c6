"""Killing a process at its nth system call of a kind, by strace.

Never with `--seccomp-bpf`: strace 6.1 then traces and injects nothing, without a word.
"""

from __future__ import annotations

import ctypes
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

# What a worker does to the world outside it: strace's names of each kind.
KINDS = {
    "connect": "connect",
    "sendto": "sendto",
    "recvfrom": "recvfrom",
    "pwrite64": "pwrite64",
    "write": "write",
    "fdatasync": "fdatasync",
    "rename": "?rename,?renameat,?renameat2",
    "unlink": "?unlink,?unlinkat",
}
MISSING = (
    "The crash trials kill processes with strace, which can't be used here: {why}. "
    "Install it (Debian: apt install strace) and allow ptrace."
)
_SET_PTRACER, _ANY = 0x59616D61, ctypes.c_ulong(-1)
PATIENCE = 10.0
BETWEEN_LOOKS = 0.02


class NoStrace(Exception):
    """strace is missing, or the kernel lets nobody trace."""


def require_strace() -> None:
    """Raise NoStrace with a sentence unless strace kills a process as asked."""
    if shutil.which("strace") is None:
        raise NoStrace(MISSING.format(why="it is not installed"))
    command = ["strace", *_kill_at("write", 1), sys.executable, "-c", "print(1)"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != -signal.SIGKILL or done.stdout:
        why = done.stderr.strip().splitlines() or ["it kills nothing"]
        raise NoStrace(MISSING.format(why=why[-1]))


def kill_at(pid: int, kind: str, when: int) -> subprocess.Popen[bytes]:
    """Trace the process, which waits in `wait_for_tracer`, and kill it at that call."""
    return _attach(pid, _kill_at(kind, when))


def record(pid: int, calls: str, to: Path) -> subprocess.Popen[bytes]:
    """Write the process's calls, with the names of files and whole strings, to a file."""
    shown = ["-f", "-qq", "-y", "-s", "100000", "-o", str(to), "-e", f"trace={calls}"]
    return _attach(pid, shown)


def wait_for_tracer() -> None:
    """Let anybody trace this process, and go on once somebody does."""
    ctypes.CDLL(None).prctl(_SET_PTRACER, _ANY, 0, 0, 0)
    end = time.monotonic() + PATIENCE
    while "TracerPid:\t0" in Path("/proc/self/status").read_text():
        if time.monotonic() > end:
            raise NoStrace(MISSING.format(why="it did not attach"))
        time.sleep(0.001)


def ended(
    pid: int, seconds: float = 60.0, *, meanwhile: Callable[[], None] = lambda: None
) -> int:
    """Wait for a child; return its exit code, negative for a signal. Too late: kill it.

    `meanwhile` is done again and again, every `BETWEEN_LOOKS`, as long as it lives.
    """
    end = time.monotonic() + seconds
    with _watched(pid) as child:
        while time.monotonic() < end:
            if select.select([child], [], [], BETWEEN_LOOKS)[0]:
                return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
            meanwhile()
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    raise TimeoutError(f"Process {pid} did not end within {seconds:.0f} s")


@contextmanager
def _watched(pid: int) -> Iterator[int]:
    """A file that can be read once the process has ended."""
    child = os.pidfd_open(pid)
    try:
        yield child
    finally:
        os.close(child)


def _kill_at(kind: str, when: int) -> list[str]:
    calls = KINDS[kind]
    inject = f"inject={calls}:signal=SIGKILL:when={when}"
    return ["-f", "-qq", "-o", "/dev/null", "-e", f"trace={calls}", "-e", inject]


def _attach(pid: int, options: list[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(["strace", *options, "-p", str(pid)], stderr=subprocess.DEVNULL)


def kind_of(call: str) -> str:
    """The kind a call of strace's name belongs to."""
    return next(
        kind for kind, names in KINDS.items() if call in names.replace("?", "").split(",")
    )
