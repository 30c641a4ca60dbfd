"""The truth file: what was sent, what the broker confirmed, which alerts ought to be raised.

One JSON object a line, so that it survives the death of the fleet at any moment; a later run appends a session.

==========  ==========================================================================================
session     a run begins: park, scenario, seed, sensors as [station, quantity, form], start
sent        one message handed to its gateway: points, stored values, flags, when; ``odd`` if it must be refused
confirmed   how many messages of each gateway the broker has confirmed so far, in their order
ought       the alerts that what was sent ought to raise (see ``simulators.expectation``)
==========  ==========================================================================================
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self, TextIO

from simulators.park import Park


@dataclass(frozen=True, slots=True)
class Line:
    """One message as the truth keeps it; ``points`` index the session's sensors, values are as stored."""

    gateway: str
    at_ms: int
    time_ms: int = 0
    points: tuple[int, ...] = ()
    values: tuple[float, ...] = ()
    flags: str = ""
    odd: str = ""  # reason of quarantine, or 'status', 'event'
    dropped: bool = False

    def json(self) -> dict[str, Any]:
        """Return the line as JSON, without what is usual."""
        out: dict[str, Any] = {"g": self.gateway, "at": self.at_ms}
        if self.points:
            out |= {"t": self.time_ms, "p": self.points, "v": self.values}
        if self.flags.strip("N"):
            out["f"] = self.flags
        if self.odd:
            out["odd"] = self.odd
        if self.dropped:
            out["dropped"] = True
        return out

    @classmethod
    def of(cls, data: dict[str, Any]) -> Self:
        """Read a line back."""
        points = tuple(data.get("p", ()))
        return cls(
            data["g"],
            data["at"],
            data.get("t", 0),
            points,
            tuple(data.get("v", ())),
            data.get("f", "N" * len(points)),
            data.get("odd", ""),
            data.get("dropped", False),
        )


class Writer:
    """Appends a session to a truth file."""

    def __init__(self, path: Path, park: Park, **session: Any) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        whole = not path.exists() or path.stat().st_size == 0 or path.read_bytes()[-1:] == b"\n"
        self._file: TextIO = path.open("a", encoding="utf-8")
        if not whole:
            self._file.write("\n")  # a killed run left half a line
        sensors = [[p.station, p.quantity, p.form] for p in park.points]
        self._write({"session": session | {"park": park.code, "sensors": sensors}})
        self._confirmed: dict[str, int] = {}

    def sent(self, line: Line) -> None:
        """Note one message that is handed over."""
        self._write({"sent": line.json()})

    def confirmed(self, counts: dict[str, int]) -> None:
        """Note how many messages of each gateway are confirmed, if that has changed, and reach the disk."""
        changed = {name: count for name, count in counts.items() if self._confirmed.get(name) != count}
        if changed:
            self._confirmed |= changed
            self._write({"confirmed": changed})
        self._file.flush()

    def ought(self, alerts: list[dict[str, Any]]) -> None:
        """Note the alerts that ought to be raised."""
        self._write({"ought": alerts})

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _write(self, data: dict[str, Any]) -> None:
        self._file.write(json.dumps(data, separators=(",", ":"), ensure_ascii=False) + "\n")


@dataclass(slots=True)
class Session:
    """One run: its head, its messages in order, and how many of each gateway were confirmed."""

    head: dict[str, Any]
    lines: list[Line] = field(default_factory=list)
    confirmed: dict[str, int] = field(default_factory=dict)
    ought: list[dict[str, Any]] | None = None

    def sure(self) -> Iterator[Line]:
        """Yield the messages that the broker has confirmed."""
        return (line for line, confirmed in self.marked() if confirmed)

    def unsure(self) -> Iterator[Line]:
        """Yield the messages of which nobody knows whether they arrived."""
        return (line for line, confirmed in self.marked() if not confirmed and not line.dropped)

    def marked(self) -> Iterator[tuple[Line, bool]]:
        """Yield every message and whether the broker has confirmed it."""
        count: dict[str, int] = defaultdict(int)
        for line in self.lines:
            if line.dropped:
                yield line, False
                continue
            count[line.gateway] += 1
            yield line, count[line.gateway] <= self.confirmed.get(line.gateway, 0)


@dataclass(slots=True)
class Truth:
    """All sessions of a truth file."""

    sessions: list[Session]

    @property
    def park(self) -> str:
        """Return the code of the park."""
        return str(self.sessions[0].head["park"])


class TruthError(ValueError):
    """The file is no truth file; the message says where."""


def read(path: Path) -> Truth:
    """Read a truth file; half a line at its end is what a killed run leaves, and is passed over.

    Raises:
        TruthError: it is not a truth file.

    """
    sessions: list[Session] = []
    for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            data = json.loads(text)
        except json.JSONDecodeError:
            continue
        if "session" in data:
            sessions.append(Session(data["session"]))
        elif not sessions:
            raise TruthError(
                f"{path}:{number}: no session before this line; give the file that fleet --truth has written"
            )
        elif "sent" in data:
            sessions[-1].lines.append(Line.of(data["sent"]))
        elif "confirmed" in data:
            sessions[-1].confirmed |= data["confirmed"]
        elif "ought" in data:
            sessions[-1].ought = data["ought"]
    if not sessions:
        raise TruthError(f"{path}: no session in it; give the file that fleet --truth has written")
    return Truth(sessions)
