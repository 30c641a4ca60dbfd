"""The past of records into the database: month by month, the newest first, each in one transaction."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulators.park import Park
from simulators.past.happenings import HOUR_S, STATUSES, VALID, Story
from simulators.past.hours import Hours, Table
from simulators.past.longer import longer
from simulators.past.points import Points, rules
from simulators.play import weather_of
from simulators.signals.ordinary import Ordinary
from smartpark import copy_rows, db, queries

Q = queries.load("simulators.past", "past.sql")
Say = Callable[[str], object]
_WORDS = np.asarray([word.encode() for word in STATUSES])


class Past:
    """Hours, days and months of a park on a seed, before ``end_s`` [s since 1970]."""

    def __init__(self, conn: db.Connection, park: Park, seed: int, end_s: int) -> None:
        self._conn = conn
        self._park = park
        self._end_s = -(-end_s // HOUR_S) * HOUR_S
        name = {"park": park.code}
        known = {tuple(row[:3]): (row[3], row[4]) for row in conn.execute(Q.sensors, name)}
        self._limits = {tuple(row[:3]): (row[3], row[4]) for row in conn.execute(Q.hour_limits, name)}
        conn.commit()
        self._points = Points.of(park, known)
        self._signals = Ordinary(park, seed, weather_of(park, seed))
        self._seed = seed

    def write(self, months: int, now: datetime, say: Say, *, skip: int = 0) -> int:
        """Write so many calendar months, the newest first, without the first few; return how many records are new."""
        blocks = list(self._months(months))
        written = 0
        for done, (start_s, end_s) in enumerate(blocks[skip:], 1 + skip):
            written += self._month(start_s, end_s, now)
            say(f"history: {done} of {len(blocks)} months, {written} records new")
        if written:
            self._conn.execute(Q.analyze)
            self._conn.commit()
        return written

    def _months(self, months: int) -> Iterator[tuple[int, int]]:
        """Yield the calendar months of the park [s since 1970], the newest first and not whole."""
        zone = timezone(timedelta(seconds=self._park.utc_offset_s))
        to_s = self._end_s
        while months > 0 and to_s > 0:
            before = datetime.fromtimestamp(to_s - 1, zone)
            start = before.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
            yield round(start.timestamp()), to_s
            to_s = round(start.timestamp())
            months -= 1

    def _month(self, start_s: int, end_s: int, now: datetime) -> int:
        points = self._points
        period = {"first": _instant(start_s), "last": _instant(end_s), "sensors": points.sensor_id.tolist()}
        there = {row[0] for row in self._conn.execute(Q.there, period, prepare=False)}
        self._conn.commit()
        new = ~np.isin(points.sensor_id, list(there))
        if not new.any():
            return 0
        hours = Hours(points, self._signals, self._story()).of(start_s, end_s)
        days_s = (end_s - start_s) // 86400 * 86400
        tables = [("hour", hours)]
        if days_s:
            days = longer(_until(hours, days_s // HOUR_S), points, "day", 24)
            tables.append(("day", days))
            if self._ends_month(end_s):
                tables.append(("month", longer(days, points, "month", len(days.start_s))))
        with self._conn.transaction():
            written = sum(self._copy(name, table, new, now) for name, table in tables)
            self._conn.execute(Q.miss, {**period, "now": now}, prepare=False)
        return written

    def _story(self) -> Story:
        return Story(self._points, self._seed, self._end_s, self._limits)

    def _ends_month(self, end_s: int) -> bool:
        zone = timezone(timedelta(seconds=self._park.utc_offset_s))
        local = datetime.fromtimestamp(end_s, zone)
        return local.day == 1 and local.hour == 0

    def _copy(self, span: str, table: Table, new: NDArray[np.bool_], now: datetime) -> int:
        points = self._points
        rows, count = int(new.sum()), len(table.start_s)

        def each(values: NDArray[Any]) -> NDArray[Any]:
            return np.asarray(np.broadcast_to(values, (len(points), count))[new].reshape(-1))

        def of_point(words: list[str]) -> NDArray[Any]:
            return each(np.asarray([word.encode() for word in words])[:, None])

        edition = of_point([rules()[medium, span].edition for medium in points.medium])
        method = of_point(points.method)
        start = copy_rows.instants(each(table.start_s) * 1_000_000)
        made = np.full(rows * count, copy_rows.instants(np.asarray(round(now.timestamp() * 1e6))))
        numbers = [(copy_rows.FLOAT8, each(getattr(table, name))) for name in ("mean", "low", "high")]
        amounts = [(copy_rows.FLOAT8, each(getattr(table, name))) for name in ("mean_8h", "amount", "mass")]
        counts = [
            (copy_rows.INT4, each(getattr(table, name))) for name in ("expected", "received", "samples")
        ]
        copy_rows.send(
            self._conn,
            Q.copy_records,
            [
                (copy_rows.INT4, each(points.sensor_id[:, None])),
                (copy_rows.text(len(span)), np.full(rows * count, span.encode())),
                (copy_rows.TIMESTAMPTZ, start),
                (copy_rows.text(8), _WORDS[each(table.status)]),
                (copy_rows.BOOL, each(table.status) == VALID),
                *numbers,
                *counts,
                (copy_rows.CHAR, each(table.flag)),
                *amounts,
                (copy_rows.text(method.dtype.itemsize), method),
                (copy_rows.text(edition.dtype.itemsize), edition),
                (copy_rows.INT4, np.ones(rows * count, np.int32)),
                (copy_rows.text(4), np.full(rows * count, b"demo")),
                (copy_rows.TIMESTAMPTZ, made),
            ],
        )
        return rows * count


def _until(table: Table, hours: int) -> Table:
    return Table(
        table.start_s[:hours],
        *(getattr(table, name)[:, :hours] for name in Table.__slots__ if name != "start_s"),
    )


def _instant(s: int) -> datetime:
    return datetime.fromtimestamp(s, UTC)
