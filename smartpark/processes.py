"""Every process of the product in one table, and how one is started so that it never outlives its starter."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from smartpark import clock
from smartpark.embedded import launch

_LOG_LIMIT_BYTES = 20_000_000


@dataclass(frozen=True, slots=True)
class Process:
    """One line of the table: ``python -m`` and its arguments."""

    name: str
    arguments: tuple[str, ...]
    demo_only: bool = False
    once: bool = False  # it is done when it ends well


PROCESSES = (
    Process("ingest-safety", ("ingest", "--feed", "safety")),
    Process("ingest-rest", ("ingest", "--feed", "rest")),
    Process("gateway", ("ingest", "gateway")),
    Process("records", ("records", "run")),
    Process("alerts", ("alerts", "run")),
    Process("api", ("api",)),
    Process("simulators", ("simulators", "fleet"), demo_only=True),
    Process("loggers", ("simulators", "loggers"), demo_only=True),
    Process("upper", ("simulators", "upper"), demo_only=True),
    Process("history", ("simulators", "history"), demo_only=True, once=True),
    Process("deeds", ("records", "demo"), demo_only=True, once=True),
)


def table(mode: str, *, fleet: bool = True) -> tuple[Process, ...]:
    """Return the processes of a mode, ``demo`` or ``production``, in the order they start."""
    simulated = mode == "demo" and fleet
    return tuple(process for process in PROCESSES if simulated or not process.demo_only)


def command(process: Process) -> list[str]:
    """Return the command line; the launcher in front lets the process end with its starter."""
    program = [sys.executable, "-m", *process.arguments]
    return [sys.executable, "-I", "-S", launch.__file__, "--parent", str(os.getpid()), "--", *program]


def start(process: Process, environ: Mapping[str, str], log: Path) -> subprocess.Popen[bytes]:
    """Start it in a process group of its own, its output appended to a log."""
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > _LOG_LIMIT_BYTES:
        log.replace(log.with_suffix(".1.log"))
    with log.open("ab") as out:
        return subprocess.Popen(  # noqa: S603 - a line of the table above
            command(process),
            env=os.environ | environ | {"PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def end(children: list[subprocess.Popen[bytes]], patience_s: float) -> None:
    """Ask each to end, wait for all together, and kill the whole group of any that does not."""
    for child in children:
        if child.poll() is None:
            child.terminate()
    deadline = clock.monotonic_s() + patience_s
    for child in children:
        with suppress(subprocess.TimeoutExpired):
            child.wait(timeout=max(0.0, deadline - clock.monotonic_s()))
        # Also when it ended by itself: what it started may still be there.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def last_line(log: Path, default: str = "it wrote nothing") -> str:
    """Return the last line of a log that says something."""
    if not log.exists():
        return default
    with log.open("rb") as handle:
        handle.seek(max(0, log.stat().st_size - 4096))
        lines = handle.read().decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else default
