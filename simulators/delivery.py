"""From readings to messages on their way: numbered, and late, doubled, lost or garbled as the faults say.

Knows nothing of clocks and brokers: it is asked what leaves until an instant of the play.
"""

import heapq
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from simulators.events import events
from simulators.message import Message, messages, topic
from simulators.play import Outage, Play
from simulators.truth import Line

EVENT_GATEWAY = "gates"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message that leaves at an instant; ``line.at_ms`` is set when it really does."""

    gateway: str
    topic: str
    payload: bytes
    line: Line


class Delivery:
    """The way of the messages of a play; asked for consecutive periods."""

    def __init__(self, play: Play, *, with_events: bool = True) -> None:
        self._play = play
        self._with_events = with_events
        self._seq: dict[str, int] = defaultdict(int)
        self._waiting: list[tuple[int, int, Outgoing]] = []
        self._order = count()
        self._outage = {s: outage for outage in play.plot.outages for s in outage.stations}
        self._dead = {self.gateway(station): outage for station, outage in self._outage.items()}

    def gateway(self, station: str) -> str:
        """Return whose connection carries a station; a gateway that will die is one of its own."""
        name = self._play.park.stations[station].gateway
        return f"{name}/b" if station in self._outage else name

    def gateways(self) -> dict[str, list[str]]:
        """Return the stations of every gateway."""
        found: dict[str, list[str]] = defaultdict(list)
        for code in self._play.park.stations:
            found[self.gateway(code)].append(code)
        if self._with_events:
            found[EVENT_GATEWAY] = []
        return dict(found)

    def outages(self) -> dict[str, Outage]:
        """Return when which gateway is dead."""
        return self._dead

    def leaving(self, from_s: int, to_s: int) -> Iterator[Outgoing]:
        """Yield what leaves in the half-open period [from_s, to_s) of the play, in order."""
        park = self._play.park
        for message in messages(park, self._play.readings(from_s, to_s)):
            self._take(message)
        if self._with_events:
            for event in events(park, self._play.seed, from_s, to_s):
                where = f"smartpark/{park.code}/events/{event.type}"
                line = Line(EVENT_GATEWAY, 0, odd="event")
                self._push(event.time_s, Outgoing(EVENT_GATEWAY, where, json_bytes(event.data), line))
        while self._waiting and self._waiting[0][0] < to_s:
            yield heapq.heappop(self._waiting)[2]

    @property
    def kept(self) -> int:
        """Messages that are not due yet: late ones, and those of a dead gateway."""
        return len(self._waiting)

    def rest(self) -> Iterator[Outgoing]:
        """Yield everything that is still on its way, in order; what the end of a play sends."""
        while self._waiting:
            yield heapq.heappop(self._waiting)[2]

    def _take(self, message: Message) -> None:
        faults, station = self._play.faults, message.station
        time_s = message.time_ms // 1000
        self._seq[station] += 1
        seq = self._seq[station]
        if faults.happens("dropout", station, time_s):
            return
        skew_s = faults.skew_s(station, time_s)
        sent = message if not skew_s else _moved(message, skew_s)
        out = self._outgoing(sent, seq, skew_s)
        late_s = faults.late_s(station, time_s)
        self._push(time_s + late_s, out)
        if faults.happens("duplicate", station, time_s):
            self._push(time_s + late_s + 2, out)
        noise = faults.garbage(station, time_s)
        if noise is not None:
            line = Line(out.gateway, 0, odd="malformed")
            self._push(time_s, Outgoing(out.gateway, out.topic, noise, line))

    def _outgoing(self, message: Message, seq: int, skew_s: int) -> Outgoing:
        gateway = self.gateway(message.station)
        odd = "ahead" if skew_s > 0 else ""
        line = Line(gateway, 0, message.time_ms, message.points, message.stored, message.flags, odd)
        park = self._play.park
        return Outgoing(gateway, topic(park, message.station), message.payload(park, seq), line)

    def _push(self, at_s: int, out: Outgoing) -> None:
        outage = self._dead.get(out.gateway)
        if outage is not None and outage.from_s <= at_s < outage.to_s:
            at_s = outage.to_s
        heapq.heappush(self._waiting, (at_s, next(self._order), out))


def json_bytes(data: dict[str, object]) -> bytes:
    """Return JSON as it goes on the wire."""
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False).encode()


def _moved(message: Message, skew_s: int) -> Message:
    time_ms = message.time_ms + skew_s * 1000
    return Message(message.station, time_ms, message.points, message.sent, message.stored, message.flags)
