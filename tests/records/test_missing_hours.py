"""Missing hours in a real database: decided as they close, again when more is known, resolved when the data come."""

from datetime import timedelta

import pytest

from records.missing.hours import MissingHours
from tests.records.park import COD, HOUR, LOGGER, MINUTE, SO2, SO2_ZS, STACK, T0, WATER, build, fill, logger

pytestmark = pytest.mark.integration
OTHER = "020000A8900016F000169DC0"
CLOSED = T0 + HOUR + 10 * MINUTE


@pytest.fixture
def park(conn):
    """Both emission stations deliver for the hour before T0; the stack has a logger."""
    build(conn)
    logger(conn)
    fill(conn, SO2, T0 - HOUR, T0)
    fill(conn, COD, T0 - HOUR, T0 + 10 * HOUR)
    conn.execute("update ledger set minute = %s", [T0 - HOUR])
    conn.commit()
    return conn


def missing(conn):
    rows = conn.execute(
        "select station_id, hour, due, present, cause, minutes, resolved_at from missing_hour order by hour, station_id"
    ).fetchall()
    return [(station, (hour - T0) / HOUR, *more) for station, hour, *more in rows]


def evidence(conn):
    return [
        one for (rows,) in conn.execute("select evidence from missing_hour order by hour") for one in rows
    ]


def spoke(conn, start, end, station=STACK, *, whole=True):
    conn.execute(
        "insert into ledger (minute, source, station_id, received, duplicate, quarantined) select t, 'hj212', %s, 1, %s, %s"
        " from generate_series(%s, %s - interval '1 us', interval '1 min') t",
        [station, int(whole), int(not whole), start, end],
    )


def opened(conn, mn, start, last, closed=None, closed_by=None):
    conn.execute(
        "insert into logger_session (mn, peer, opened_at, last_at, closed_at, closed_by) values (%s, '1.2.3.4:5', %s, %s, %s, %s)",
        [mn, start, last, closed, closed_by],
    )


def test_an_hour_with_nothing_missing_has_no_row_and_one_that_is_not_closed_waits(park):
    fill(park, SO2, T0, T0 + 50 * MINUTE)
    job = MissingHours()
    assert job.turn(park, CLOSED - MINUTE) == 0
    assert missing(park) == []
    assert job.turn(park, CLOSED) == 1
    assert missing(park) == [(STACK, 0, 60, 50, "unknown", {"unknown": 10}, None)]


def test_an_outage_of_our_feed_is_ours_whatever_the_logger_did(park):
    park.execute("insert into feed_outage values ('gateway', %s, %s)", [T0 - MINUTE, T0 + 40 * MINUTE])
    opened(park, LOGGER, T0 - HOUR, T0 + 2 * HOUR)
    spoke(park, T0 - HOUR, T0 + 2 * HOUR)
    MissingHours().turn(park, CLOSED)
    assert missing(park) == [(STACK, 0, 60, 0, "platform", {"platform": 40, "enterprise": 20}, None)]
    assert {row["kind"] for row in evidence(park)} == {"outage", "session"}


def test_a_connection_over_which_nothing_was_heard_blames_nobody(park):
    opened(park, LOGGER, T0 - HOUR, T0 + 2 * HOUR)
    spoke(park, T0 - HOUR, T0)
    spoke(park, T0 + 14 * MINUTE, T0 + 2 * HOUR)
    fill(park, SO2, T0 + 14 * MINUTE, T0 + HOUR)
    MissingHours().turn(park, CLOSED)
    assert missing(park) == [(STACK, 0, 60, 46, "unknown", {"unknown": 12, "enterprise": 2}, None)]


def test_torn_frames_under_the_name_of_a_logger_blame_nobody(park):
    opened(park, LOGGER, T0 - HOUR, T0 + 2 * HOUR)
    spoke(park, T0 - HOUR, T0 + 2 * HOUR, whole=False)
    MissingHours().turn(park, CLOSED)
    assert missing(park) == [(STACK, 0, 60, 0, "unknown", {"unknown": 60}, None)]


