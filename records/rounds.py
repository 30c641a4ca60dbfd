"""Jobs that go round by the clock, each on a thread and a connection of its own, so that none holds up another."""

import threading
from collections.abc import Callable
from datetime import datetime

from smartpark import clock, db, log

Job = Callable[[db.Connection, datetime], int]

_AGAIN_S = 5.0  # after the database was away
_STOP_S = 15.0


class Round:
    """One job, every so many seconds [s], until it is stopped; a defect is logged and the next round begins."""

    def __init__(self, dsn: str, name: str, every_s: float, job: Job) -> None:
        self._dsn = dsn
        self._name = name
        self._every_s = every_s
        self._job = job
        self._log = log.get("records.rounds").bind(job=name)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"records {name}", daemon=True)

    def start(self) -> None:
        """Begin with the first round."""
        self._thread.start()

    def end(self) -> None:
        """End after the round that is under way."""
        self._stop.set()
        self._thread.join(_STOP_S)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                with db.connect(self._dsn, name=f"records {self._name}") as conn:
                    while not self._stop.is_set():
                        self._once(conn)
                        self._stop.wait(self._every_s)
            except db.Error as error:
                self._log.warning("database_away", error=str(error).strip())
            except Exception:  # noqa: BLE001 - the thread must outlive every defect: a dead one looks idle
                self._log.exception("round_failed")
            self._stop.wait(_AGAIN_S)

    def _once(self, conn: db.Connection) -> None:
        started_s = clock.monotonic_s()
        done = self._job(conn, clock.now())
        conn.commit()
        if done:
            self._log.info("round_done", rows=done, took_ms=round(1000 * (clock.monotonic_s() - started_s)))
