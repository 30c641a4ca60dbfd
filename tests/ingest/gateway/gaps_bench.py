"""A park in a database of its own, and what is fetched back of it."""

from datetime import UTC, datetime, timedelta

from psycopg.rows import dict_row

from ingest.gateway.gaps import Gaps
from smartpark.settings import Gateway
from tests.ingest.gateway import loggers_park
from tests.ingest.gateway.loggers_park import STACK, WATER

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)  # 12:00 in the park
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
EDGE = NOW - 3 * MINUTE  # what is younger may still come
BOTH = frozenset({STACK, WATER})


class Bench:
    """A park in a database of its own, and what is fetched back of it."""

    def __init__(self, conn, **how):
        self.conn = conn
        self.sensors = loggers_park.build(conn)
        self.settings = Gateway(**how)
        self.gaps = Gaps(self.settings)
        self.now = NOW

    def minutes(self, *spans, mn=STACK, sensor=0, step=MINUTE):
        """Store minutes of a sensor within spans [start, end)."""
        for start, end in spans:
            self.conn.execute(
                "insert into minute (sensor_id, time, n, n_valid, total, last_at, flags)"
                " select %s, t, 1, 1, 1, t, 'N' from generate_series(%s, %s - interval '1 s', %s) t on conflict do nothing",
                [self.sensors[mn][sensor], start, end, step],
            )
        self.conn.commit()

    def computed(self, period, *starts, mn=STACK):
        for start in starts:
            self.conn.execute(
                "insert into reported_record (sensor_id, period, start, avg, flag, mn, resent, received_at)"
                " values (%s, %s, %s, 1, 'N', %s, false, %s)",
                [self.sensors[mn][0], period, start, mn, NOW],
            )
        self.conn.commit()

    def run(self, after=timedelta(0), online=BOTH):
        self.now += after
        return self.gaps.run(self.conn, self.now, online)

    def anew(self):
        """Forget when all the time was looked at, as after a restart."""
        self.gaps = Gaps(self.settings)

    def open(self, period="minute"):
        return self.conn.execute(
            "select from_time, to_time from logger_gap where period = %s and filled_at is null and given_up_at is null"
            " order by mn, from_time",
            [period],
        ).fetchall()

    def rows(self, table="logger_gap"):
        with self.conn.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(f"select * from {table} order by id".encode()).fetchall()

    def commands(self):
        return [(row["cn"], *row["parameters"].values(), row["state"]) for row in self.rows("logger_command")]

    def end(self, state="done", exe_rtn=1, at=None):
        """Let whatever is being asked for end."""
        self.conn.execute(
            "update logger_command set state = %s, exe_rtn = %s, finished_at = %s where finished_at is null",
            [state, exe_rtn, at or self.now],
        )
        self.conn.commit()