def test_what_a_second_logger_lost_by_the_network_did_not_bring_is_the_network_s(park):
    logger(park, mn=OTHER)
    park.execute("update sensor set due_since = %s where id = %s", [T0 - 24 * HOUR, SO2_ZS])
    fill(park, SO2, T0, T0 + HOUR)
    fill(park, SO2_ZS, T0 - HOUR, T0)
    opened(park, LOGGER, T0 - 2 * HOUR, T0 + 2 * HOUR)
    opened(park, OTHER, T0 - 2 * HOUR, T0, T0 + 3 * MINUTE, "network")
    spoke(park, T0 - HOUR, T0 + 2 * HOUR)
    MissingHours().turn(park, CLOSED)
    assert missing(park) == [(STACK, 0, 60, 0, "network", {"network": 60}, None)]


def test_a_dead_analyser_beside_a_live_one_is_missing_and_named(park):
    park.execute("update sensor set due_since = %s where id = %s", [T0 - 24 * HOUR, SO2_ZS])
    fill(park, SO2, T0, T0 + HOUR)
    fill(park, SO2_ZS, T0 - HOUR, T0 + 10 * MINUTE)
    job = MissingHours()
    job.turn(park, CLOSED)
    assert missing(park) == [(STACK, 0, 60, 10, "enterprise", {"enterprise": 50}, None)]
    assert sensor_minutes(park) == [(120, 70)]
    assert evidence(park) == [
        {"kind": "sensors", "quantities": ["a21026-Zs"], "cause": "enterprise", "minutes": 50}
    ]
    fill(park, SO2_ZS, T0 + 10 * MINUTE, T0 + HOUR)
    assert job.turn(park, CLOSED + 5 * MINUTE) == 1
    assert sensor_minutes(park) == [(120, 120)]


def test_a_sensor_is_due_from_its_admission_on_and_a_beat_may_slip(park):
    park.execute(
        "update sensor set due_since = %s, admitted_at = %s where id = %s",
        [T0 - 24 * HOUR, T0 + 30 * MINUTE, SO2_ZS],
    )
    fill(park, SO2, T0, T0 + HOUR)
    fill(park, SO2_ZS, T0 + 30 * MINUTE, T0 + 59 * MINUTE)
    fill(park, SO2_ZS, T0 + HOUR, T0 + 2 * HOUR)
    park.execute("delete from minute where sensor_id = %s and time = %s", [SO2_ZS, T0 + 40 * MINUTE])
    MissingHours().turn(park, CLOSED)
    assert missing(park) == []


def sensor_minutes(conn):
    return conn.execute("select sensor_due, sensor_present from missing_hour order by hour").fetchall()


def test_an_outage_of_another_feed_explains_nothing(park):
    park.execute("insert into feed_outage values ('rest', %s, %s)", [T0, T0 + HOUR])
    MissingHours().turn(park, CLOSED)
    assert missing(park)[0][4] == "unknown"


def test_loggers_that_were_lost_together_were_lost_by_the_network(park):
    opened(park, LOGGER, T0 - HOUR, T0, T0 + timedelta(seconds=5), "logger")
    opened(park, OTHER, T0 - HOUR, T0, T0 + timedelta(seconds=30), "network")
    MissingHours().turn(park, CLOSED)
    assert missing(park)[0][4:6] == ("network", {"network": 60})
    [row] = evidence(park)
    assert (row["closed_by"], row["others"], row["minutes"]) == ("logger", [OTHER], 60)


def test_a_restart_that_is_told_later_explains_every_hour_of_its_gap(park):
    job = MissingHours()
    opened(park, LOGGER, T0 - HOUR, T0, T0, "logger")
    job.turn(park, T0 + 3 * HOUR + 10 * MINUTE)
    assert [row[4] for row in missing(park)] == ["unknown"] * 3
    fill(park, SO2, T0 + 3 * HOUR, T0 + 6 * HOUR)
    park.execute(
        "insert into logger_report (mn, cn, time, digest, data, resent, received_at)"
        " values (%s, '2081', %s, '', '{\"RestartTime\": \"20261122025930\"}', false, %s)",
        [LOGGER, T0 + 3 * HOUR + 5 * MINUTE, T0 + 3 * HOUR],
    )
    assert job.turn(park, T0 + 3 * HOUR + 15 * MINUTE) == 3
    assert [row[4] for row in missing(park)] == ["enterprise"] * 3
    assert {row["kind"] for row in evidence(park)} == {"restart"}
    assert job.turn(park, T0 + 3 * HOUR + 20 * MINUTE) == 0


