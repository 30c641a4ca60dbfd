"""A park in a database of its own, and the talk with its loggers."""

from datetime import UTC, datetime, timedelta

from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from ingest.gateway.talk import Talk
from smartpark.settings import Gateway
from tests.ingest.gateway import loggers_park
from tests.ingest.gateway.loggers_park import STACK, SmallLogger, Wire

NOW = datetime(2026, 11, 22, 0, 0, tzinfo=UTC)
READY, DONE, NO_DATA, BUSY = (
    ("9011", "QnRtn=1"),
    ("9012", "ExeRtn=1"),
    ("9012", "ExeRtn=100"),
    ("9012", "ExeRtn=5"),
)
MINUTE = ("2051", "DataTime=20261122080000;a21026-Avg=3.1,a21026-Flag=N")


class Bench:
    """A park in a database of its own, and the talk with its loggers."""

    def __init__(self, conn, *loggers):
        self.conn = conn
        loggers_park.build(conn)
        self.wire = Wire(*loggers)
        self.talk = Talk(self.wire, Gateway())
        self.now = NOW

    def ask(self, cn, mn=STACK, cause="person", state="queued", **parameters):
        row = self.conn.execute(
            "insert into logger_command (mn, cn, parameters, cause, state, requested_by, requested_at)"
            " values (%s, %s, %s, %s, %s, 'operator', %s) returning id",
            [mn, cn, Jsonb(parameters), cause, state, self.now],
        ).fetchone()
        self.conn.commit()
        return row[0]

    def pass_by(self, seconds):
        for _ in range(seconds):
            self.talk.tick(self.conn, self.now)
            self.conn.commit()
            self.now += timedelta(seconds=1)

    def row(self, number):
        with self.conn.cursor(row_factory=dict_row) as cursor:
            return cursor.execute("select * from logger_command where id = %s", [number]).fetchone()

    def state(self, number):
        return self.row(number)["state"]

    def logger(self, name, mn=STACK):
        return self.conn.execute(f"select {name} from logger where mn = %s".encode(), [mn]).fetchone()[0]

    def restart(self):
        self.talk = Talk(self.wire, Gateway())


def bench(conn, *script, **habits):
    logger = SmallLogger(script=list(script), **habits)
    return Bench(conn, logger), logger
