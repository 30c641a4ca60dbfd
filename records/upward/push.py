"""Pushes the newest readings of each minute through a channel: gas, hazards and processes beside HJ 212.

What the receiver refuses is halved until the one that it does not take is alone; that one rests in the database, longer
each time, says why, and goes alone from then on, one at a time and after everything else.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from records.upward import material
from records.upward.channel import Channel, Reading, RefusedError
from records.upward.courier import TroubleError
from records.upward.listing import Listing
from records.upward.periods import Going, Item
from smartpark import clock, db, log

BATCH = 50  # stations times minutes
MOST_REFUSED = 3  # in a row and nothing taken between them: it is not these items


@dataclass(frozen=True, slots=True)
class _Parcel:
    """What goes in one batch; ``known`` where it was refused before."""

    parts: Sequence[tuple[Item, list[Reading]]]
    known: bool = False

    @property
    def items(self) -> list[Item]:
        return [item for item, _ in self.parts]


class Push:
    """The courier of a receiver that takes batches of readings."""

    def __init__(self, receiver_id: int, channel: Callable[[], Channel]) -> None:
        self._list = Listing(receiver_id)
        self._make = channel
        self._channel: Channel | None = None
        self._parcels: list[_Parcel] = []  # parts of what was refused, the next one last
        self._in_a_row: list[int] = []  # stations of what was refused alone since something was taken
        self._takes: set[int] = set()  # stations of what was taken over this connection
        self._busy = False
        self._log = log.get("records.upward").bind(receiver_id=receiver_id)

    def open(self, conn: db.Connection, now: datetime) -> None:  # noqa: ARG002 - of every courier
        """Make the channel.

        Raises:
            TroubleError: it cannot be used.

        """
        self._in_a_row.clear()
        self._takes.clear()
        self._channel = self._make()
        try:
            self._channel.open()
        except RefusedError as error:
            raise TroubleError(str(error)) from error

    def turn(self, conn: db.Connection, now: datetime, at_s: float) -> int:  # noqa: ARG002 - of every courier
        """Send one batch of what is on its turn, or a part of one that was refused.

        Raises:
            TroubleError: the receiver did not take it, or takes nothing at all.

        """
        if self._channel is None:
            raise TroubleError("not connected")
        if not self._parcels:
            self._parcels = self._next(conn, now)
        self._busy = bool(self._parcels)
        if not self._parcels:
            return 0
        parcel = self._parcels.pop()
        items = parcel.items
        self._list.note_sent(conn, [Going(i, i.first_sent_at or now, i.resent) for i in items], now)
        try:
            self._channel.send([reading for _, readings in parcel.parts for reading in readings])
        except RefusedError as error:
            if error.retryable:
                raise TroubleError(str(error)) from error
            self._divide(conn, parcel, str(error), now)
            return 0
        self._list.confirm(conn, items, now)
        self._in_a_row.clear()
        self._takes.update(item.station_id for item in items)
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

    def _next(self, conn: db.Connection, now: datetime) -> list[_Parcel]:
        """Return what is on its turn, the first one last: all together, but one that was refused before by itself."""
        rested = self._list.rested(conn, now)
        known = _Parcel(self._loaded(conn, [rested] if rested else [], now), known=True)
        fresh = _Parcel(self._loaded(conn, self._list.next(conn, now, BATCH, ()), now))
        return [parcel for parcel in (known, fresh) if parcel.parts]

    def _loaded(
        self, conn: db.Connection, items: Sequence[Item], now: datetime
    ) -> list[tuple[Item, list[Reading]]]:
        going = [replace(item, resent=item.resent or item.is_late(now)) for item in items]
        found = list(zip(going, material.readings(conn, going), strict=True))
        conn.commit()
        self._list.note_empty(conn, [item for item, readings in found if not readings])
        return [one for one in found if one[1]]

    def _divide(self, conn: db.Connection, parcel: _Parcel, reason: str, now: datetime) -> None:
        """Halve what was refused; one that is alone rests, and says why."""
        if len(parcel.parts) > 1:
            middle = len(parcel.parts) // 2
            self._parcels += [_Parcel(parcel.parts[middle:]), _Parcel(parcel.parts[:middle])]
            return
        [item] = parcel.items
        self._list.note_refused(conn, item, reason, now, takes_others=bool(self._takes))
        self._log.warning("item_refused", station=item.station, start=item.start.isoformat(), reason=reason)
        if not parcel.known:
            self._in_a_row.append(item.station_id)
            if self._takes_nothing:
                raise TroubleError(reason)

    @property
    def _takes_nothing(self) -> bool:
        """Whether so much was refused in a row that it is not these items: of one or two stations it may be they."""
        stations = set(self._in_a_row)
        return len(self._in_a_row) >= MOST_REFUSED and (
            len(stations) >= MOST_REFUSED or not self._takes - stations
        )
