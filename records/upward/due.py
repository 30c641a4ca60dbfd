"""Notes what is due: every period of every point once it is over, and what was empty as soon as late data fill it."""

from datetime import datetime, timedelta

from records.upward.periods import PERIODS
from smartpark import db, queries

_Q = queries.load("records.upward", "due.sql")

HORIZON = timedelta(days=7)  # how far back a new receiver gets what it has missed
_LOOK_FOR_LATE = timedelta(minutes=1)
_BOOKED_WITHIN = timedelta(
    minutes=10
)  # the ledger books by minute of receipt, a batch may take a while to commit


class Due:
    """Fills the list of what is due; safe to repeat, and cheap while nothing is over."""

    def __init__(self) -> None:
        self._looked_at: datetime | None = None

    def turn(self, conn: db.Connection, now: datetime) -> int:
        """Note what is due by now; commits. Return how many things became due or were noted as empty."""
        noted = self._note_new(conn, now)
        conn.commit()
        if self._looked_at is None or now - self._looked_at >= _LOOK_FOR_LATE:
            noted += self._note_late(conn, now)
            conn.commit()
            self._looked_at = now
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

    def _note_late(self, conn: db.Connection, now: datetime) -> int:
        since = None if self._looked_at is None else self._looked_at - _BOOKED_WITHIN
        heard = [station_id for (station_id,) in conn.execute(_Q.heard_since, {"since": since})]
        if not heard:
            return 0
        about = {"oldest": now - HORIZON, "stations": heard}
        return conn.execute(_Q.note_late, about, prepare=False).rowcount
