"""One private server: started in its home through the launcher, watched until it is ready, ended cleanly."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from smartpark import clock
from smartpark.embedded import archive, launch
from smartpark.embedded.trees import TreeError, server_uid


def inside(home: Path, command: Sequence[str], *, parent: int = 0, death: str = "SIGTERM") -> list[str]:
    """Return the command line that runs a command in a home, as its unprivileged user."""
    call = [sys.executable, "-I", "-S", launch.__file__, "--root", str(home)]
    if os.geteuid() == 0:
        call += ["--uid", str(server_uid())]
    if parent:
        call += ["--parent", str(parent), "--death", death]
    return [*call, "--", *command]


def run_inside(home: Path, command: Sequence[str], **environ: str) -> str:
    """Run a command in a home to its end and return what it printed.

    Raises:
        TreeError: it failed; the message is the last line it wrote.

    """
    done = subprocess.run(
        inside(home, command),
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"} | environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines() or [f"exit code {done.returncode}"]
        raise TreeError(_with_advice(f"{Path(command[0]).name}: {said[-1]}"))
    return done.stdout


@dataclass(slots=True)
class Server:
    """A private server process; ``start`` returns when it answers, ``stop`` when it is gone."""

    name: str
    home: Path
    command: list[str]
    log: Path
    is_ready: Callable[[], bool]
    stop_signal: str
    patience_s: float = 60.0
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def is_running(self) -> bool:
        """Whether its process is there."""
        return self.process is not None and self.process.poll() is None

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return self.process.pid if self.process is not None and self.is_running else None

    def start(self) -> None:
        """Start it and wait until it answers.

        Raises:
            TreeError: it ended at once, or did not answer in time; the log says why.

        """
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                inside(self.home, self.command, parent=os.getpid(), death=self.stop_signal),
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = clock.monotonic_s() + self.patience_s
        while not self.is_ready():
            if self.process.poll() is not None:
                raise TreeError(
                    _with_advice(f"the private {self.name} ended at once: {_last_line(self.log)}")
                )
            if clock.monotonic_s() > deadline:
                self.stop()
                raise TreeError(
                    f"the private {self.name} did not answer in {self.patience_s:.0f} s; see {self.log}"
                )
            clock.wait(0.02)

    def stop(self, how: str | None = None) -> None:
        """End it by its own clean signal (or another, for example ``SIGKILL``) and wait until it is gone."""
        if self.process is None:
            return
        if self.process.poll() is None:
            os.kill(self.process.pid, signal.Signals[how or self.stop_signal])
            try:
                self.process.wait(timeout=self.patience_s)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.process.wait()
        self.process = None


def _with_advice(sentence: str) -> str:
    """Name the way out when this machine lets us enter no tree; another failure speaks for itself."""
    return f"{sentence}. {archive.INSTEAD}" if launch.CANNOT_ENTER in sentence else sentence


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
    telling = [line for line in lines if "FATAL" in line or "rror" in line]
    return (telling or lines or ["it wrote nothing"])[-1]
