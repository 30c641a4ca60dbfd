"""What loggers have computed, against the real database: parts, revisions, retries."""

from datetime import UTC, datetime

import pytest

from ingest import loading
from ingest.batch import Origin
from ingest.check import Bounds
from ingest.decode import Decoder
from ingest.judging import Silence
from ingest.release import Releasing
from ingest.store import Store
from smartpark.hj212.encode import Sender, encode
from tests.ingest.gateway import loggers_park
from tests.ingest.gateway.loggers_park import STACK

pytestmark = pytest.mark.integration

NOW = datetime(2026, 11, 26, 0, 0, tzinfo=UTC)
NOW_US = int(NOW.timestamp()) * 1_000_000


class Taking:
    """The gateway's feed over one connection."""

    def __init__(self, conn):
        self.conn = conn
        self.sensors = loggers_park.build(conn)
        self.decoder = Decoder(loading.directory(conn), "gateway")
        self.store = Store(conn, self.decoder.directory, Bounds(600_000_000, 90))
        conn.commit()
        self._qn = 0
        self.now_us = NOW_US

    def hour(self, factors, *, mn=STACK, **more):
        """Return the frame of an hour with a QN of its own."""
        self._qn += 1
        qn = f"20261126080000{self._qn:03d}"
        return encode(
            Sender(mn, "31", "123456"), "2061", f"DataTime=20261126060000;{factors}", flag=4, qn=qn, **more
        )

    def take(self, *frames):
        batch = self.decoder.batch()
        for raw in frames:
            self.decoder.add(batch, Origin(f"smartpark/t1/hj212/{STACK}", raw, self.now_us))
        return self.store.write(batch, Silence(), NOW)

    def records(self):
        return self.conn.execute(
            "select revision, avg, min, cou, flag::text from reported_record order by sensor_id, revision"
        ).fetchall()

    def ledger(self):
        return self.conn.execute(
            "select sum(received)::int, sum(stored)::int, sum(duplicate)::int, sum(quarantined)::int from ledger"
        ).fetchone()


@pytest.fixture
def taking(conn):
    return Taking(conn)


PARTS = ("a21026-Avg=5,a21026-Flag=M", "a21026-Cou=9;a34013-Avg=1")


def test_a_factor_in_two_parts_is_one_record(taking):
    taking.take(*(taking.hour(cp) for cp in PARTS))
    assert taking.records() == [(1, 5.0, None, 9.0, "M"), (1, 1.0, None, None, "N")]
    assert taking.ledger() == (3, 3, 0, 0)


def test_parts_that_come_apart_lose_nothing(taking):
    for cp in PARTS:
        taking.take(taking.hour(cp))
    assert taking.records() == [
        (1, 5.0, None, None, "M"),
        (2, 5.0, None, 9.0, "M"),
        (1, 1.0, None, None, "N"),
    ]


def test_a_late_retry_does_not_undo_a_correction(taking):
    first, corrected = taking.hour("a21026-Avg=5"), taking.hour("a21026-Avg=6")
    for raw in (first, corrected, first):
        taking.take(raw)
    assert taking.records() == [(1, 5.0, None, None, "N"), (2, 6.0, None, None, "N")]
    assert taking.ledger() == (3, 2, 1, 0)
    taking.take(taking.hour("a21026-Avg=5"))
    assert taking.records()[-1] == (3, 5.0, None, None, "N")


def test_a_late_retry_of_a_part_does_not_undo_a_correction(taking):
    first, second = (taking.hour(cp) for cp in ("a21026-Avg=5", "a21026-Cou=9"))
    taking.take(first, second)
    taking.take(taking.hour("a21026-Avg=6"))
    taking.take(first, second)
    taking.take(taking.hour("a21026-Avg=5", resent=True))
    assert [row[:4] for row in taking.records()] == [(1, 5.0, None, 9.0), (2, 6.0, None, 9.0)]
    assert taking.ledger() == (6, 3, 3, 0)


def test_parts_that_come_several_times_in_one_batch_lose_no_mean(taking):
    taking.take(*(taking.hour(cp) for cp in ["a21026-Avg=5,a21026-Min=4"] * 3 + ["a21026-Cou=9"] * 3))
    assert taking.records() == [(1, 5.0, 4.0, 9.0, "N")]
    assert taking.ledger() == (6, 2, 4, 0)


def test_corrections_in_one_batch_are_revisions_in_their_order(taking):
    taking.take(*(taking.hour(f"a21026-Avg={value}") for value in (5, 6, 6, 5)))
    assert [row[:2] for row in taking.records()] == [(1, 5.0), (2, 6.0), (3, 5.0)]


def test_an_older_word_that_is_released_undoes_nothing(taking):
    conn = taking.conn
    conn.execute("update logger set admitted = false where mn = %s", [STACK])
    taking.decoder = Decoder(loading.directory(conn), "gateway")
    taking.take(taking.hour("a21026-Avg=5,a21026-Cou=9"))
    conn.execute("update logger set admitted = true where mn = %s", [STACK])
    taking.decoder = Decoder(loading.directory(conn), "gateway")
    taking.now_us += 3_600_000_000
    taking.take(taking.hour("a21026-Avg=6"))
    (identity,) = conn.execute("select id from quarantine").fetchone()
    assert Releasing(conn).release(identity, "olga", datetime(2026, 11, 26, 5, 0, tzinfo=UTC)).stored == 1
    assert taking.records() == [(1, 6.0, None, None, "N"), (2, 6.0, None, 9.0, "N")]


def test_a_released_frame_says_when_it_came_and_from_whom(taking):
    conn = taking.conn
    conn.execute("update logger set admitted = false where mn = %s", [STACK])
    taking.decoder = Decoder(loading.directory(conn), "gateway")
    frame = taking.hour("a21026-Avg=5")
    taking.take(frame)
    conn.execute("update quarantine set peer = '10.0.0.7:4000'")  # as over TCP
    conn.execute("update logger set admitted = true where mn = %s", [STACK])
    conn.commit()
    (identity,) = conn.execute("select id from quarantine").fetchone()
    later = datetime(2026, 11, 26, 5, 0, tzinfo=UTC)
    done = Releasing(conn).release(identity, "olga", later)
    assert (done.stored, done.quarantined) == (1, 0)
    assert conn.execute("select received_at, source, peer, frame from raw_frame").fetchall() == [
        (NOW, "tcp", "10.0.0.7:4000", frame.rstrip())
    ]
    assert conn.execute("select received_at from reported_record").fetchone() == (NOW,)
    assert conn.execute("select minute from ledger where source = 'release'").fetchone() == (later,)
