"""How a file is imported in the tests, and what came of it."""

import csv
from datetime import UTC, datetime

from records.imports import job

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
T0 = datetime(2025, 3, 1, 0, 0, tzinfo=UTC)  # 08:00 in the park
HEAD = "时间,COD,标记,流量\n"


def load(conn, path, mapping, *, resume=False, clock=lambda: NOW, seen=lambda *_: None):
    return job.load(
        conn, job.prepare(conn, path, mapping, 90), resume=resume, by="test", clock=clock, seen=seen
    )


def dry(conn, path, mapping):
    return job.check(conn, job.prepare(conn, path, mapping, 90), NOW, lambda *_: None)


def minutes(conn, sensor):
    return conn.execute(
        "select time, n, n_valid, mean, min, max, last, flags from minute where sensor_id = %s order by time",
        [sensor],
    ).fetchall()


def refused(outcome):
    with outcome.refused_path.open(encoding="utf-8-sig") as file:
        return [tuple(row.values())[:4] for row in csv.DictReader(file)]
