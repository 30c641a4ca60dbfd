"""Rebuild where every condition stood: from open alert rows and the stored readings of each rule's own window.

Nothing of it is kept in memory alone: what a process knew before it died, its successor reads here.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from psycopg.rows import dict_row

from alerts.alert import Alert, from_row
from alerts.engine import Engine
from alerts.fold import fold
from alerts.limits import FOREVER_US, SIGN, SLOTS, Bound
from alerts.points import SECOND_US, instant, microseconds
from alerts.region import Crossing, Region, Stretch
from alerts.rows import AnyConnection
from alerts.track import Track
from smartpark import flag_use, queries
from smartpark.readings import Readings

Q = queries.load("alerts", "judge.sql")

# A reading may be stamped ahead of our clock by as much; further ahead it is refused.
_AHEAD_US = 3600 * SECOND_US
_FAR_US = 4_000_000_000 * SECOND_US  # in the year 2096


class Open(NamedTuple):
    """An open alert and how far its progress was written."""

    alert: Alert
    last_value: float | None
    last_us: int | None
    peak_value: float | None
    peak_us: int | None
    readings: int


def restore(conn: AnyConnection, engine: Engine, feed: str) -> list[Alert]:
    """Set watermarks, regions and row ids of a new engine; return the open alerts that no track answers for."""
    newest = _readings(_query(conn, Q.newest, feed=feed))
    at = engine.sieve.positions(newest.sensor_id)
    newest, at = newest.take(at >= 0), at[at >= 0]
    engine.watermark_us[at] = np.minimum(newest.time_us, newest.received_us)
    engine.heard_us[at] = newest.received_us
    held: dict[int, Open] = {}
    orphans = []
    for each in _open(conn, feed):
        alert = each.alert
        key = (alert.rule, alert.target_kind, alert.target_id)
        engine.rows[key] = alert.id
        number = engine.number.get(key)
        if alert.condition == "normal":
            continue
        if number is None:
            orphans.append(alert)
        else:
            held[number] = each
    _rebuild(conn, engine, held, _suspects(engine, newest, at))
    return orphans


def _suspects(engine: Engine, newest: Readings, at: NDArray[np.int64]) -> set[int]:
    """Return the tracks with a delay whose newest reading is not plainly normal: something may be pending."""
    sieve = engine.sieve
    bits = flag_use.uses(sieve.class_number[at], newest.flag, newest.mark)
    plain = (newest.value <= sieve.high[at]) & (newest.value >= sieve.low[at])
    plain &= (bits & (flag_use.RAISE | flag_use.CLEAR)) == flag_use.RAISE | flag_use.CLEAR
    return {
        number
        for position in at[~plain].tolist()
        for number in engine.by_position.get(position, ())
        if engine.tracks[number].delay_us
    }


def _rebuild(conn: AnyConnection, engine: Engine, held: Mapping[int, Open], suspects: Iterable[int]) -> None:
    numbers = sorted({*held, *suspects})
    sensors = {n: engine.tracks[n].point.sensor_id for n in numbers}
    judged = _last_judged(conn, engine, {sensors[n] for n in numbers if n not in held})
    spans = {}
    for number in numbers:
        track, sensor_id = engine.tracks[number], sensors[number]
        # A timer reaches back at most its delay from the last reading that the rule could use.
        if number in held:
            last_us = held[number].last_us or microseconds(held[number].alert.raised_at)
        else:
            last_us = judged.get(sensor_id, int(engine.watermark_us[engine.position[sensor_id]]))
        spans[number] = (sensor_id, last_us - track.delay_us, _FAR_US)
    found = stored(conn, list(spans.values()))
    for number in numbers:
        track, (sensor_id, since, _) = engine.tracks[number], spans[number]
        mine = found[sensor_id].take(found[sensor_id].time_us >= since)
        recent = stretch(track, mine.take(came_in_order(mine)))
        region = _region(track, recent, held.get(number))
        if not region.settled:
            engine.regions[number] = region
            engine.busy[engine.position[sensor_id]] = True


def _last_judged(conn: AnyConnection, engine: Engine, sensor_ids: Iterable[int]) -> dict[int, int]:
    ids = sorted(sensor_ids)
    until = [instant(int(engine.watermark_us[engine.position[i]]) + _AHEAD_US) for i in ids]
    rows = _query(conn, Q.last_judged, sensor_ids=ids, until=until) if ids else []
    return {row["sensor_id"]: microseconds(row["time"]) for row in rows}


def came_in_order(stored: Readings) -> NDArray[np.bool_]:
    """Return which readings [n] of one sensor, sorted by time, were newer than all before them on arrival.

    The lag is stored in whole seconds, so only what came a full second after a newer reading counts as late.
    """
    arrival = np.argsort(stored.received_us, kind="stable")
    received = stored.received_us[arrival]
    newest = np.maximum.accumulate(np.minimum(stored.time_us[arrival], received))
    before = np.searchsorted(received, stored.received_us - SECOND_US, side="right")
    known = np.concatenate(([-FOREVER_US], newest))[before]
    in_order: NDArray[np.bool_] = stored.time_us > known
    return in_order


def _region(track: Track, recent: Stretch, open_: Open | None) -> Region:
    """Return the region of a track: row for what was decided, replayed readings for what was under way."""
    probe = Region() if open_ is None else _of_row(track, open_)
    fold(track, probe, recent)
    if open_ is None:
        if probe.active:
            probe.active, probe.crossing, probe.sounded, probe.expected = False, None, True, False
        return probe
    region = _of_row(track, open_)
    region.since_us = probe.since_us
    region.recovering_us = probe.recovering_us if probe.active else None
    region.unknown = open_.alert.condition == "unknown"
    _catch_up(track, region, _since(recent, region.last_us + 1))
    return region


def _catch_up(track: Track, region: Region, newer: Stretch) -> None:
    """Count the readings that were folded after progress was last written."""
    usable = (newer.bits & (track.raise_upper | track.raise_lower | track.clear)) != 0
    sign = region.crossing.bound.sign if region.crossing else 1
    for time_us, value in zip(newer.time_us[usable].tolist(), newer.value[usable].tolist(), strict=True):
        region.last, region.last_us = value, time_us
        region.count += 1
        if sign * value > sign * region.peak and track.equals is None:
            region.peak, region.peak_us = value, time_us


def _of_row(track: Track, open_: Open) -> Region:
    alert = open_.alert
    evidence = alert.evidence
    value = alert.value if alert.value is not None else 0.0
    raised_us = microseconds(alert.raised_at)
    last_us = open_.last_us if open_.last_us is not None else raised_us
    began = evidence.get("from")
    return Region(
        active=True,
        crossing=_crossing(track, alert, value, last_us),
        sounded=bool(evidence.get("sounded", True)),
        expected=alert.suppressed == "by_design",
        began_us=microseconds(datetime.fromisoformat(began)) if began else raised_us,
        raised_us=raised_us,
        count=open_.readings,
        peak=open_.peak_value if open_.peak_value is not None else value,
        peak_us=open_.peak_us if open_.peak_us is not None else raised_us,
        last=open_.last_value if open_.last_value is not None else value,
        last_us=last_us,
    )


def _crossing(track: Track, alert: Alert, value: float, last_us: int) -> Crossing:
    slot = SLOTS.index(alert.evidence.get("stage") or alert.stage or "H")
    edge = SIGN[slot] * (alert.limit_value if alert.limit_value is not None else value)
    unknown = Bound(slot, SIGN[slot], edge, edge, alert.level, None)
    bound = next((b for b in track.bounds.at(last_us) if b.slot == slot), unknown)
    over = bool(alert.evidence.get("over_range"))
    raised_us = microseconds(alert.raised_at)
    return Crossing(bound, value, raised_us, alert.flag or "N", alert.mark or "-", over)


def stretch(track: Track, readings: Readings) -> Stretch:
    """Return readings of a track's sensor, sorted by time, as its fold takes them."""
    number = flag_use.class_number(track.point.stream_class)
    bits = flag_use.uses(np.full(len(readings), number, np.int64), readings.flag, readings.mark)
    fresh = readings.received_us - readings.time_us <= track.point.live_window_us
    return Stretch(readings.time_us, readings.value, bits, readings.flag, readings.mark, fresh)