def test_late_data_lower_what_is_missing_and_then_resolve_it(park):
    job = MissingHours()
    job.turn(park, CLOSED)
    fill(park, SO2, T0, T0 + 30 * MINUTE)
    later = CLOSED + 5 * MINUTE
    assert job.turn(park, later) == 1
    assert missing(park) == [(STACK, 0, 60, 30, "unknown", {"unknown": 30}, None)]
    fill(park, SO2, T0 + 30 * MINUTE, T0 + HOUR)
    assert job.turn(park, later + 5 * MINUTE) == 1
    assert missing(park) == [(STACK, 0, 60, 60, "unknown", {"unknown": 30}, later + 5 * MINUTE)]
    assert job.turn(park, later + 10 * MINUTE) == 0


def test_old_hours_are_looked_at_again_within_the_hour(park):
    fill(park, SO2, T0 + HOUR, T0 + 73 * HOUR)
    fill(park, COD, T0 + HOUR, T0 + 73 * HOUR)
    job = MissingHours()
    now = T0 + 72 * HOUR + 10 * MINUTE
    job.turn(park, now)
    assert [row[1] for row in missing(park)] == [0]
    fill(park, SO2, T0, T0 + HOUR)
    assert job.turn(park, now + 5 * MINUTE) == 0
    assert job.turn(park, now + 60 * MINUTE) == 1
    assert missing(park)[0][-1] == now + 60 * MINUTE


def test_a_station_without_a_logger_is_judged_by_its_own_word(park):
    park.execute("delete from minute where sensor_id = %s and time >= %s", [COD, T0])
    fill(park, SO2, T0, T0 + 2 * HOUR)
    for minute, online in ((-600, True), (45, False)):
        park.execute(
            "insert into station_presence values (%s, %s, %s)", [WATER, T0 + minute * MINUTE, online]
        )
    MissingHours().turn(park, CLOSED + HOUR)
    assert [row[:6] for row in missing(park)] == [
        (WATER, 0, 60, 0, "enterprise", {"enterprise": 45, "network": 15}),
        (WATER, 1, 60, 0, "network", {"network": 60}),
    ]


def test_a_filed_window_of_the_whole_station_is_the_enterprise_s(park):
    park.execute(
        "insert into maintenance_window (station_id, sensor_id, kind, starts_at, ends_at, reason, filed_by, cancelled_at) values"
        " (%s, null, 'shutdown', %s, %s, 'x', 'y', null), (%s, %s, 'maintenance', %s, %s, 'x', 'y', null),"
        " (%s, null, 'maintenance', %s, %s, 'x', 'y', now())",
        [STACK, T0, T0 + 20 * MINUTE, STACK, SO2, T0, T0 + HOUR, STACK, T0, T0 + HOUR],
    )
    MissingHours().turn(park, CLOSED)
    assert missing(park)[0][4:6] == ("unknown", {"enterprise": 20, "unknown": 40})


def test_nothing_is_due_before_the_first_message_or_before_its_sensors_are(park):
    park.execute("update ledger set minute = %s", [T0 + 20 * MINUTE])
    park.execute("update sensor set due_since = %s where station_id = %s", [T0 + 30 * MINUTE, STACK])
    fill(park, COD, T0, T0 + HOUR)
    MissingHours().turn(park, CLOSED)
    assert missing(park) == [(STACK, 0, 30, 0, "unknown", {"unknown": 30}, None)]


def test_an_empty_platform_blames_nobody(conn):
    build(conn)
    assert MissingHours().turn(conn, CLOSED) == 0


def test_a_slow_sensor_is_due_at_its_own_pace(park):
    park.execute("update sensor set period_s = 1800 where station_id = %s", [STACK])
    park.execute("delete from minute where sensor_id = %s", [SO2])
    fill(park, SO2, T0 - HOUR, T0 + HOUR, step=30 * MINUTE)
    MissingHours().turn(park, CLOSED)
    assert missing(park) == []


def test_a_second_process_goes_on_where_the_first_ended(park):
    MissingHours().turn(park, CLOSED)
    park.execute("delete from missing_hour")
    assert MissingHours().turn(park, CLOSED + HOUR) == 1
    assert [row[1] for row in missing(park)] == [1]
