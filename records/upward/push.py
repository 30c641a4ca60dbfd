"""Pushes the newest readings of each minute through a channel: gas, hazards and processes beside HJ 212."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from records.upward import material
from records.upward.channel import Channel, RefusedError
from records.upward.courier import TroubleError
from records.upward.listing import Listing
from records.upward.periods import Going, Key
from smartpark import clock, db

BATCH = 50  # stations times minutes
PUT_OFF_S = 600.0  # how long a batch that the receiver refuses for good rests


class Push:
    """The courier of a receiver that takes batches of readings."""

    def __init__(self, receiver_id: int, channel: Callable[[], Channel]) -> None:
        self._list = Listing(receiver_id)
        self._make = channel
        self._channel: Channel | None = None
        self._put_off: dict[Key, float] = {}
        self._busy = False

    def open(self, conn: db.Connection, now: datetime) -> None:  # noqa: ARG002 - of every courier
        """Make the channel.

        Raises:
            TroubleError: it cannot be used.

        """
        self._channel = self._make()
        try:
            self._channel.open()
        except RefusedError as error:
            raise TroubleError(str(error)) from error

    def turn(self, conn: db.Connection, now: datetime, at_s: float) -> int:
        """Send one batch of what is on its turn.

        Raises:
            TroubleError: the receiver did not take it.

        """
        if self._channel is None:
            raise TroubleError("not connected")
        self._put_off = {key: until_s for key, until_s in self._put_off.items() if until_s > at_s}
        items = [
            replace(item, resent=item.resent or item.is_late(now))
            for item in self._list.next(conn, now, BATCH, self._put_off)
        ]
        found = material.readings(conn, items)
        conn.commit()
        self._list.note_empty(conn, [i for i, readings in zip(items, found, strict=True) if not readings])
        full = [i for i, readings in zip(items, found, strict=True) if readings]
        self._busy = bool(full)
        if not full:
            return 0
        self._list.note_sent(conn, [Going(i, i.first_sent_at or now, i.resent) for i in full], now)
        try:
            self._channel.send([reading for readings in found for reading in readings])
        except RefusedError as error:
            if not error.retryable:
                self._put_off |= dict.fromkeys((item.key for item in full), at_s + PUT_OFF_S)
            raise TroubleError(str(error)) from error
        self._list.confirm(conn, full, now)
        return len(full)

    def rest(self, longest_s: float) -> None:
        """Wait so long [s] where nothing was on its turn: a channel says nothing by itself."""
        if not self._busy:
            clock.wait(longest_s)

    def close(self) -> None:
        """Close the channel."""
        if self._channel is not None:
            self._channel.close()
            self._channel = None
