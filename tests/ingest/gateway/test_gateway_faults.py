"""Loggers of every edition against the gateway, while processes and servers are killed; a gap is fetched back unasked."""

import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from simulators import catalogue as simulated
from simulators.fleet import Pace
from simulators.loggers import roster
from simulators.loggers.fleet import LoggerFleet
from simulators.loggers.truth import LoggerTruth, compare
from simulators.play import Play, Plot
from smartpark import clock, db
from smartpark.catalogue.store import store
from smartpark.embedded import ports
from tests.ingest.feed_process import FeedProcess, ask, until
from tests.ingest.gateway.call import Call, minutes

pytestmark = pytest.mark.faults

ROOT = Path(__file__).resolve().parents[3]
SPEED, LASTS_S = 60.0, 2400
EDITIONS = (2005, 2017, 2025)


@pytest.fixture
def described():
    """The demo park with one logger of each edition, that of 2025 with a key."""
    whole = simulated.read(ROOT / "parks" / "demo")
    chosen = [
        max(
            (one for one in whole.loggers if one.edition == edition), key=lambda one: bool(one.encryption_key)
        )
        for edition in EDITIONS
    ]
    assert chosen[2].encryption_key
    return replace(whole, loggers=tuple(replace(one, minute_interval_min=1) for one in chosen))


@pytest.fixture
def parts(durable_servers, tmp_path, monkeypatch, described):
    dsn = durable_servers.database.dsn
    with db.connect(dsn, name="tests") as conn:
        store(conn, described, "tests")
        conn.commit()
    port = ports.any_free()
    monkeypatch.setenv("SMARTPARK_GATEWAY__PORT", str(port))
    process = FeedProcess(dsn, durable_servers.broker.url, "gateway", tmp_path / "gateway.log").start()
    until(lambda: ask(dsn, "select state from feed where name = 'gateway'") == "connected", 40, "listening")
    yield durable_servers, process, port
    process.close()


class Playing:
    """A fleet of loggers in a thread of its own; ``stop`` ends it before its time."""

    def __init__(self, described, port, *, starts_s, speed=SPEED, lasts_s=LASTS_S, past_s=0):
        self.park = simulated.of(described, "hj212")
        self.truth = LoggerTruth(starts_s)
        members = roster.members(described)
        self.fleet = LoggerFleet(
            Play(self.park, 7, Plot("quiet_day", 86_400)),
            members,
            Pace(starts_s, speed, lasts_s),
            ("127.0.0.1", port),
            truth=self.truth,
        )
        for logger in self.fleet.loggers.values():
            logger.outbox.answer_s, logger.outbox.again_s = 2.0, 2.0
        self.fleet.remember(past_s)
        self.done = threading.Event()
        self.confirmed = False
        self.stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        if not self.done.is_set():
            self.stop.set()
        self._thread.join()

    def _run(self):
        self.confirmed = self.fleet.run(self.stop.is_set)
        self.done.set()


def grown(dsn, by=100):
    before = ask(dsn, "select count(*) from reading")
    until(lambda: ask(dsn, "select count(*) from reading") >= before + by, 60, f"{by} more readings")


def test_nothing_is_lost_when_gateway_broker_and_database_are_killed(parts, described):
    servers, process, port = parts
    dsn = servers.database.dsn
    starts_s = int(clock.epoch_s()) - LASTS_S - 3600  # forty minutes of theirs in forty seconds of ours
    with Playing(described, port, starts_s=starts_s) as playing:
        grown(dsn)
        process.kill()
        process.start()
        grown(dsn)
        servers.broker.stop("SIGKILL")
        servers.broker.start()
        grown(dsn)
        servers.database.stop("SIGQUIT")
        servers.database.start()
        grown(dsn)
        assert playing.done.wait(120)
    assert playing.confirmed
    assert playing.truth.confirmed > 100
    with db.connect(dsn, name="tests") as conn:
        found = compare(conn, playing.truth, playing.park)
    assert found.passed, found
    assert found.confirmed > 1000  # what was fetched back beside them is not confirmed by 9014
    assert (
        ask(dsn, "select sum(received) = sum(stored) + sum(duplicate) + sum(quarantined) from ledger") is True
    )
    assert ask(dsn, "select sum(quarantined) from ledger") == 0


def test_two_missing_hours_are_fetched_back_unasked(parts, described):
    servers, _, port = parts
    dsn = servers.database.dsn
    one = replace(described, loggers=described.loggers[1:2])
    mn, password = one.loggers[0].mn, one.loggers[0].password
    now = clock.now()
    before = minutes(now, 130)
    call = Call(port, mn, pw=password)
    assert call.instants(before, "a21026-Rtd=5" if _is_stack(described, one) else "w01018-Rtd=5") is not None
    call.close()

    gap = f"mn = '{mn}' and period = 'minute'"
    with Playing(one, port, starts_s=int(now.timestamp()), speed=1.0, lasts_s=None, past_s=3 * 3600):
        until(
            lambda: ask(dsn, f"select bool_and(filled_at is not null) from logger_gap where {gap}"),
            180,
            "the gap is filled",
        )
    first, last = before + timedelta(minutes=1), minutes(now, 3)
    for table, time in (("minute", "time"), ("reported_record", "start")):
        there = ask(
            dsn,
            f"select count(distinct t.{time}) from {table} t join sensor s on s.id = t.sensor_id"
            f" join logger l on l.station_id = s.station_id where l.mn = '{mn}'"
            f" and t.{time} >= '{first.isoformat()}' and t.{time} < '{last.isoformat()}'"
            + (" and t.period = 'minute'" if table == "reported_record" else ""),
        )
        assert there == (last - first) // timedelta(minutes=1), table
    assert (
        ask(dsn, f"select string_agg(distinct requested_by, ',') from logger_command where mn = '{mn}'")
        == "system"
    )


def _is_stack(described, one):
    kinds = {station.code: station.kind for station in described.stations}
    return kinds[one.loggers[0].station] == "stack"
