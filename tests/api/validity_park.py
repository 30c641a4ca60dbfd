"""Twenty outlets over two days, every hour scripted: faults, cuts, silence, shutdowns, one stop of ours, marks and vouchers."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from records.missing.hours import MissingHours
from records.periods.engine import Periods
from smartpark import db
from tests.records.park import fill

T0 = datetime(2026, 10, 19, 16, tzinfo=UTC)  # midnight of 20 October in the park
HOUR = timedelta(hours=1)
HOURS = 48
OUTLETS = range(20)
NOW = T0 + (HOURS + 1) * HOUR
DUE = datetime(2026, 11, 10, 16, tzinfo=UTC)  # the end of 10 November in the park
STOP = range(14, 17)  # nothing works here
HICCUP = 27  # twenty minutes of it are lost here
POLLUTANTS = (("a21026", "a21002"), ("w01018", "w21003"))

# Outlet -> the hours of its trouble.
FAULT = {0: range(2, 8), 1: range(2, 8), 2: range(30, 36), 3: range(30, 36), 4: range(40, 46)}
CUT = {
    5: range(3, 8),
    6: range(3, 8),
    7: range(20, 25),
    8: range(33, 38),
    9: range(12, 19),
}  # 9: our stop lies in it
SILENT = {10: range(5, 9), 11: range(20, 24), 12: range(40, 44)}
STOPPED = {13: range(8), 14: range(36, 44)}
# Outlet -> (code, hours, is there a voucher).
MARKED = {
    0: ("fault", range(2, 8), True),
    1: ("fault", range(2, 8), False),
    15: ("stopped", range(30, 40), True),
    16: ("stopped", range(30, 40), True),
    17: ("stopped", range(30, 40), False),
    18: ("stopped", range(40, 44), False),
    19: ("start_up", range(5), False),
}
FAULT |= {19: range(5)}  # start-up is said of faulty data


def station(outlet: int) -> int:
    return 100 + outlet


def sensors(outlet: int) -> tuple[int, int]:
    return 1000 + 2 * outlet, 1001 + 2 * outlet


def truth(outlet: int, hour: int, *, after_deadline: bool) -> tuple[str, str | None]:
    """Return the class of an hour, and the cause of a missing one, straight from the script."""
    if outlet in MARKED:
        code, hours, voucher = MARKED[outlet]
        stands = voucher or not after_deadline
        if hour in hours and stands and code != "fault":
            return ("stopped" if code == "stopped" else "exempt"), None
    if hour in STOPPED.get(outlet, ()):
        return "stopped", None
    if hour in STOP:
        return "platform", None
    if hour in FAULT.get(outlet, ()):
        return "invalid", None
    if hour in CUT.get(outlet, ()):
        return "missing", "network"
    if hour in SILENT.get(outlet, ()):
        return "missing", "enterprise"
    return ("platform" if hour == HICCUP else "valid"), None


def stage(conn: db.Connection) -> None:
    """Build it and let the rounds of the product make of it what they do."""
    conn.execute(
        "insert into quantity (code, name_zh, name_en, unit, decimals, source) values ('a21026', '二氧化硫', 'SO2', 'mg/m³', 1, 't'),"
        " ('a21002', '氮氧化物', 'NOx', 'mg/m³', 1, 't'), ('w01018', '化学需氧量', 'COD', 'mg/L', 1, 't'),"
        " ('w21003', '氨氮', 'NH3-N', 'mg/L', 2, 't')"
    )
    for outlet in OUTLETS:
        _outlet(conn, outlet)
    for began, ended in ((14 * HOUR, 17 * HOUR), (27 * HOUR + HOUR / 6, 27 * HOUR + HOUR / 2)):
        conn.execute("insert into feed_outage values ('gateway', %s, %s)", [T0 + began, T0 + ended])
    for outlet, (code, hours, voucher) in MARKED.items():
        _mark(conn, outlet, code, hours, voucher=voucher)
    conn.commit()
    MissingHours().turn(conn, NOW)
    remake(conn, NOW)


def remake(conn: db.Connection, now: datetime) -> None:
    """Let the engine make what is due."""
    Periods(300, 19.0, lambda *_: 0).turn(conn, now)


def _outlet(conn: db.Connection, outlet: int) -> None:
    kind = ("stack", "wastewater")[outlet % 2]
    conn.execute(
        "insert into station (id, park_id, enterprise_id, code, kind, name_zh, name_en, lat, lon, feed, stream_class)"
        " values (%s, 1, %s, %s, %s, '排口', 'outlet', 39, 106, 'rest', 'emission')",
        [station(outlet), 1 + outlet % 2, f"o{outlet:02}", kind],
    )
    mn = f"LOGGER{outlet:02}"
    conn.execute("insert into logger (mn, station_id, admitted) values (%s, %s, true)", [mn, station(outlet)])
    for sensor, quantity in zip(sensors(outlet), POLLUTANTS[outlet % 2], strict=True):
        conn.execute(
            "insert into sensor (id, station_id, quantity, period_s, unit, due_since) values (%s, %s, %s, 60, 'mg', '2026-01-01Z')",
            [sensor, station(outlet), quantity],
        )
        for flags, start, end in _stretches(outlet):
            fill(conn, sensor, start, end, flags=flags, received=T0)
    _sessions(conn, outlet, mn)


def _stretches(outlet: int) -> Iterator[tuple[str, datetime, datetime]]:
    lost = {*STOP, *CUT.get(outlet, ()), *SILENT.get(outlet, ())}
    for hour in range(HOURS):
        start = T0 + hour * HOUR
        flags = "D" if hour in FAULT.get(outlet, ()) else "F" if hour in STOPPED.get(outlet, ()) else "N"
        if hour == HICCUP:
            yield flags, start, start + HOUR / 6
            yield flags, start + HOUR / 2, start + HOUR
        elif hour not in lost:
            yield flags, start, start + HOUR


def _sessions(conn: db.Connection, outlet: int, mn: str) -> None:
    cut = CUT.get(outlet)
    opened, ended = T0 - HOUR, NOW
    at = [(opened, ended, None)]
    if cut is not None:
        begin, end = T0 + cut[0] * HOUR, T0 + (cut[-1] + 1) * HOUR
        at = [(opened, begin, "network"), (end, ended, None)]
    for start, last, why in at:
        conn.execute(
            "insert into logger_session (mn, peer, opened_at, last_at, closed_at, closed_by) values (%s, '10.0.0.1:1', %s, %s, %s, %s)",
            [mn, start, last, last if why else None, why],
        )
    silent = SILENT.get(outlet)
    if silent is not None:  # it was heard, but it sent no values
        conn.execute(
            "insert into ledger (minute, source, station_id, received, duplicate)"
            " select t, 'hj212', %s, 1, 1 from generate_series(%s, %s::timestamptz, interval '1 minute') t",
            [station(outlet), T0 + silent[0] * HOUR, T0 + (silent[-1] + 1) * HOUR],
        )


def _mark(conn: db.Connection, outlet: int, code: str, hours: range, *, voucher: bool) -> None:
    kind = "device" if code == "fault" else "condition"
    effect = {"fault": "invalid", "stopped": "stopped", "start_up": "exempt"}[code]
    row = conn.execute(
        "insert into data_mark (station_id, kind, code, effect, starts_at, ends_at, reason, filed_by, filed_at, voucher_due, state)"
        " values (%s, %s, %s, %s, %s, %s, 'r', 'x', %s, %s, 'filed') returning id",
        [station(outlet), kind, code, effect, T0 + hours[0] * HOUR, T0 + (hours[-1] + 1) * HOUR, NOW, DUE],
    ).fetchone()
    assert row is not None
    if voucher:
        conn.execute(
            "insert into attachment (object, enterprise_id, name, media_type, content, sha256, uploaded_by, uploaded_at)"
            " values (%s, %s, 'v.pdf', 'application/pdf', '\\x25', sha256('\\x25'), 'x', %s)",
            [f"mark {row[0]}", 1 + outlet % 2, NOW],
        )
