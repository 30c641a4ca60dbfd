"""Keeps table ``substitution`` true: whenever hours of an emission sensor change, what stands for its missing hours follows.

An hour under a mark whose effect is ``stopped`` stands still like one with flag F: nothing is substituted. Under an ``exempt``
mark the unit runs and emits: its hours are substituted like missing ones.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from records.emissions.standing import HISTORY_HOURS, STOPPED, Standing, affected_since, of_flue_gas, of_water
from smartpark import db, queries

_Q = queries.load("records.emissions", "substitution.sql")

_OVERLAP = timedelta(hours=1)  # records may be committed so long after the instant they carry
_AT_ONCE = 20  # sensors of one transaction
_EVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Sensor:
    id: int
    medium: str
    zone: ZoneInfo
    since: datetime  # hours from here on may differ


class Substituting:
    """The job; safe to repeat, commits."""

    def __init__(self) -> None:
        self._seen: dict[
            int, tuple[int, datetime]
        ] = {}  # of a sensor: records within the overlap, and the last one

    def turn(self, conn: db.Connection, now: datetime) -> int:
        """Follow the records that were made since the last turn; return how many substitutes changed."""
        row = conn.execute(_Q.progress).fetchone()
        since = row[0] - _OVERLAP if row else _EVER
        found = conn.execute(_Q.changed, {"since": since}, prepare=False).fetchall()
        changed = 0
        sensors = [
            _Sensor(number, medium, ZoneInfo(zone), affected_since(medium, earliest, ZoneInfo(zone)))
            for number, medium, zone, count, last, earliest in found
            if self._seen.get(number) != (count, last)
        ]
        for first in range(0, len(sensors), _AT_ONCE):
            for sensor, standings in _standings(conn, sensors[first : first + _AT_ONCE]):
                changed += _write(conn, sensor, standings, now)
            conn.commit()
        if found:
            conn.execute(_Q.note_progress, {"until": max(last for *_, last, _ in found)})
            conn.commit()
        self._seen = {number: (count, last) for number, _, _, count, last, _ in found}
        return changed


def _standings(conn: db.Connection, sensors: Sequence[_Sensor]) -> Iterable[tuple[_Sensor, list[Standing]]]:
    """Yield what stands for the missing hours of each sensor, from where they may differ on."""
    stacks = {one.id: one for one in sensors if one.medium == "air"}
    outlets = {one.id: one for one in sensors if one.medium == "water"}
    if stacks:
        about = {
            "sensors": [*stacks],
            "since": [one.since for one in stacks.values()],
            "history": HISTORY_HOURS,
        }
        found = conn.execute(_Q.hours, about, prepare=False).fetchall()
        stopped = _stopped(conn, {number: starts_s[0] for number, starts_s, *_ in found if starts_s})
        for number, starts_s, masses, states in found:
            sensor = stacks[number]
            stood = [
                STOPPED if hour_s in stopped.get(number, ()) else state
                for hour_s, state in zip(starts_s or [], states or [], strict=True)
            ]
            standings = of_flue_gas(starts_s or [], masses or [], stood, sensor.zone)
            yield sensor, [one for one in standings if one.hour_s >= sensor.since.timestamp()]
    if outlets:
        about = {"sensors": [*outlets], "since": [one.since for one in outlets.values()]}
        days = {number: rest for number, *rest in conn.execute(_Q.greatest_days, about).fetchall()}
        stopped = _stopped(conn, {number: int(one.since.timestamp()) for number, one in outlets.items()})
        for number, missing_s in conn.execute(_Q.missing, about, prepare=False).fetchall():
            months, greatest, counts = days.get(number, ([], [], []))
            running_s = [hour_s for hour_s in missing_s if hour_s not in stopped.get(number, ())]
            yield outlets[number], of_water(running_s, months, greatest, counts, outlets[number].zone)


def _stopped(conn: db.Connection, since_s: Mapping[int, int]) -> dict[int, frozenset[int]]:
    """Return of each sensor the hours [s] in which a mark says that the unit stood still, from an hour [s] on."""
    since = [datetime.fromtimestamp(hour_s, UTC) for hour_s in since_s.values()]
    found = conn.execute(_Q.stopped, {"sensors": [*since_s], "since": since}, prepare=False).fetchall()
    return {number: frozenset(hours_s) for number, hours_s in found}


def _write(conn: db.Connection, sensor: _Sensor, standings: Sequence[Standing], now: datetime) -> int:
    hours = [datetime.fromtimestamp(one.hour_s, UTC) for one in standings]
    about = {"sensor": sensor.id, "since": sensor.since, "hours": hours, "now": now}
    changed = conn.execute(_Q.forget, about).rowcount
    if not standings:
        return changed
    columns = {
        "masses": [one.mass for one in standings],
        "methods": [one.method for one in standings],
        "standards": [one.standard for one in standings],
        "verified": [one.verified for one in standings],
        "of_values": [one.of_values for one in standings],
        "captures": [one.capture_percent for one in standings],
    }
    return changed + conn.execute(_Q.stand, about | columns).rowcount
