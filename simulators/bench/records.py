"""Official records: how long an hour of a whole park takes, and how long its months and years take to read back."""

import json
from datetime import UTC, datetime, timedelta

from simulators.bench.chain import BenchError, Servers
from simulators.bench.ground import Ground, Q
from simulators.bench.reads import Reader
from smartpark import clock, db, processes

_RECORDS = processes.Process("bench-records", ("records", "run"))
_HOUR = timedelta(hours=1)
_SENSORS = 5_000  # those of the stations of one kind
_BACK = timedelta(days=3)
_PATIENCE_S = 300.0
_MONTH, _YEAR = timedelta(days=30), timedelta(days=365)
_OF_MONTH, _OF_YEAR = 10, 4  # quantities of a station; pollutants of an outlet


def hour_records_s(servers: Servers) -> float:
    """Return how long an hour of 1 s data of 5,000 sensors takes from its minutes to committed records [s].

    Ingest keeps the minutes while it stores; the time runs from the commit that leaves all of them to be dealt with, and
    holds the wait for the next turn of the process.

    Raises:
        BenchError: it does not get through, or makes other records than it should.

    """
    hour = (datetime.fromtimestamp(clock.epoch_s(), UTC) - _BACK).replace(minute=0, second=0, microsecond=0)
    about = {"hour": hour, "sensors": _SENSORS}
    with db.connect(servers.dsn, name="bench", autocommit=True) as conn:
        environ = servers.environ | {"SMARTPARK_RECORDS__REPORTS": "false"}
        child = processes.start(_RECORDS, environ, servers.log_dir / "bench-records.log")
        try:
            _until_done(conn, servers)
            with conn.transaction():
                conn.execute(Q.minutes_of_an_hour, about)
                conn.execute(Q.note_an_hour, about)
            begun_s = clock.monotonic_s()
            _until_done(conn, servers)
            lasted_s = clock.monotonic_s() - begun_s
        finally:
            processes.end([child], 15.0)
        made = (conn.execute(Q.records_made, about).fetchone() or (0,))[0]
    if made != _SENSORS:
        raise BenchError(f"{made} records of the hour instead of {_SENSORS}")
    return lasted_s


def read_ms(servers: Servers, ground: Ground, reader: Reader) -> dict[str, float | None]:
    """Return how long hours take to read back: 30 days of a station's ten quantities, a year of an outlet's four [ms]."""
    end = datetime.fromtimestamp(clock.epoch_s(), UTC).replace(minute=0, second=0, microsecond=0) - _BACK
    month, year = ground.sensor_id[:_OF_MONTH], ground.sensor_id[40 : 40 + _OF_YEAR]
    with db.connect(servers.dsn, name="bench", autocommit=True) as conn:
        for sensors, span in ((month, _MONTH), (year, _YEAR)):
            conn.execute(Q.hours_of, {"sensors": list(sensors), "from": end - span, "to": end})
        conn.execute(Q.vacuum_record)
    return {
        "records_month_ms": round(_asked_ms(reader, month, end - _MONTH, end), 1),
        "records_year_ms": round(_asked_ms(reader, year, end - _YEAR, end), 1),
    }


def _asked_ms(reader: Reader, sensors: tuple[int, ...], start: datetime, end: datetime) -> float:
    query = {"sensor": list(sensors), "columns": True, "from": start.isoformat(), "to": end.isoformat()}
    _, body = reader.ask("/records", **query)
    count = sum(len(one["start"]) for one in json.loads(body)["series"])
    if count != len(sensors) * ((end - start) // _HOUR):
        raise BenchError(f"/records gives {count} hours of {len(sensors)} sensors")
    return reader.median_ms("/records", **query)


def _until_done(conn: db.Connection, servers: Servers) -> None:
    deadline_s = clock.monotonic_s() + _PATIENCE_S
    while (conn.execute(Q.notes_left).fetchone() or (1,))[0]:
        if clock.monotonic_s() > deadline_s:
            raise BenchError(processes.last_line(servers.log_dir / "bench-records.log"))
        clock.wait(0.05)
