"""The demo's past: whole minutes of the same signals, written once, never over what is there."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from simulators.history import FULL_DAYS, History, records_end_s, sensor_ids
from simulators.play import Play, Plot
from tests.simulators.small_park import small_park
from tests.simulators.test_score import park as insert_park

pytestmark = pytest.mark.integration

NOW = datetime(2026, 11, 22, 2, 0, 30, tzinfo=UTC)


@pytest.fixture
def past(conn) -> History:
    insert_park(conn)
    conn.commit()
    park = small_park()
    return History(park, 3, sensor_ids(conn, park))


def test_a_day_has_every_minute_of_every_point_and_a_second_run_adds_nothing(conn, past):
    said: list[str] = []
    new = past.write(conn, 1, NOW, said.append)
    assert new == 1440 * len(past.park.points)
    assert said[-1].startswith("history: 100 %")
    assert past.write(conn, 1, NOW, said.append) == 0
    row = conn.execute(
        "select min(time), max(time), bool_and(n_valid = n and mean between min - 1e-9 and max + 1e-9) from minute"
    )
    assert row.fetchone() == (
        NOW.replace(second=0) - timedelta(days=1),
        NOW.replace(second=0) - timedelta(minutes=1),
        True,
    )


def test_the_last_value_of_a_minute_is_what_the_fleet_would_have_sent(conn, past):
    past.write(conn, 1, NOW, lambda _: None)
    sent = Play(past.park, 3, Plot("quiet_day", 60)).readings(
        int(NOW.timestamp()) - 90, int(NOW.timestamp()) - 30
    )
    for point, sensor in enumerate(past.sensor_id.tolist()):
        mine = sent.which == point
        stored = conn.execute(
            "select last, n from minute where sensor_id = %s and time = %s",
            [sensor, NOW.replace(second=0) - timedelta(minutes=1)],
        ).fetchone()
        assert stored is not None
        assert stored[0] == pytest.approx(float(sent.stored[mine][np.argmax(sent.time_s[mine])]))
        assert stored[1] == mine.sum()


def test_the_past_ends_where_the_live_feed_began(conn, past):
    began = NOW.replace(second=0) - timedelta(hours=2)
    conn.execute(
        "insert into ledger (minute, source, station_id, received, stored) values (%s, 'mqtt', 1, 1, 1)",
        [began],
    )
    conn.commit()
    past.write(conn, 1, NOW, lambda _: None)
    assert conn.execute("select max(time) from minute").fetchone() == (began - timedelta(minutes=1),)


def test_a_minute_that_is_there_stays_as_it_is(conn, past):
    time = NOW.replace(second=0) - timedelta(minutes=30)
    conn.execute("insert into minute values (1, %s, 3, 3, 99, default, 33, 33, 33, %s, 'M')", [time, time])
    conn.commit()
    past.write(conn, 1, NOW, lambda _: None)
    kept = conn.execute("select n, flags from minute where sensor_id = 1 and time = %s", [time]).fetchone()
    assert kept == (3, "M")


def test_records_are_asked_for_of_every_whole_hour_with_all_its_minutes_once_a_station(conn, past):
    past.write(conn, FULL_DAYS + 1, NOW, lambda _: None)
    stations = len(past.park.stations)
    first, last, hours, notes, causes = conn.execute(
        "select min(hour), max(hour), count(distinct hour), count(*), array_agg(distinct cause) from record_due"
    ).fetchone()
    assert causes == ["demo"]
    assert last == NOW.replace(minute=0, second=0) - timedelta(hours=1)
    assert first == datetime.fromtimestamp(records_end_s(conn, FULL_DAYS + 1, NOW), UTC)
    assert notes == stations * hours
    assert hours == (last - first) / timedelta(hours=1) + 1
    past.write(conn, FULL_DAYS + 1, NOW, lambda _: None)
    assert conn.execute("select count(*) from record_due").fetchone() == (notes,)


def test_without_days_there_is_no_past(conn, past):
    assert past.write(conn, 0, NOW, lambda _: None) == 0
    assert records_end_s(conn, 0, NOW) == int(NOW.timestamp()) - 30
