"""The directory, read from the catalogue's tables."""

from ingest.directory import Directory, SensorRow, StationRow, UnitRow, build
from smartpark import db, queries

_Q = queries.load("ingest")


def directory(conn: db.Connection) -> Directory:
    """Read stations and sensors as they are now; ends the transaction."""
    parks: dict[str, int] = dict(conn.execute(_Q.parks).fetchall())
    stations = [StationRow(*row) for row in conn.execute(_Q.stations).fetchall()]
    sensors = [SensorRow(*row) for row in conn.execute(_Q.sensors).fetchall()]
    units = [UnitRow(*row) for row in conn.execute(_Q.units).fetchall()]
    conn.commit()
    return build(parks, stations, sensors, units)


def revision(conn: db.Connection) -> int:
    """Return a number that grows when catalogue, rules or windows change."""
    row = conn.execute(_Q.revision).fetchone()
    return int(row[0]) if row and row[0] is not None else 0
