"""What runs here, written by the starter into ``run.json`` and read by status, down and doctor."""

import fcntl
import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from pydantic import SecretStr

from smartpark import clock
from smartpark.settings import Settings


class AlreadyRunning(RuntimeError):  # noqa: N818 - the sentence a person reads
    """Another starter works on the same data."""


@dataclass(slots=True)
class Member:
    """A process as it was when it started; ``started`` tells it from a later one with the same id."""

    name: str
    pid: int
    started: int
    state: str = "running"
    restarts: int = 0

    @property
    def lives(self) -> bool:
        """Whether this very process is there now."""
        return self.started != 0 and started_at(self.pid) == self.started


@dataclass(slots=True)
class RunState:
    """One run of the product: starter, members, addresses."""

    starter: Member
    mode: str
    db_dsn: str = ""
    mqtt_url: str = ""
    api_url: str = ""
    gateway_address: str | None = None
    members: list[Member] = field(default_factory=list)


def started_at(pid: int) -> int:
    """Return when a process started [clock ticks since boot], 0 when there is none."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0
    fields = stat.rpartition(")")[2].split()
    return 0 if fields[0] in "ZX" else int(fields[19])


def member(name: str, pid: int, restarts: int = 0) -> Member:
    """Describe a process that has just been started."""
    return Member(name, pid, started_at(pid), restarts=restarts)


def write(data_dir: Path, state: RunState) -> None:
    """Replace the state file at once, readable by its owner alone: it holds a password."""
    path = data_dir / "run.json"
    new = path.with_suffix(".new")
    new.touch(mode=0o600)
    new.write_text(json.dumps(asdict(state), indent=1))
    new.replace(path)


def read(data_dir: Path) -> RunState | None:
    """Return the last state written, or nothing."""
    try:
        raw = json.loads((data_dir / "run.json").read_text())
    except (OSError, ValueError):
        return None
    raw["starter"] = Member(**raw["starter"])
    raw["members"] = [Member(**one) for one in raw["members"]]
    return RunState(**raw)


def at_hand(settings: Settings) -> Settings:
    """Return the settings with the addresses of the private servers that run here, where none is set."""
    state = read(settings.data_dir)
    if state is None or not state.starter.lives:
        return settings
    dsn = settings.db.dsn or (SecretStr(state.db_dsn) if state.db_dsn else None)
    url = settings.mqtt.url or (SecretStr(state.mqtt_url) if state.mqtt_url else None)
    gateway = settings.gateway
    if not gateway.port and state.gateway_address:
        gateway = gateway.model_copy(update={"port": int(state.gateway_address.rpartition(":")[2])})
    return settings.model_copy(
        update={
            "gateway": gateway,
            "db": settings.db.model_copy(update={"dsn": dsn}),
            "mqtt": settings.mqtt.model_copy(update={"url": url}),
        }
    )


def forget(data_dir: Path) -> None:
    """Remove the state file."""
    (data_dir / "run.json").unlink(missing_ok=True)


@contextmanager
def only_one(data_dir: Path) -> Iterator[None]:
    """Hold the place of the one starter; the kernel gives it back when the process dies.

    Raises:
        AlreadyRunning: somebody else holds it.

    """
    data_dir.mkdir(parents=True, exist_ok=True)
    with (data_dir / "run.lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as err:
            state = read(data_dir)
            where = f" (process {state.starter.pid}, {state.api_url or 'starting'})" if state else ""
            raise AlreadyRunning(
                f"Smartpark already runs here{where}; end it with: python -m smartpark down · 已在运行"
            ) from err
        yield


def end_left_over(state: RunState, patience_s: float = 30.0) -> list[str]:
    """End what a killed starter has left, asking first; return the names of what had to be killed."""
    left = [one for one in state.members if one.lives]
    for one in left:
        if one.name not in {"database", "broker"}:
            os.kill(one.pid, signal.SIGTERM)
    for one in left:
        if one.name in {"database", "broker"}:
            os.kill(one.pid, signal.SIGINT if one.name == "database" else signal.SIGTERM)
    stubborn = wait_until_gone(left, patience_s)
    for one in stubborn:
        os.kill(one.pid, signal.SIGKILL)
    return [one.name for one in stubborn]


def wait_until_gone(members: list[Member], patience_s: float) -> list[Member]:
    """Wait until none of these processes is there, or patience ends; return those that still are."""
    deadline = clock.monotonic_s() + patience_s
    while (left := [one for one in members if one.lives]) and clock.monotonic_s() < deadline:
        clock.wait(0.05)
    return left
