"""The fleet: plays a scenario against a broker, in real time, faster, or as fast as it goes."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from simulators.delivery import Delivery, Outgoing
from simulators.gateway import Gateway, Post
from simulators.message import topic
from simulators.play import Play
from simulators.truth import Line, Writer
from simulators.turn import Turn
from smartpark import clock, log
from smartpark.mqtt import Publisher

_LONGEST_CUT_S = 60
_FULL = 20_000
_FLUSH_S = 8.0
_TOLERANCE_MS = 600_000  # a message further ahead of the platform's clock is refused as future


@dataclass(frozen=True, slots=True)
class Pace:
    """How time runs: the play begins at ``starts_s``; ``speed`` 0 is as fast as it goes."""

    starts_s: int
    speed: float = 1.0
    lasts_s: int | None = None  # None: until it is stopped


class Fleet:
    """All gateways of a park and what they send."""

    def __init__(
        self,
        play: Play,
        pace: Pace,
        url: str,
        *,
        client_id: str,
        truth: Writer | None = None,
        turn: Turn | None = None,
    ) -> None:
        self.play = play
        self.pace = pace
        self.delivery = Delivery(play)
        self.sent = 0
        self.readings = 0
        self._url = url
        self._client_id = client_id
        self._truth = truth
        self._turn = turn
        self._stations = self.delivery.gateways()
        self._gateways = {name: Gateway(name, self._connector(name)) for name in self._stations}
        self._dead: set[str] = set()
        self._log = log.get("simulators.fleet")

    def run(self, stopping: Callable[[], bool] = lambda: False) -> bool:
        """Play until the end or until ``stopping``; return whether everything was confirmed."""
        self._enter()
        done_s = self.pace.starts_s
        end_s = None if self.pace.lasts_s is None else done_s + self.pace.lasts_s
        wall_s = self._zero_s()
        while not stopping() and (end_s is None or done_s < end_s):
            if self._stood_aside(stopping) and self.pace.speed:
                done_s = max(done_s, self._reached_s(wall_s) - 1)  # the other fleet has sent this time
            reached_s = self._reached_s(wall_s)
            until_s = min(x for x in (reached_s, end_s, done_s + _LONGEST_CUT_S) if x is not None)
            if until_s > done_s and self._room():
                self._outages(until_s)
                for out in self.delivery.leaving(done_s, until_s):
                    self._send(out)
                done_s = until_s
            else:
                clock.wait(self._pause_s(wall_s, done_s))
            self._tick()
        return self._leave(everything=not stopping())

    def _enter(self) -> None:
        for name, gateway in self._gateways.items():
            if name not in self._dead:
                gateway.open()
                self._say(name, self._stations[name], b"online")

    def _stood_aside(self, stopping: Callable[[], bool]) -> bool:
        """Leave the park to a newer fleet until that has gone; return whether there was one."""
        if self._turn is None or self._turn.is_mine():
            return False
        for gateway in self._gateways.values():
            gateway.close(0.2)
        self._log.info("fleet_stands_aside")
        while not self._turn.is_mine() and not stopping():
            clock.wait(0.05)
        self._log.info("fleet_plays_again")
        self._enter()
        return True

    @property
    def waiting(self) -> int:
        """Messages that the broker has not confirmed yet."""
        return sum(g.unconfirmed for g in self._gateways.values())

    def _zero_s(self) -> float:
        """Return the wall time of the first instant; in real time whole seconds are sent when they strike."""
        now_s = clock.epoch_s()
        strikes = self.pace.speed == 1.0 and 0.0 <= now_s - self.pace.starts_s < 5.0
        return float(self.pace.starts_s) if strikes else now_s

    def _reached_s(self, wall_s: float) -> int:
        if not self.pace.speed:
            return self.pace.starts_s + 2**40
        elapsed_s = (clock.epoch_s() - wall_s) * self.pace.speed
        return self.pace.starts_s + int(elapsed_s) + 1

    def _pause_s(self, wall_s: float, done_s: int) -> float:
        if not self.pace.speed:
            return 0.005
        next_s = wall_s + (done_s - self.pace.starts_s) / self.pace.speed
        return min(max(next_s - clock.epoch_s(), 0.002), 0.2)

    def _room(self) -> bool:
        return bool(self.pace.speed) or max(g.waiting for g in self._gateways.values()) < _FULL

    def _tick(self) -> None:
        for gateway in self._gateways.values():
            gateway.pump()
        if self._truth is not None:
            self._truth.confirmed({name: g.confirmed for name, g in self._gateways.items()})

    def _send(self, out: Outgoing, *, retain: bool = False) -> None:
        now_ms = int(clock.epoch_s() * 1000)
        odd = out.line.odd
        if odd == "ahead":
            odd = "future" if out.line.time_ms - now_ms > _TOLERANCE_MS else ""
        line = replace(out.line, at_ms=now_ms, odd=odd)
        self.sent += 1
        self.readings += len(line.points)
        taken = self._gateways[out.gateway].send(Post(out.topic, out.payload, retain))
        if self._truth is not None:
            self._truth.sent(line if taken else replace(line, dropped=True))
        if not taken:
            self._log.warning("outbox_full", gateway=out.gateway, topic=out.topic)

    def _say(self, gateway: str, stations: list[str], word: bytes) -> None:
        for station in stations:
            where = topic(self.play.park, station, "status")
            self._send(Outgoing(gateway, where, word, Line(gateway, 0, odd="status")), retain=True)

    def _outages(self, until_s: int) -> None:
        """Let gateways die and come back; the broker sees the wills of their stations."""
        for name, outage in self.delivery.outages().items():
            if name not in self._dead and outage.from_s < until_s <= outage.to_s:
                self._dead.add(name)
                self._say(name, self._stations[name], b"offline")
                self._gateways[name].close(_FLUSH_S)
                self._log.info("gateway_dead", gateway=name)
            elif name in self._dead and until_s > outage.to_s:
                self._dead.remove(name)
                self._gateways[name].open()
                self._say(name, self._stations[name], b"online")
                self._log.info("gateway_back", gateway=name, kept=self.delivery.kept)

    def _leave(self, *, everything: bool) -> bool:
        if everything:
            for out in self.delivery.rest():
                self._send(out)
        # The demo's fleet stops with the platform, or for another fleet: no gateway says good-bye for that.
        if self._turn is None or (everything and not self._turn.has_heir):
            for name in self._gateways:
                self._say(name, self._stations[name], b"offline")
        deadline_s = clock.monotonic_s() + (600.0 if everything else _FLUSH_S)
        while any(g.waiting for g in self._gateways.values()) and clock.monotonic_s() < deadline_s:
            self._tick()
            clock.wait(0.01)
        closed = [g.close(max(0.2, deadline_s - clock.monotonic_s())) for g in self._gateways.values()]
        self._tick()
        return all(closed)

    def _connector(self, name: str) -> Callable[[], Publisher]:
        def connect() -> Publisher:
            stations = self._stations[name]
            will = (topic(self.play.park, stations[0], "status"), b"offline") if stations else None
            return Publisher(self._url, client_id=f"{self._client_id}-{name.replace('/', '-')}", will=will)

        return connect
