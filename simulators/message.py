"""One message on its way: what a station says at one instant, as the contract writes it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from simulators.park import Park
from simulators.play import NORMAL, Sent


@dataclass(frozen=True, slots=True)
class Message:
    """The readings of a station at an instant; columns of its points."""

    station: str
    time_ms: int
    points: tuple[int, ...]
    sent: tuple[float, ...]
    stored: tuple[float, ...]
    flags: str

    def payload(self, park: Park, seq: int) -> bytes:
        """Return the JSON of the message."""
        words = [park.points[p].word for p in self.points]
        document: dict[str, object] = {
            "time": self.time_ms,
            "values": dict(zip(words, self.sent, strict=True)),
        }
        flags = {word: flag for word, flag in zip(words, self.flags, strict=True) if flag != "N"}
        if flags:
            document["flags"] = flags
        return json.dumps(document | {"seq": seq}, separators=(",", ":")).encode()


def topic(park: Park, station: str, suffix: str = "readings") -> str:
    """Return the topic of a station."""
    return f"smartpark/{park.code}/{park.stations[station].kind}/{station}/{suffix}"


def messages(park: Park, sent: Sent) -> Iterator[Message]:
    """Yield the messages of columns of readings: one a station and instant, in their order."""
    if not len(sent.which):
        return
    order: dict[str, int] = {}
    station = np.asarray([order.setdefault(park.points[p].station, len(order)) for p in sent.which])
    by = np.lexsort((sent.which, station, sent.time_s))
    cut = np.flatnonzero((np.diff(sent.time_s[by]) != 0) | (np.diff(station[by]) != 0)) + 1
    letters = {code: chr(code) for code in np.unique(sent.flag).tolist()}
    for rows in np.split(by, cut):
        flag = sent.flag[rows]
        yield Message(
            park.points[int(sent.which[rows[0]])].station,
            int(sent.time_s[rows[0]]) * 1000,
            tuple(sent.which[rows].tolist()),
            tuple(sent.sent[rows].tolist()),
            tuple(sent.stored[rows].tolist()),
            "N" * len(rows) if (flag == NORMAL).all() else "".join(letters[f] for f in flag.tolist()),
        )
