"""Since when sensors have delivered: remembered, because asking means to look through all the time there is.

Only the time that is fetched back matters. What came before it needs to be found once; what came within it may still
change, while older data are sent again.
"""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from datetime import datetime

from smartpark import db, queries

_Q = queries.load("ingest.gateway", "gaps.sql")


class FirstSeen:
    """What is known of each sensor: its first minute, and the first period that its logger has computed of it."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[datetime | None, datetime | None]] = {}

    def learn(self, conn: db.Connection, sensors: AbstractSet[int], oldest: datetime, *, again: bool) -> None:
        """Find out about sensors of which nothing is known; with ``again`` about all that have nothing before ``oldest``."""
        asked = [one for one in sensors if self._is_open(one, oldest, again=again)]
        if asked:
            about = {
                "sensors": asked,
                "older": [one not in self._known for one in asked],
                "since": oldest,
            }
            # Planned anew each time: a plan for any time would look into every chunk there is.
            rows = conn.execute(_Q.first_seen, about, prepare=False).fetchall()
            for sensor in asked:
                self._known.setdefault(sensor, (None, None))
            for sensor, *found in rows:
                minute, computed = (
                    min((at for at in pair if at is not None), default=None)
                    for pair in zip(self._known[sensor], found, strict=True)
                )
                self._known[sensor] = (minute, computed)
        for gone in self._known.keys() - sensors:
            del self._known[gone]

    def of(self, sensors: Iterable[int]) -> datetime | None:
        """Return when the first of them delivered, None when none ever has."""
        return min((at for one in sensors for at in self._known[one] if at is not None), default=None)

    def computes(self, sensors: Iterable[int]) -> bool:
        """Return whether the logger of these sensors computes periods itself."""
        return any(self._known[one][1] is not None for one in sensors)

    def _is_open(self, sensor: int, oldest: datetime, *, again: bool) -> bool:
        known = self._known.get(sensor)
        if known is None or known == (None, None):
            return True
        return again and any(at is None or at >= oldest for at in known)