def _since(every: Stretch, since_us: int) -> Stretch:
    at = int(np.searchsorted(every.time_us, since_us))
    return Stretch(
        every.time_us[at:],
        every.value[at:],
        every.bits[at:],
        every.flag[at:],
        every.mark[at:],
        every.fresh[at:],
    )


def stored(conn: AnyConnection, spans: Sequence[tuple[int, int, int]]) -> dict[int, Readings]:
    """Return the stored readings of each sensor over the union of its spans."""
    widest: dict[int, tuple[int, int]] = {}
    for sensor_id, since, until in spans:
        first, last = widest.get(sensor_id, (since, until))
        widest[sensor_id] = (min(first, since), max(last, until))
    columns = {
        "sensor_ids": list(widest),
        "since": [instant(since) for since, _ in widest.values()],
        "until": [instant(until) for _, until in widest.values()],
    }
    rows = _query(conn, Q.readings_since, **columns) if widest else []
    every = _readings(rows)
    return {sensor_id: every.take(every.sensor_id == sensor_id) for sensor_id in widest}


def _open(conn: AnyConnection, feed: str) -> list[Open]:
    return [
        Open(
            from_row(row),
            row["last_value"],
            None if row["last_at"] is None else microseconds(row["last_at"]),
            row["peak_value"],
            None if row["peak_at"] is None else microseconds(row["peak_at"]),
            row["count"] or 0,
        )
        for row in _query(conn, Q.open_alerts, feed=feed)
    ]


def _readings(rows: Sequence[Mapping[str, Any]]) -> Readings:
    """Make columns of rows with either ``received_at`` or ``lag_s``."""
    times = np.array([microseconds(row["time"]) for row in rows], np.int64)
    if rows and "lag_s" in rows[0]:
        received = times + np.array([row["lag_s"] for row in rows], np.int64) * 1_000_000
    else:
        received = np.array([microseconds(row["received_at"]) for row in rows], np.int64)
    return Readings(
        np.array([row["sensor_id"] for row in rows], np.int32),
        times,
        np.array([row["value"] for row in rows], np.float64),
        np.array([_code(row["flag"]) for row in rows], np.uint8),
        np.array([_code(row["mark"]) for row in rows], np.uint8),
        received,
    )


def _code(letter: bytes | str) -> int:
    return letter[0] if isinstance(letter, bytes) else ord(letter)


def _query(conn: AnyConnection, sql: Any, **values: Any) -> list[dict[str, Any]]:
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(sql, values).fetchall()
