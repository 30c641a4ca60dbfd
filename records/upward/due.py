"""Notes what is due: every period of every point once it is over, and what late data fill or change."""

from datetime import datetime, timedelta
from typing import LiteralString

from records.upward.periods import PERIODS
from smartpark import db, queries

_Q = queries.load("records.upward", "due.sql")

HORIZON = timedelta(days=7)  # how far back a new receiver gets what it has missed
_BOOKED_WITHIN = timedelta(
    minutes=10
)  # the ledger books by minute of receipt, a batch may take a while to commit


class Due:
    """Fills the list of what is due; safe to repeat, and cheap while nothing is over."""

    def __init__(self) -> None:
        self._late = _Look(_Q.note_late, timedelta(minutes=1))
        self._revised = _Look(_Q.note_revised, timedelta(minutes=5))

    def turn(self, conn: db.Connection, now: datetime) -> int:
        """Note what is due by now; commits. Return how many things became due or were noted as empty."""
        noted = self._note_new(conn, now)
        conn.commit()
        for look in (self._late, self._revised):
            noted += look.turn(conn, now)
            conn.commit()
        return noted

    @staticmethod
    def _note_new(conn: db.Connection, now: datetime) -> int:
        kinds = list(PERIODS.values())
        about = {
            "names": [kind.name for kind in kinds],
            "graces": [kind.grace for kind in kinds],
            "oldest": now - HORIZON,
            "now": now,
        }
        found = conn.execute(_Q.new_periods, about).fetchall()
        if not found:
            return 0
        receivers, stations, names, protocols, zones, steps, firsts, lasts = map(
            list, zip(*found, strict=True)
        )
        span = {
            "receivers": receivers,
            "stations": stations,
            "names": names,
            "protocols": protocols,
            "zones": zones,
            "steps": steps,
            "firsts": firsts,
            "lasts": lasts,
            "first": min(firsts),
            "end": max(last + step for last, step in zip(lasts, steps, strict=True)) + timedelta(hours=2),
        }
        # Planned anew each time: a plan for any span would look into every chunk there is.
        return conn.execute(_Q.note_new, span, prepare=False).rowcount


class _Look:
    """Looks now and then at the stations that anything was stored of since the last time."""

    def __init__(self, query: LiteralString, every: timedelta) -> None:
        self._query = query
        self._every = every
        self._at: datetime | None = None

    def turn(self, conn: db.Connection, now: datetime) -> int:
        """Return how many things it found, none where it is too early."""
        if self._at is not None and now - self._at < self._every:
            return 0
        since = None if self._at is None else self._at - _BOOKED_WITHIN
        self._at = now
        heard = [station_id for (station_id,) in conn.execute(_Q.heard_since, {"since": since})]
        about = {"oldest": now - HORIZON, "stations": heard}
        return conn.execute(self._query, about, prepare=False).rowcount if heard else 0
