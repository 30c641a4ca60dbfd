"""Processes and servers are killed while messages flow: nothing confirmed is lost, nothing is doubled."""

import json
import threading
from itertools import count

import pytest

from smartpark import clock, db
from smartpark.mqtt import Publisher
from tests.ingest import park
from tests.ingest.feed_process import FeedProcess, ask, until

pytestmark = pytest.mark.faults

VOC = f"smartpark/{park.PARK}/voc/{park.VOC}/readings"
SPAN_MS = 3_600_000


class Stream:
    """Publishes one reading after another until told to stop; each has its own instant."""

    def __init__(self, url):
        self._publisher = Publisher(url, client_id="tests-stream", in_flight=200)
        self._stopping = threading.Event()
        self._start_ms = int(clock.epoch_s() * 1000) - SPAN_MS
        self._thread = threading.Thread(target=self._run)
        self.sent = 0

    def __enter__(self):
        self._publisher.start()
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stopping.set()
        self._thread.join()
        self._publisher.stop()

    def _run(self):
        for k in count():
            if self._stopping.is_set():
                return
            message = {"time": self._start_ms + k, "values": {"a24088": k % 100, "a01001": k % 50}, "seq": k}
            while not self._publisher.publish(VOC, json.dumps(message).encode(), timeout_s=0.5):
                if self._stopping.is_set():
                    return
            self.sent += 1
            self._stopping.wait(0.001)

    def finish(self):
        """Stop, and return how many messages the broker has confirmed: all."""
        self._stopping.set()
        self._thread.join()
        assert self._publisher.flush(30)
        return self.sent


@pytest.fixture
def parts(durable_servers, tmp_path):
    with db.connect(durable_servers.database.dsn, name="tests") as conn:
        park.build(conn)
    process = FeedProcess(
        durable_servers.database.dsn, durable_servers.broker.url, "rest", tmp_path / "log"
    ).start()
    dsn = durable_servers.database.dsn
    until(lambda: ask(dsn, "select state from feed") == "connected", 20, "connected")
    yield durable_servers, process
    process.close()


def grown(dsn, by=200):
    before = ask(dsn, "select count(*) from reading")
    until(lambda: ask(dsn, "select count(*) from reading") >= before + by, 30, f"{by} more readings")


def nothing_is_lost(dsn, stream):
    sent = stream.finish()
    until(lambda: ask(dsn, "select count(*) from reading") >= 2 * sent, 30, f"all {2 * sent} readings")
    assert ask(dsn, "select count(*) from reading") == 2 * sent
    assert ask(dsn, "select sum(n) from minute") == 2 * sent
    assert ask(dsn, "select sum(stored) from ledger") == 2 * sent
    assert (
        ask(dsn, "select sum(received) = sum(stored) + sum(duplicate) + sum(quarantined) from ledger") is True
    )
    assert ask(dsn, "select sum(gap) from ledger") == 0
    assert ask(dsn, "select count(*) from reading_conflict") == 0


def test_nothing_is_lost_when_the_process_is_killed_three_times(parts):
    servers, process = parts
    dsn = servers.database.dsn
    with Stream(servers.broker.url) as stream:
        for _ in range(3):
            grown(dsn)
            process.kill()
            process.start()
        grown(dsn)
        nothing_is_lost(dsn, stream)


def test_nothing_is_lost_when_the_database_dies_and_comes_back(parts):
    servers, process = parts
    dsn = servers.database.dsn
    with Stream(servers.broker.url) as stream:
        grown(dsn)
        servers.database.stop("SIGQUIT")
        servers.database.start()
        grown(dsn)
        nothing_is_lost(dsn, stream)
    assert process.process.poll() is None


def test_nothing_is_lost_when_the_broker_is_killed(parts):
    servers, process = parts
    dsn = servers.database.dsn
    with Stream(servers.broker.url) as stream:
        grown(dsn)
        servers.broker.stop("SIGKILL")
        servers.broker.start()
        grown(dsn)
        nothing_is_lost(dsn, stream)
    assert process.process.poll() is None


def test_nothing_is_lost_when_everything_is_killed_at_once(parts):
    servers, process = parts
    dsn = servers.database.dsn
    with Stream(servers.broker.url) as stream:
        grown(dsn)
        servers.broker.stop("SIGKILL")
        process.kill()
        servers.database.stop("SIGQUIT")
        servers.database.start()
        servers.broker.start()
        process.start()
        grown(dsn)
        nothing_is_lost(dsn, stream)
