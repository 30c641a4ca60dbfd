"""The process of a feed under test: started as the product starts it, killed as the world does."""

import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from smartpark import clock, db

ROOT = Path(__file__).resolve().parents[2]


class FeedProcess:
    """``python -m ingest FEED`` on servers of the test's own."""

    def __init__(self, dsn: str, url: str, feed: str, log: Path) -> None:
        self._log = log.open("ab")
        self._command = [sys.executable, "-m", "ingest", "--feed", feed]
        self._environment = os.environ | {"SMARTPARK_DB__DSN": dsn, "SMARTPARK_MQTT__URL": url}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> "FeedProcess":
        """Start it."""
        self.process = subprocess.Popen(
            self._command, cwd=ROOT, env=self._environment, stdout=self._log, stderr=self._log
        )
        return self

    def kill(self) -> None:
        """End it as a power cut does."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(10)

    def end(self, timeout_s: float = 20) -> int:
        """Ask it to end; return its exit code."""
        assert self.process is not None
        with suppress(ProcessLookupError):
            self.process.terminate()
        return self.process.wait(timeout_s)

    def close(self) -> None:
        """Leave nothing behind."""
        if self.process is not None and self.process.poll() is None:
            self.kill()
        self._log.close()


def until(holds: Callable[[], object], timeout_s: float, what: str) -> None:
    """Wait until something holds.

    Raises:
        TimeoutError: it did not within the time [s].

    """
    end_s = clock.monotonic_s() + timeout_s
    while clock.monotonic_s() < end_s:
        with suppress(db.Error):
            if holds():
                return
        clock.wait(0.05)
    raise TimeoutError(f"after {timeout_s} s still not: {what}")


def ask(dsn: str, sql: str) -> object:
    """Return the one value of a query, through a connection of its own."""
    with db.connect(dsn, name="tests") as conn:
        row = conn.execute(sql).fetchone()  # type: ignore[call-overload] # the tests' own words
    return row[0] if row else None
