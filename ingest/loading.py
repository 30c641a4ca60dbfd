"""The directory, read from the catalogue's tables."""

from ingest.directory import Directory, LoggerRow, SensorRow, StationRow, UnitRow, build
from smartpark import db, log, queries
from smartpark.hj212.cipher import KeyFormError, key_of

_Q = queries.load("ingest")


def directory(conn: db.Connection) -> Directory:
    """Read stations and sensors as they are now; ends the transaction."""
    parks: dict[str, int] = dict(conn.execute(_Q.parks).fetchall())
    stations = [StationRow(*row) for row in conn.execute(_Q.stations).fetchall()]
    sensors = [SensorRow(*row) for row in conn.execute(_Q.sensors).fetchall()]
    units = [UnitRow(*row) for row in conn.execute(_Q.units).fetchall()]
    loggers = [
        LoggerRow(mn, park, at, pw, _key(mn, key), *more)
        for mn, park, at, pw, key, *more in conn.execute(_Q.loggers).fetchall()
    ]
    conn.commit()
    return build(parks, stations, sensors, units, loggers)


def revision(conn: db.Connection) -> int:
    """Return a number that grows when catalogue, rules or windows change."""
    row = conn.execute(_Q.revision).fetchone()
    return int(row[0]) if row and row[0] is not None else 0


def _key(mn: str, text: str | None) -> bytes | None:
    """Return a key; one that a person has written wrongly opens nothing and stops nobody else."""
    try:
        return key_of(text) if text else None
    except KeyFormError as error:
        log.get("ingest.loading").error("logger_key_unusable", mn=mn, error=str(error))
        return None
