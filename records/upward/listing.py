"""The list of one receiver in the database: what goes next, what went, what arrived.

Live first, the newest in front, so that live data are never behind a backlog; then the backlog, oldest first.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from records.upward.due import HORIZON
from records.upward.periods import LIVE_PERIODS, PERIODS, Going, Item, Key
from smartpark import db, queries

_Q = queries.load("records.upward", "listing.sql")
_RECENT = timedelta(days=8)  # what goes for the first time is hardly older
_NAMES = list(PERIODS)
_GRACES = [kind.grace for kind in PERIODS.values()]
_REST = timedelta(minutes=10)  # after the first refusal, twice as long after each further one
_MOST_REFUSALS = 12  # five days and a half
_LIVE_BACK = [kind.grace + (1 + LIVE_PERIODS) * kind.longest for kind in PERIODS.values()]


class Listing:
    """What one receiver is to get."""

    def __init__(self, receiver_id: int) -> None:
        self.receiver_id = receiver_id

    def next(self, conn: db.Connection, now: datetime, room: int, taken: Collection[Key]) -> list[Item]:
        """Return at most ``room`` items that are on their turn and not taken."""
        about = {
            "receiver": self.receiver_id,
            "now": now,
            "names": _NAMES,
            "graces": _GRACES,
            "sinces": [now - back for back in _LIVE_BACK],
            "live_periods": LIVE_PERIODS,
            "limit": room + len(taken),
        }
        chosen = _untaken(conn.execute(_Q.live, about).fetchall(), room, taken)
        if len(chosen) < room:
            known = {*taken, *(item.key for item in chosen)}
            about["limit"] = room + len(known)
            rows = conn.execute(_Q.backlog, about).fetchall()
            chosen += _untaken(rows, room - len(chosen), known)
        return chosen

    def rested(self, conn: db.Connection, now: datetime) -> Item | None:
        """Return the refused item that has rested the longest; None: none has rested enough."""
        row = conn.execute(_Q.rested, {"receiver": self.receiver_id, "now": now}).fetchone()
        return Item(*row) if row else None

    def newest_sent(self, conn: db.Connection, now: datetime) -> datetime | None:
        """Return when something went for the first time, the newest."""
        about = {"receiver": self.receiver_id, "oldest": now - _RECENT}
        row = conn.execute(_Q.newest_sent, about).fetchone()
        found: datetime | None = row[0] if row else None
        return found

    def note_sent(self, conn: db.Connection, going: Sequence[Going], now: datetime) -> None:
        """Write down that these go now, whether as re-sent data, and when what they say went first; commits."""
        if going:
            about = self._about([one.item for one in going]) | {
                "now": now,
                "firsts": [one.first_sent_at for one in going],
                "resent": [one.resent for one in going],
                "digests": [one.digest for one in going],
                "made_of": [one.made_of for one in going],
                "words": [one.words for one in going],
            }
            conn.execute(_Q.note_sent, about)
            conn.commit()

    def note_empty(self, conn: db.Connection, items: Sequence[Item]) -> None:
        """Write down that there is nothing to say of these; commits."""
        if items:
            conn.execute(_Q.note_empty, self._about(items))
            conn.commit()

    def confirm(self, conn: db.Connection, items: Sequence[Item], now: datetime) -> None:
        """Write down that these arrived; commits."""
        if items:
            conn.execute(_Q.confirm, self._about(items) | {"now": now})
            conn.commit()

    def note_refused(
        self, conn: db.Connection, item: Item, reason: str, now: datetime, *, takes_others: bool
    ) -> None:
        """Write down why the receiver does not take an item, and how long it rests; commits.

        Only where it ``takes_others`` is it the item's fault, and given up some day.
        """
        about = {
            "receiver": self.receiver_id,
            "station": item.station_id,
            "period": item.period,
            "start": item.start,
            "reason": reason,
            "now": now,
            "rest": _REST,
            "most": _MOST_REFUSALS,
            "oldest": now - HORIZON,
            "takes_others": takes_others,
        }
        conn.execute(_Q.note_refused, about)
        conn.commit()

    def note_state(
        self,
        conn: db.Connection,
        now: datetime,
        *,
        connected: bool,
        success: datetime | None = None,
        error: str | None = None,
    ) -> None:
        """Write down how the connection does; commits."""
        about = {
            "receiver": self.receiver_id,
            "now": now,
            "connected": connected,
            "success": success,
            "error": error,
        }
        conn.execute(_Q.note_state, about)
        conn.commit()

    def _about(self, items: Sequence[Item]) -> dict[str, Any]:
        starts = [item.start for item in items]
        return {
            "receiver": self.receiver_id,
            "stations": [item.station_id for item in items],
            "periods": [item.period for item in items],
            "starts": starts,
            "first": min(starts),
            "last": max(starts),
        }


def _untaken(rows: Iterable[tuple[Any, ...]], room: int, taken: Collection[Key]) -> list[Item]:
    items = (Item(*row) for row in rows)
    return [item for item in items if item.key not in taken][:room]
