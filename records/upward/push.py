"""Pushes the newest readings of each minute through a channel: gas, hazards and processes beside HJ 212.

What the receiver refuses is halved until the one that it does not take is alone; that one rests, says why, and goes alone
from then on.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from records.upward import material
from records.upward.channel import Channel, Reading, RefusedError
from records.upward.courier import TroubleError
from records.upward.listing import Listing
from records.upward.periods import Going, Item, Key
from smartpark import clock, db, log

BATCH = 50  # stations times minutes
PUT_OFF_S = 600.0  # how long an item that the receiver refuses for good rests
MOST_REFUSED = 3  # in a row and nothing taken between them: it is not these items

_Parcel = Sequence[tuple[Item, list[Reading]]]


class Push:
    """The courier of a receiver that takes batches of readings."""

    def __init__(self, receiver_id: int, channel: Callable[[], Channel]) -> None:
        self._list = Listing(receiver_id)
        self._make = channel
        self._channel: Channel | None = None
        self._parcels: list[_Parcel] = []  # parts of what was refused, the next one last
        self._refused: dict[Key, float] = {}  # alone, and until when they rest
        self._in_a_row = 0
        self._busy = False
        self._log = log.get("records.upward").bind(receiver_id=receiver_id)

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
        """Send one batch of what is on its turn, or a part of one that was refused.

        Raises:
            TroubleError: the receiver did not take it, or takes nothing at all.

        """
        if self._channel is None:
            raise TroubleError("not connected")
        if not self._parcels:
            self._parcels = self._next(conn, now, at_s)
        self._busy = bool(self._parcels)
        if not self._parcels:
            return 0
        parcel = self._parcels.pop()
        items = [item for item, _ in parcel]
        self._list.note_sent(conn, [Going(i, i.first_sent_at or now, i.resent) for i in items], now)
        try:
            self._channel.send([reading for _, readings in parcel for reading in readings])
        except RefusedError as error:
            if error.retryable:
                raise TroubleError(str(error)) from error
            self._divide(conn, parcel, str(error), at_s)
            return 0
        self._list.confirm(conn, items, now)
        self._in_a_row = 0
        for item in items:
            self._refused.pop(item.key, None)
        return len(items)

    def rest(self, longest_s: float) -> None:
        """Wait so long [s] where nothing was on its turn: a channel says nothing by itself."""
        if not self._busy:
            clock.wait(longest_s)

    def close(self) -> None:
        """Close the channel."""
        self._parcels.clear()
        if self._channel is not None:
            self._channel.close()
            self._channel = None

    def _next(self, conn: db.Connection, now: datetime, at_s: float) -> list[_Parcel]:
        """Return what is on its turn, the first one last: all together, but what was refused alone each by itself."""
        resting = [key for key, until_s in self._refused.items() if until_s > at_s]
        items = [
            replace(item, resent=item.resent or item.is_late(now))
            for item in self._list.next(conn, now, BATCH, resting)
        ]
        found = list(zip(items, material.readings(conn, items), strict=True))
        conn.commit()
        self._list.note_empty(conn, [item for item, readings in found if not readings])
        full = [one for one in found if one[1]]
        alone: list[_Parcel] = [[one] for one in full if one[0].key in self._refused]
        together = [one for one in full if one[0].key not in self._refused]
        return [*alone, together] if together else alone

    def _divide(self, conn: db.Connection, parcel: _Parcel, reason: str, at_s: float) -> None:
        """Halve what was refused; one that is alone rests, and says why."""
        if len(parcel) > 1:
            middle = len(parcel) // 2
            self._parcels += [parcel[middle:], parcel[:middle]]
            return
        [(item, _)] = parcel
        self._refused[item.key] = at_s + PUT_OFF_S
        self._list.note_refused(conn, item, reason)
        self._log.warning("item_refused", station=item.station, start=item.start.isoformat(), reason=reason)
        self._in_a_row += 1
        if self._in_a_row >= MOST_REFUSED:
            raise TroubleError(reason)
