"""The alerts process: wakes with every event and each second, takes pictures, ends shelves, probes cameras."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts import probes, rows, snapshots
from alerts.rows import AnyConnection

TURN_S = 1.0
_SHELVES_EVERY = timedelta(seconds=1)
_PROBES_EVERY = timedelta(minutes=1)


@dataclass(slots=True)
class Watch:
    """What the process remembers between two turns; everything that counts is in the database."""

    demo: bool
    told: Callable[[str, dict[str, int]], None]
    shelves_at: datetime | None = None
    probed_at: datetime | None = None

    def turn(self, conn: AnyConnection, now: datetime) -> None:
        """Do what is due; ``conn`` commits each piece by itself."""
        more = True
        while more:
            taken = snapshots.take(conn, now)
            more = taken.more
            if taken.pictures:
                self.told("snapshots_taken", {"events": taken.events, "pictures": taken.pictures})
        if _due(self.shelves_at, _SHELVES_EVERY, now):
            self.shelves_at = now
            if ended := rows.expire_shelves(conn, now):
                self.told("shelves_ended", {"alerts": ended})
        if self.demo and _due(self.probed_at, _PROBES_EVERY, now):
            self.probed_at = now
            probes.probe(conn, now)


def _due(last: datetime | None, every: timedelta, now: datetime) -> bool:
    return last is None or now - last >= every
