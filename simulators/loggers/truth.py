"""What loggers have said and the platform has confirmed, and whether the platform holds just that."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from simulators.history import sensor_ids
from simulators.loggers.logger import Telling
from simulators.loggers.outbox import Parcel
from simulators.loggers.wording import Told
from simulators.park import Park
from smartpark import db, queries

Q = queries.load("simulators.loggers", "truth.sql")

_Key = tuple[str, str, str]


class LoggerTruth:
    """What was said since the play began, in memory and, where a file is given, one JSON object a line."""

    def __init__(self, since_s: int, path: Path | None = None) -> None:
        self.since_s = since_s
        self._said: dict[_Key, Parcel] = {}
        self._confirmed: set[_Key] = set()
        self._file: TextIO | None = None
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("a", encoding="utf-8", buffering=1)

    def of(self, mn: str) -> Telling:
        """Return what a logger tells its words to."""

        def telling(event: str, parcel: Parcel) -> None:
            key = (mn, parcel.cn, parcel.cp)
            known = self._confirmed if event == "confirmed" else self._said
            if key in known:
                return
            self._said[key] = parcel
            if event == "confirmed":
                self._confirmed.add(key)
            self._write({"event": event, "mn": mn, "cn": parcel.cn, "cp": parcel.cp})

        return telling

    @property
    def messages(self) -> int:
        """How many different messages were sent."""
        return len(self._said)

    @property
    def confirmed(self) -> int:
        """How many of them are confirmed."""
        return len(self._confirmed)

    def values(self) -> Iterator[tuple[Told, bool]]:
        """Yield every value that was said, and whether its message is confirmed."""
        for key, parcel in self._said.items():
            for told in parcel.told:
                yield told, key in self._confirmed

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _write(self, data: dict[str, Any]) -> None:
        if self._file is not None:
            self._file.write(json.dumps(data, separators=(",", ":"), ensure_ascii=False) + "\n")


@dataclass(slots=True)
class Comparison:
    """Everything but ``said`` and ``confirmed``, counted in values, must be zero."""

    said: int = 0
    confirmed: int = 0
    lost: int = 0
    invented: int = 0
    examples: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """Whether every confirmed value is stored, and every stored value was measured."""
        return not self.lost and not self.invented


def compare(conn: db.Connection, truth: LoggerTruth, park: Park) -> Comparison:
    """Return how the readings and records of the loggers' sensors differ from what was said; leaves no trace."""
    found = Comparison()
    ids: Sequence[int] = sensor_ids(conn, park).tolist()
    conn.execute(Q.make_told)
    with conn.cursor().copy(Q.copy_told) as copy:
        for told, sure in truth.values():
            found.said += 1
            found.confirmed += sure
            time = datetime.fromtimestamp(told.time_s, UTC)
            copy.write_row(
                (ids[told.point], told.period, time, told.mean, told.low, told.high, told.flag, sure)
            )
    conn.execute(Q.index_told)
    since = {"since": datetime.fromtimestamp(truth.since_s, UTC)}
    for name, query in (("lost", Q.lost), ("invented", Q.invented)):
        rows = conn.execute(query, since).fetchall()
        setattr(found, name, len(rows))
        found.examples += [
            f"{name} {station} {word} {period} {time.isoformat()}" for station, word, period, time in rows[:5]
        ]
    conn.rollback()
    return found
