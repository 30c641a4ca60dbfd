"""Where frames over TCP and frames over MQTT become one stream for the worker, and answers find their way back."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any

from ingest.directory import Directory
from ingest.gateway.link import Arrival
from ingest.gateway.roll import Roll
from ingest.gateway.server import Server
from ingest.gateway.talk import Talk
from smartpark import clock, db
from smartpark.hj212.frame import Frame, FrameError
from smartpark.mqtt import Message, Subscriber


class Desk:
    """An inbox as the worker knows it, fed by a server and, where there is a broker, by a subscription."""

    def __init__(self, server: Server, subscriber: Subscriber | None) -> None:
        self._server = server
        self._subscriber = subscriber
        self._hushed = False
        self.talk: Talk | None = None

    def tick(self, conn: db.Connection, now: datetime) -> None:
        """Let requests go out and replies come in, in the caller's transaction."""
        if self.talk is not None and not self._hushed:
            self.talk.tick(conn, now)

    def start(self) -> None:
        """Begin to listen."""
        self._server.start()
        if self._subscriber is not None:
            self._subscriber.start()

    def hush(self) -> None:
        """Hear nothing more; what came over TCP still waits to be taken and can still be answered.

        What came over MQTT and is not acknowledged comes again, so none of it waits.
        """
        if not self._hushed:
            self._hushed = True
            self._server.hush()
            if self._subscriber is not None:
                self._subscriber.stop()

    def stop(self) -> None:
        """Close every connection; what is not safe was not answered."""
        self.hush()
        self._server.stop()

    def wait(self, timeout_s: float) -> bool:
        """Return true as soon as something waits, false after the timeout [s].

        Frames over TCP wake it at once; those over MQTT, which nobody waits for, are found within 50 ms.
        """
        deadline_s = clock.monotonic_s() + timeout_s
        while not self.waiting:
            left_s = deadline_s - clock.monotonic_s()
            if left_s <= 0:
                return False
            with self._server.arrived:
                self._server.arrived.wait_for(lambda: self._server.inbox, min(left_s, 0.05))
        return True

    def take(self) -> Message | Arrival | None:
        """Return the oldest waiting frame over TCP, else the oldest message, or None at once."""
        try:
            return self._as_believed(self._server.inbox.popleft())
        except IndexError:
            return self._subscriber.take() if self._subscriber is not None and not self._hushed else None

    def _as_believed(self, arrival: Arrival) -> Arrival:
        """Return what came with the password that counts now, where it was believed under another when it came."""
        frame = arrival.heard.frame
        if not arrival.believed or isinstance(frame, FrameError):
            return arrival
        known = self._server.roll.as_known(frame)
        return arrival if known is frame else arrival._replace(heard=arrival.heard._replace(frame=known))

    def acknowledge(self, messages: Sequence[Any]) -> None:
        """Answer what is committed now."""
        self._server.answer(
            (m.link, m.reply) for m in messages if isinstance(m, Arrival) and m.reply is not None
        )
        if self._subscriber is not None and not self._hushed:
            self._subscriber.acknowledge([m for m in messages if isinstance(m, Message)])

    @property
    def waiting(self) -> int:
        """Frames and messages received and not yet taken."""
        over_mqtt = self._subscriber.waiting if self._subscriber is not None and not self._hushed else 0
        return len(self._server.inbox) + over_mqtt

    @property
    def connected(self) -> bool:
        """Whether loggers can call."""
        return self._server.listening

    @property
    def dropped(self) -> int | None:
        """Nothing: what the broker drops is told by the other feeds."""
        return None

    @property
    def silent_s(self) -> float:
        """How long one of the network loops has not turned [s]."""
        silent_s = clock.monotonic_s() - self._server.ticked_s
        if self._subscriber is None or self._hushed:
            return silent_s
        return max(silent_s, self._subscriber.silent_s)

    @property
    def last_message_us(self) -> int | None:
        """When something came last [us since 1970]."""
        over_mqtt = self._subscriber.last_message_us if self._subscriber is not None else None
        return max((us for us in (self._server.last_us, over_mqtt) if us is not None), default=None)

    def loaded(self, directory: Directory) -> None:
        """Go on with a newly loaded allow-list."""
        self._server.roll = Roll(directory)

    def online(self) -> frozenset[str]:
        """Return the loggers that have a live connection."""
        return self._server.online()

    def send(self, mn: str, data: bytes) -> bool:
        """Send a request to a logger; false when it is not connected."""
        return self._server.send(mn, data)

    def expect(self, qns: frozenset[str]) -> None:
        """Ask for data frames with these QN beside their storing."""
        self._server.expected = qns

    def heard(self) -> list[Frame]:
        """Return the frames of dialogues, and the expected ones, since the last call."""
        found: list[Frame] = []
        while self._server.talk:
            found.append(self._server.talk.popleft())
        return found

    def watch(self, pairs: Mapping[str, AbstractSet[str]]) -> None:
        """Let these loggers, by MN, speak under either of two passwords."""
        self._server.passwords.pairs = pairs

    def used(self) -> Mapping[str, AbstractSet[str]]:
        """Return which of their two passwords watched loggers spoke under since the last call."""
        return self._server.passwords.used()
