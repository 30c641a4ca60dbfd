"""Talking to hundreds of loggers at once."""

from datetime import timedelta

import pytest

from ingest.gateway.talk import Talk
from smartpark.settings import Gateway
from tests.ingest.gateway import loggers_park
from tests.ingest.gateway.loggers_park import SmallLogger, Wire
from tests.ingest.gateway.talk_bench import MINUTE, NOW, READY

pytestmark = pytest.mark.integration


def many(conn, count):
    """Admit many loggers and let all be there; return their wire."""
    loggers_park.build(conn)
    mns = [f"{number:024X}" for number in range(count)]
    conn.execute(
        "insert into logger (mn, station_id, password, edition, admitted)"
        " select mn, (select min(id) from station), '123456', 2017, true from unnest(%s::text[]) mn",
        [mns],
    )
    conn.commit()
    return mns, Wire(*(SmallLogger(mn, script=[[READY, MINUTE]]) for mn in mns))


def test_only_so_many_gaps_are_fetched_at_once(conn):
    mns, wire = many(conn, 120)
    conn.execute(
        "insert into logger_command (mn, cn, cause, state, requested_by, requested_at)"
        " select mn, '2051', 'gap', 'queued', 'system', %s from unnest(%s::text[]) mn",
        [NOW, mns],
    )
    conn.execute(
        "insert into logger_command (mn, cn, cause, state, requested_by, requested_at)"
        " values (%s, '1011', 'person', 'queued', 'operator', %s)",
        [mns[-1], NOW],
    )
    talk = Talk(wire, Gateway())
    for second in range(3):
        talk.tick(conn, NOW + timedelta(seconds=second))
        conn.commit()
    heard = [one.heard[0].head.cn for one in wire.loggers.values() if one.heard]
    assert (heard.count("2051"), heard.count("1011")) == (50, 1)
    for second in range(3, 60):
        talk.tick(conn, NOW + timedelta(seconds=second))
        conn.commit()
    assert sum(1 for one in wire.loggers.values() if one.heard) >= 100  # a silent one makes room


class Counting:
    """A connection that counts what is asked of it."""

    def __init__(self, conn):
        self.conn, self.count = conn, 0

    def execute(self, *how, **more):
        self.count += 1
        return self.conn.execute(*how, **more)


def test_hundreds_of_requests_are_few_statements(conn):
    mns, wire = many(conn, 400)
    conn.execute(
        "insert into logger_command (mn, cn, cause, state, requested_by, requested_at)"
        " select mn, '1012', 'clock', 'queued', 'system', %s from unnest(%s::text[]) mn",
        [NOW, mns],
    )
    counting = Counting(conn)
    talk = Talk(wire, Gateway())
    for second in range(4):
        talk.tick(counting, NOW + timedelta(seconds=second))
        conn.commit()
    assert all(len(one.heard) == 1 for one in wire.loggers.values())
    assert counting.count < 40
