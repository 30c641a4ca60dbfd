"""What one API process holds, and the only way to the database: as somebody, in somebody's time zone."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fastapi import Request

from api.passwords import Passwords
from api.roles import Principal
from api.tokens import Tokens
from smartpark import clock, db, queries
from smartpark.settings import Settings

if TYPE_CHECKING:
    from api.attempts import Attempts
    from api.live import Hub
    from api.metrics import Metrics

ENTERPRISE_ROLE = "smartpark_enterprise"
_ZONES_LAST_S = 30.0
_Q = queries.load("api", "access.sql")


@dataclass(slots=True)
class ParkZones:
    """The time zone of each park, read anew every half minute."""

    zones: dict[str, str] = field(default_factory=dict)
    read_at_s: float = -1e9


@dataclass(slots=True)
class House:
    """The parts of one API process, put together in ``api/app.py``."""

    settings: Settings
    pool: db.Pool
    tokens: Tokens
    passwords: Passwords
    attempts: "Attempts"
    hub: "Hub"
    metrics: "Metrics"
    _parks: ParkZones = field(default_factory=ParkZones)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def seen_by(self, principal: Principal, zone: str = "UTC") -> Iterator[db.DictConnection]:
        """Open one transaction that sees what this reader may see, its times in a zone (IANA name)."""
        owner = principal.owner
        with self.pool.connection() as conn, conn.transaction():
            role, enterprise = ("none", "") if owner is None else (ENTERPRISE_ROLE, str(owner))
            conn.execute(_Q.see_as, {"zone": zone, "enterprise": enterprise, "role": role})
            yield conn

    @contextmanager
    def whole(self, zone: str = "UTC") -> Iterator[db.DictConnection]:
        """Open one transaction without confinement: log-in, and actions whose right was checked before."""
        with self.pool.connection() as conn, conn.transaction():
            conn.execute(_Q.see_as, {"zone": zone, "enterprise": "", "role": "none"})
            yield conn

    @contextmanager
    def apart(self) -> Iterator[db.DictConnection]:
        """Lend a connection in UTC for work that commits by itself, such as a release from quarantine."""
        with self.pool.connection() as conn:
            yield conn

    def park_zone(self, park: str | None = None) -> str:
        """Return the IANA zone of a park by code, of the first park by default, UTC where there is none."""
        with self._lock:
            if clock.monotonic_s() - self._parks.read_at_s > _ZONES_LAST_S:
                with self.whole() as conn:
                    rows = conn.execute(_Q.park_zones).fetchall()
                self._parks.zones = {row["code"]: row["timezone"] for row in rows}
                self._parks.read_at_s = clock.monotonic_s() if rows else -1e9
            zones = self._parks.zones
        return zones.get(park or "") or next(iter(zones.values()), "UTC")


def house_of(request: Request) -> House:
    """Return the house of the application that answers this request."""
    house: House = request.app.state.house
    return house
