"""``python -m records run`` as the product starts it: on the real database, against the simulated platform above."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from smartpark import clock, db
from tests.ingest.feed_process import ask, until
from tests.records.park import COD, SO2, STACK, WATER, build, fill, point, receiver

ROOT = Path(__file__).resolve().parents[2]
MINUTE = timedelta(minutes=1)


class Records:
    """The process under test."""

    def __init__(self, dsn, upper_port, log):
        self.log = log
        self._environment = os.environ | {
            "SMARTPARK_DB__DSN": dsn,
            "SMARTPARK_DEMO__UPPER_PORT": str(upper_port),
        }
        self._out = log.open("ab")
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "records", "run"],
            cwd=ROOT,
            env=self._environment,
            stdout=self._out,
            stderr=self._out,
        )

    def kill(self):
        self.process.kill()
        self.process.wait(10)

    def end(self):
        self.process.terminate()
        return self.process.wait(20)

    def says(self, word):
        return word in self.log.read_text()

    def close(self):
        if self.process.poll() is None:
            self.kill()
        self._out.close()


@pytest.fixture
def records(tmp_path):
    started = []

    def start(dsn, port):
        started.append(Records(dsn, port, tmp_path / f"records-{len(started)}.log"))
        return started[-1]

    yield start
    for one in started:
        one.close()


def park(dsn, minutes=60):
    """Build the park with data until now, its stack due to the demo's platform."""
    now = clock.now().replace(second=0, microsecond=0)
    with db.connect(dsn, name="tests") as conn:
        build(conn)
        fill(conn, SO2, now - minutes * MINUTE, now + 60 * MINUTE)
        fill(conn, COD, now - minutes * MINUTE, now + 60 * MINUTE)
        point(conn, receiver(conn, "demo"), STACK, since=now - minutes * MINUTE)
        conn.execute("update ledger set minute = now() - interval '3 h'")
    return minutes - 2


def confirmed(dsn):
    return ask(dsn, "select count(*) from upward_item where state = 'confirmed'")


def open_items(dsn):
    return ask(dsn, "select count(*) from upward_item where state in ('due', 'sent')")


@pytest.mark.integration
def test_a_new_receiver_gets_everything_and_a_retired_one_nothing_more(db_dsn, upper, records):
    due = park(db_dsn)
    process = records(db_dsn, upper.port)
    until(lambda: confirmed(db_dsn) >= due and open_items(db_dsn) == 0, 30, "everything is confirmed")
    assert max(upper.counts.values()) == 1
    assert ask(db_dsn, "select connected and last_success is not null from upward_state") is True
    until(lambda: ask(db_dsn, "select count(*) from missing_hour") != 0, 20, "missing hours are decided")
    with db.connect(db_dsn, name="tests") as conn:
        point(conn, 1, WATER, since=clock.now() - 30 * MINUTE)
        conn.execute("update upward_receiver set name_en = 'x', password = '654321'")
    until(lambda: any(f.head.pw == "654321" for f in upper.frames), 30, "the changed receiver is followed")
    with db.connect(db_dsn, name="tests") as conn:
        conn.execute("update upward_receiver set active = false")
    until(lambda: not upper.callers, 20, "the retired receiver is left")
    assert process.end() == 0
    assert ask(db_dsn, "select connected from upward_state") is False


@pytest.mark.integration
def test_a_second_process_waits_for_its_turn(db_dsn, upper, records):
    due = park(db_dsn)
    first = records(db_dsn, upper.port)
    until(lambda: first.says("working"), 20, "the first works")
    second = records(db_dsn, upper.port)
    until(lambda: second.says("another_records_process_works"), 20, "the second says that it waits")
    first.kill()
    until(lambda: second.says("working"), 20, "it takes over")
    until(lambda: confirmed(db_dsn) >= due, 30, "everything is confirmed")


@pytest.mark.integration
def test_without_a_database_it_says_what_to_write(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "records", "run"],
        cwd=tmp_path,
        env={name: text for name, text in os.environ.items() if not name.startswith("SMARTPARK_")}
        | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.strip().startswith("SMARTPARK_DB__DSN is not set; write")


@pytest.mark.faults
@pytest.mark.integration
def test_killed_or_without_its_database_it_loses_nothing_and_repeats_only_identical_frames(
    durable_servers, upper, records
):
    dsn = durable_servers.database.dsn
    due = park(dsn, 600)
    process = records(dsn, upper.port)
    until(lambda: len(upper.counts) > 50, 30, "some have arrived")
    process.kill()
    process.start()
    until(lambda: len(upper.counts) > 150, 30, "more have arrived")
    durable_servers.database.stop()
    durable_servers.database.start()
    until(lambda: confirmed(dsn) >= due and open_items(dsn) == 0, 60, "everything is confirmed")
    assert {one.data_time for one in upper.received} >= {f.field("DataTime") for f in upper.frames}
    assert len(upper.received) == confirmed(dsn)
    raws = {}
    for frame in upper.frames:
        raws.setdefault((frame.head.mn, frame.head.cn, frame.field("DataTime")), set()).add(frame.raw)
    assert {len(one) for one in raws.values()} == {1}
    assert process.end() == 0
