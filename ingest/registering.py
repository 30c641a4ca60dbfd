"""Codes that a logger sends and no sensor has: each becomes a sensor that waits for admission, its values stored as sent."""

import re

from smartpark import db, queries

_Q = queries.load("ingest", "loggers.sql")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,19}")
_ASKED = 100_000  # codes that are remembered as asked for
_MOST = 64  # a station; a logger that invents codes without end fills no table


class Registering:
    """Makes the sensors, and remembers what it would not make, so that it is asked once."""

    def __init__(self) -> None:
        self._declined: set[tuple[int, str, str]] = set()

    def register(self, conn: db.Connection, wanted: set[tuple[int, str, str]]) -> int:
        """Make sensors of (station, code, form), commit, and return how many are new."""
        made = 0
        wanted = wanted - self._declined
        if not wanted:
            return 0
        for station_id, code, form in sorted(wanted):
            if _CODE.fullmatch(code):
                about = {"station_id": station_id, "code": code, "form": form, "most": _MOST}
                conn.execute(_Q.register_quantity, about)
                made += conn.execute(_Q.register_sensor, about).rowcount
        if made:
            conn.execute(_Q.bump_catalogue)
        conn.commit()
        if len(self._declined) < _ASKED:
            self._declined |= wanted
        return made
