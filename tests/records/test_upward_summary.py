"""Rates, each with its counts."""

from datetime import timedelta

import pytest

from records.upward import summary
from tests.records.park import HOUR, MINUTE, STACK, T0, build, point, receiver

pytestmark = pytest.mark.integration


def test_a_receiver_is_summed_up_over_a_time_and_its_backlog_over_all(conn):
    build(conn)
    one = receiver(conn, "demo")
    point(conn, one, STACK)
    for number, (state, resent) in enumerate(
        [("confirmed", False)] * 5
        + [("confirmed", True)]
        + [("sent", False), ("due", False), ("no_data", False)] * 2
    ):
        conn.execute(
            "insert into upward_item (receiver_id, station_id, period, start, state, resent) values (%s, %s, 'minute', %s, %s, %s)",
            [one, STACK, T0 + number * MINUTE, state, resent],
        )
    conn.execute(
        "insert into upward_item (receiver_id, station_id, period, start, state) values (%s, %s, 'hour', %s, 'due')",
        [one, STACK, T0 - 48 * HOUR],
    )
    conn.execute("insert into upward_state values (%s, true, %s, %s, null, %s)", [one, T0, T0, T0])
    [found] = summary.of(conn, T0, T0 + HOUR)
    assert (found.code, found.connected, found.last_success) == ("bureau", True, T0)
    assert (found.no_data, found.due, found.sent, found.confirmed, found.timely) == (2, 2, 2, 6, 5)
    assert (found.backlog, found.oldest_backlog) == (5, T0 - timedelta(days=2))
    assert (found.upload_rate, found.timely_rate) == (0.6, 0.5)
    [empty] = summary.of(conn, T0 + HOUR, T0 + 2 * HOUR)
    assert (empty.upload_rate, empty.timely_rate, empty.backlog) == (None, None, 5)
