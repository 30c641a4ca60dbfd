"""Each closed day is looked at once, and what was found stays as it was found."""

from datetime import timedelta

import numpy as np
import pytest

from records.validity import findings
from tests.records import park
from tests.records.park import COD, HOUR, MINUTE, SO2, T0

pytestmark = pytest.mark.integration
DAY = timedelta(days=1)
CLOSED = T0 + DAY + 3 * HOUR


@pytest.fixture
def conn(conn):
    """The small park with two days of minutes of SO2 that wander."""
    park.build(conn)
    rng = np.random.default_rng(5)
    values = 40 + rng.normal(0, 3, 2 * 1440)
    with conn.cursor() as cursor:
        cursor.executemany(
            "insert into minute (sensor_id, time, n, n_valid, total, min, max, last, last_at, flags)"
            " values (%s, %s, 4, 4, %s, %s, %s, %s, %s, 'N')",
            [
                (SO2, at, 4 * value, value - 1, value + 1, value, at)
                for at, value in ((T0 - DAY + number * MINUTE, float(v)) for number, v in enumerate(values))
            ],
        )
    conn.commit()
    return conn


def stand_still(conn, first: int, minutes: int) -> None:
    conn.execute(
        "update minute set total = 4 * 41.5 where sensor_id = %s and time >= %s and time < %s",
        [SO2, T0 + first * MINUTE, T0 + (first + minutes) * MINUTE],
    )
    conn.commit()


def found(conn):
    return conn.execute(
        "select sensor_id, kind, starts_at, ends_at from data_finding order by kind, starts_at"
    ).fetchall()


def test_clean_days_give_no_finding_and_are_looked_at_once(conn):
    assert findings.turn(conn, CLOSED) == 0
    (done,) = conn.execute("select done_until from record_progress where job = 'data findings 1'").fetchone()
    assert done == T0 + DAY
    stand_still(conn, 300, 200)
    assert findings.turn(conn, CLOSED) == 0
    assert found(conn) == []


def test_a_day_is_looked_at_when_its_late_data_have_come(conn):
    stand_still(conn, 300, 200)
    assert findings.turn(conn, CLOSED - timedelta(seconds=1)) == 0
    assert findings.turn(conn, CLOSED) == 1
    assert found(conn) == [(SO2, "flat_line", T0 + 300 * MINUTE, T0 + 500 * MINUTE)]
    (zh, en, evidence) = conn.execute("select text_zh, text_en, evidence from data_finding").fetchone()
    assert (zh, evidence) == ("待核查线索: 连续 200 分钟数值恒为 41.5", {"value": 41.5, "minutes": 200})
    assert en.startswith("To check: ")


def test_what_is_found_again_keeps_what_was_said_of_it(conn):
    stand_still(conn, 300, 200)
    findings.turn(conn, CLOSED)
    conn.execute("update data_finding set outcome = 'device', reviewed_at = now(), reviewed_by = 'x'")
    assert findings.look_at(conn, 1, T0, T0 + DAY, CLOSED) == 0
    assert conn.execute("select outcome from data_finding").fetchall() == [("device",)]


def test_invalid_minutes_show_sentinels_and_a_stopped_unit_is_not_flat(conn):
    park.fill(conn, COD, T0, T0 + 4 * HOUR, value=-9999.0, flags="D")
    park.fill(conn, park.LEVEL, T0, T0 + DAY, value=1.0, flags="F")
    findings.turn(conn, CLOSED)
    assert found(conn) == [(COD, "sentinel", T0, T0 + 4 * HOUR)]


def test_hours_of_a_logger_that_labels_their_end_are_found_beside_ours(conn):
    rng = np.random.default_rng(6)
    for number, value in enumerate(40 + rng.normal(0, 8, 26)):
        start = T0 + (number - 1) * HOUR
        conn.execute(
            "insert into record (sensor_id, period, start, status, judgeable, mean, expected, received, samples, flag, method,"
            " edition, cause, made_at) values (%s, 'hour', %s, 'valid', true, %s, 60, 60, 60, 'N', 'arithmetic', 't', 'closed', %s)",
            [SO2, start, value, CLOSED],
        )
        conn.execute(
            "insert into reported_record (sensor_id, period, start, avg, flag, mn, resent, received_at)"
            " values (%s, 'hour', %s, %s, 'N', 'MN', false, %s)",
            [SO2, start + HOUR, value, CLOSED],
        )
    findings.turn(conn, CLOSED)
    assert found(conn) == [(SO2, "label_end", T0, T0 + DAY)]
