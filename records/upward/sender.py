"""Re-sends to an HJ 212 platform: what is due goes out, what is answered by 9014 is confirmed.

As long as an item says the same it keeps the QN under which it went first, over restarts as well: a platform that gets a
frame twice gets the same frame, but for RF=1 once its time as live data is over. What says something else, or the same
in other parts, is a new message and has a new QN: a platform that knows a QN passes over what comes under it.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from records.upward import material, message
from records.upward.courier import TroubleError
from records.upward.listing import Listing
from records.upward.message import Terms
from records.upward.periods import Going, Item
from records.upward.window import SilenceError, Window
from records.upward.wire import Wire
from smartpark import db
from smartpark.hj212 import commands, encode
from smartpark.hj212.frame import Frame, FrameError, decode

_MILLISECOND = timedelta(milliseconds=1)
_APART = timedelta(milliseconds=100)  # more than the parts of one item
_REFUSED = (("QnRtn", "2"),)


class Sender:
    """The courier of one HJ 212 receiver; ``address`` is asked for at each connection."""

    def __init__(self, receiver_id: int, address: Callable[[], str], terms: Terms) -> None:
        self._list = Listing(receiver_id)
        self._address = address
        self._terms = terms
        self._window = Window()
        self._wire: Wire | None = None
        self._newest: datetime | None = None  # that was given out as a QN

    def open(self, conn: db.Connection, now: datetime) -> None:
        """Connect; nothing is under way.

        Raises:
            TroubleError: the platform cannot be reached.

        """
        if self._newest is None:
            newest = self._list.newest_sent(conn, now)
            conn.commit()
            self._newest = newest and newest + _APART
        self._window = Window()
        self._wire = Wire(self._address())

    def turn(self, conn: db.Connection, now: datetime, at_s: float) -> int:
        """Take answers, repeat what is overdue, send what is on its turn.

        Raises:
            TroubleError: the connection ended, or the platform answers nothing.

        """
        wire = self._wire
        if wire is None:
            raise TroubleError("not connected")
        confirmed = self._hear(wire, at_s)
        self._list.confirm(conn, [going.item for going in confirmed], now)
        self._repeat(conn, wire, now, at_s)
        self._send(conn, wire, now, at_s)
        return len(confirmed)

    @property
    def under_way(self) -> int:
        """How many items wait for an answer."""
        return len(self._window.flights)

    def rest(self, longest_s: float) -> None:
        """Wait until the platform answers, or so long [s]."""
        if self._wire is not None:
            self._wire.wait(longest_s)

    def close(self) -> None:
        """End the connection; what was not answered goes again on the next."""
        if self._wire is not None:
            self._wire.close()
            self._wire = None

    def _hear(self, wire: Wire, at_s: float) -> list[Going]:
        confirmed = []
        for raw in wire.heard():
            try:
                frame = decode(raw, lambda _: self._terms.key)
            except FrameError:
                continue  # noise on the line; what it may have answered is sent again
            if frame.head.cn == commands.DATA_REPLY:
                going = self._window.answered(frame.qn, at_s)
                if going is not None:
                    confirmed.append(going)
            elif frame.wants_answer:
                self._refuse(wire, frame)
        return confirmed

    @staticmethod
    def _refuse(wire: Wire, frame: Frame) -> None:
        """Say no to a request: instruments are spoken to by us alone."""
        wire.send(encode.answer(frame, commands.REQUEST_REPLY, _REFUSED))

    def _repeat(self, conn: db.Connection, wire: Wire, now: datetime, at_s: float) -> None:
        try:
            flights = self._window.overdue(at_s)
        except SilenceError as error:
            raise TroubleError(str(error)) from error
        self._list.note_sent(conn, [flight.going for flight in flights], now)
        for flight in flights:
            wire.send(b"".join(flight.frames.values()))

    def _send(self, conn: db.Connection, wire: Wire, now: datetime, at_s: float) -> None:
        room = self._window.room
        if not room:
            return
        items = self._list.next(conn, now, room, self._window.taken(at_s))
        going: list[Going] = []
        data: list[bytes] = []
        empty: list[Item] = []
        for item, made in zip(items, material.materials(conn, items), strict=True):
            texts = message.content(made.factors)
            if not texts:
                empty.append(item)
                continue
            cps = message.contents(item, texts, self._terms.zone)
            one = replace(self._going(item, now, cps), made_of=made.minutes, words=made.words)
            frames = message.frames(one, cps, self._terms)
            if self._window.fits(frames):
                self._window.launch(one, frames, at_s)
                going.append(one)
                data += frames.values()
        conn.commit()
        self._list.note_empty(conn, empty)
        self._list.note_sent(conn, going, now)
        if data:
            wire.send(b"".join(data))

    def _going(self, item: Item, now: datetime, cps: Sequence[str]) -> Going:
        """Return an item on its way, with an instant of its own for each of its parts."""
        resent, digest = item.resent or item.is_late(now), message.digest(cps)
        if item.first_sent_at is not None and item.digest == digest:
            return Going(item, item.first_sent_at, resent, digest)
        first = now.replace(microsecond=now.microsecond // 1000 * 1000)
        if self._newest is not None:
            first = max(first, self._newest + _MILLISECOND)
        self._newest = first + (len(cps) - 1) * _MILLISECOND
        return Going(item, first, resent, digest)
