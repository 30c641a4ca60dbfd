"""Makes records of hours, and of every longer period that has ended and that a change touches."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from records.periods.calendar import due_in, end_of, parts_in, start_of
from records.periods.eight_hours import HOURS, mean_8h
from records.periods.hours import hours_of
from records.periods.kept import with_kept
from records.periods.longer import Whole, record_of
from records.periods.plan import Plan
from records.periods.row import Key, Row
from records.periods.rules import Period
from records.periods.store import Change, Pair, load_bases, load_grid, load_parts, stored_rows, write
from smartpark import db

_HOUR = timedelta(hours=1)
_LONGER: tuple[tuple[Period, Period], ...] = (("day", "hour"), ("month", "day"), ("year", "day"))


@dataclass(frozen=True, slots=True)
class Remaking:
    """How records are made, in a transaction of ``conn``: longer periods only when all their hours before ``until`` are."""

    conn: db.Connection
    plan: Plan
    now: datetime
    until: datetime
    oxygen_not_running: float

    def hours(self, pairs: Iterable[Pair], *, cause: str, first_cause: str) -> list[Change]:
        """Make the hours of whole stations (station, hour) and what follows from them; return what changed."""
        asked = sorted({(s, hour) for station, hour in pairs for s in self.plan.of_station.get(station, ())})
        if not asked:
            return []
        rows = self._hour_rows(asked)
        changes = write(self.conn, rows, cause=cause, first_cause=first_cause, now=self.now)
        ended = {pair for pair in asked if self._ends_a_day(pair)}
        touched = ended | {(change.sensor_id, change.start) for change in changes}
        return changes + self._longer(touched, cause=cause, first_cause=first_cause)

    def _hour_rows(self, asked: list[Pair]) -> list[Row]:
        grid, overlays = load_grid(self.conn, self.plan, asked)
        known = self._known(asked)
        rows = hours_of(grid, self.plan, self.oxygen_not_running, known)
        thin = [
            pair
            for pair, row in zip(asked, rows, strict=True)
            if row.key in known and row.received < row.expected
        ]
        if thin:
            rows = with_kept(rows, grid, overlays, load_bases(self.conn, thin))
        made = [row for row in rows if row.expected or row.received]
        return self._with_eight_hours(made)

    def _known(self, asked: list[Pair]) -> dict[Key, Row]:
        """Return the records that there are of some hours."""
        hours = [hour for _, hour in asked]
        sensors = {sensor_id for sensor_id, _ in asked}
        wanted = set(asked)
        rows = stored_rows(self.conn, sensors, "hour", min(hours), max(hours) + _HOUR)
        return {row.key: row for row in rows if (row.sensor_id, row.start) in wanted}

    def _with_eight_hours(self, rows: list[Row]) -> list[Row]:
        """Add the eight-hour means of ozone, and the later hours whose eight hours these are among."""
        ozone = [row for row in rows if self.plan.sensors[row.sensor_id].slides]
        if not ozone:
            return rows
        first = min(row.start for row in ozone) - (HOURS - 1) * _HOUR
        last = max(row.start for row in ozone) + HOURS * _HOUR
        stored = stored_rows(self.conn, {row.sensor_id for row in ozone}, "hour", first, last)
        known = {row.key: row for row in stored} | {row.key: row for row in ozone}
        means: dict[int, dict[datetime, float]] = {}
        for row in known.values():
            if row.mean is not None:
                means.setdefault(row.sensor_id, {})[row.start] = row.mean
        fresh = {row.key for row in ozone}
        touched = {(row.sensor_id, row.start + ahead * _HOUR) for row in ozone for ahead in range(HOURS)}
        others = [row for row in rows if row.key not in fresh]
        return others + [
            row._replace(mean_8h=mean_8h(means.get(row.sensor_id, {}), row.start))
            for row in known.values()
            if (row.sensor_id, row.start) in touched
        ]

    def _zone(self, sensor_id: int) -> ZoneInfo:
        return ZoneInfo(self.plan.sensors[sensor_id].timezone)

    def _ends_a_day(self, pair: Pair) -> bool:
        after = pair[1] + _HOUR
        return start_of("day", after, self._zone(pair[0])) == after

    def _longer(self, touched: Iterable[Pair], *, cause: str, first_cause: str) -> list[Change]:
        """Make the days, months and years that have ended and in which an hour was touched."""
        changes: list[Change] = []
        pairs = set(touched)
        for period, part in _LONGER:
            wholes = self._ended(period, pairs)
            made = write(
                self.conn,
                self._longer_rows(wholes, part),
                cause=cause,
                first_cause=first_cause,
                now=self.now,
            )
            changes += made
            if period == "day":
                # Of a sensor that went out of use nothing changes on the last day of its month.
                pairs = {pair for pair in pairs if self._ends_a_day(pair)}
                pairs |= {(change.sensor_id, change.start) for change in made}
        return changes

    def _ended(self, period: Period, pairs: Iterable[Pair]) -> list[Whole]:
        found: dict[Pair, Whole] = {}
        for sensor_id, instant in pairs:
            zone = self._zone(sensor_id)
            start = start_of(period, instant, zone)
            if (sensor_id, start) in found:
                continue
            end = end_of(period, start, zone)
            if end <= self.until:
                sensor = self.plan.sensors[sensor_id]
                in_all = parts_in(period, start, end)
                found[sensor_id, start] = Whole(
                    sensor, period, start, due_in(sensor, period, start, end), in_all
                )
        return [found[key] for key in sorted(found)]

    def _longer_rows(self, wholes: Sequence[Whole], part: Period) -> list[Row]:
        if not wholes:
            return []
        zones = {whole.sensor.id: self._zone(whole.sensor.id) for whole in wholes}
        spans = [
            (whole.sensor.id, whole.start, end_of(whole.period, whole.start, zones[whole.sensor.id]))
            for whole in wholes
        ]
        parts = load_parts(self.conn, self.plan, part, spans, zones)
        return [
            record_of(whole, mine, self.plan.method(whole.sensor.id))
            for whole, mine in zip(wholes, parts, strict=True)
            if mine or whole.expected
        ]
