"""Keeps the processes alive: what ends is started again after a pause that grows, and a word is said."""

import subprocess
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from smartpark import clock, processes, run_state
from smartpark.embedded.server import Server
from smartpark.embedded.trees import TreeError
from smartpark.processes import Process
from smartpark.run_state import Member

SHORTEST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
STEADY_AFTER_S = 60.0
PATIENCE_S = 12.0


@dataclass(slots=True)
class _Watched:
    process: Process
    child: subprocess.Popen[bytes]
    member: Member
    began_s: float
    pause_s: float = SHORTEST_PAUSE_S
    again_at_s: float | None = None


class Supervisor:
    """The children of one starter.

    ``look`` is called again and again by the starter; it never waits for a child.
    """

    def __init__(self, environ: Mapping[str, str], log_dir: Path, say: Callable[[str], None]) -> None:
        self._environ = environ
        self._log_dir = log_dir
        self._say = say
        self._watched: list[_Watched] = []
        self._servers: list[tuple[Server, Member]] = []

    @property
    def members(self) -> list[Member]:
        """Every child as the state file shows it."""
        return [member for _, member in self._servers] + [one.member for one in self._watched]

    def keep_server(self, name: str, server: Server) -> None:
        """Watch a private server that has been started."""
        self._servers.append((server, run_state.member(name, server.pid or 0)))

    def start(self, table: Iterable[Process]) -> None:
        """Start the processes, in order."""
        for process in table:
            child = processes.start(process, self._environ, self.log(process.name))
            member = run_state.member(process.name, child.pid)
            self._watched.append(_Watched(process, child, member, clock.monotonic_s()))

    def log(self, name: str) -> Path:
        """Return where a process writes."""
        return self._log_dir / f"{name}.log"

    def look(self) -> bool:
        """Start again what has ended and whose pause is over; return whether anything changed."""
        changed = [self._look_at_server(index) for index in range(len(self._servers))]
        changed += [self._look_at(one) for one in self._watched]
        return any(changed)

    def end(self) -> None:
        """End the senders, then the rest, then the servers."""
        senders = [one.child for one in self._watched if one.process.demo_only]
        others = [one.child for one in self._watched if not one.process.demo_only]
        processes.end(senders, PATIENCE_S)
        processes.end(others, PATIENCE_S)
        for server, _ in reversed(self._servers):
            server.stop()

    def _look_at(self, one: _Watched) -> bool:
        now_s = clock.monotonic_s()
        if one.again_at_s is not None:
            if now_s < one.again_at_s:
                return False
            one.child = processes.start(one.process, self._environ, self.log(one.process.name))
            one.member = run_state.member(one.process.name, one.child.pid, one.member.restarts + 1)
            one.began_s, one.again_at_s = now_s, None
            return True
        code = one.child.poll()
        if code is None or one.member.state == "done":
            return False
        if code == 0 and one.process.once:
            one.member.state = "done"
            return True
        processes.end([one.child], 0)
        if now_s - one.began_s > STEADY_AFTER_S:
            one.pause_s = SHORTEST_PAUSE_S
        one.again_at_s = now_s + one.pause_s
        one.member.state = "restarting"
        self._say(
            f"{one.process.name} ended ({_how(code)}: {processes.last_line(self.log(one.process.name))}); "
            f"starting it again in {one.pause_s:g} s · 进程退出，将自动重启"
        )
        one.pause_s = min(LONGEST_PAUSE_S, one.pause_s * 2)
        return True

    def _look_at_server(self, index: int) -> bool:
        server, member = self._servers[index]
        if server.is_running:
            return False
        self._say(f"{server.name} ended; starting it again · {server.name} 退出，正在重启")
        try:
            server.start()
        except TreeError as err:
            self._say(str(err))
            clock.wait(SHORTEST_PAUSE_S)
            return False
        self._servers[index] = (server, run_state.member(member.name, server.pid or 0, member.restarts + 1))
        return True


def _how(code: int) -> str:
    return f"exit code {code}" if code >= 0 else f"signal {-code}"
