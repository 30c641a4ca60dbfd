"""A rule over stored readings: how many alerts, how long, where, how much flapping."""

from datetime import timedelta

import numpy as np
import pytest

from alerts import replay
from alerts.rules import Rule, Selector
from tests.alerts import small_park
from tests.alerts.small_park import T0, readings

pytestmark = pytest.mark.integration


@pytest.fixture
def park(conn):
    small_park.build(conn)
    return conn


def keep(conn, new):
    small_park.store(conn, new)
    conn.commit()


def run(conn, minutes=60, rule="gas_toxic"):
    return replay.replay(conn, replay.named(conn, rule), T0, T0 + timedelta(minutes=minutes))


def test_stored_readings_come_back_as_they_are(park):
    new = readings((0, 0.5), (1, 1.5, "M"), (2, 2.5, "T", "O"), lag_s=3)
    keep(park, new)
    back = replay.stored(park, [small_park.CL2], T0, T0 + timedelta(seconds=3))
    for column in ("sensor_id", "time_us", "value", "flag", "mark", "received_us"):
        assert np.array_equal(getattr(back, column), getattr(new, column)), column


def test_no_readings_are_no_alerts(park):
    found = run(park).json()
    assert (found["readings"], found["alerts"], found["where"]) == (0, 0, [])


def test_two_releases_are_two_alerts_with_their_time(park):
    keep(park, readings((0, 0.2), (10, 1.5), (40, 0.2), (100, 2.5), (160, 0.1)))
    found = run(park).json()
    assert (found["readings"], found["alerts"], found["still_active"]) == (5, 2, 0)
    assert (found["levels"], found["active_s"], found["longest_s"]) == ({"orange": 1, "red": 1}, 90.0, 60.0)
    assert found["where"] == [
        {
            "station": "g01",
            "enterprise": "e01",
            "target": "sensor/1",
            "alerts": 2,
            "active_s": 90.0,
            "chattering": False,
        }
    ]


def test_a_point_that_flaps_is_called_chattering(park):
    keep(park, readings(*((second, 1.5 if second % 10 < 5 else 0.2) for second in range(0, 60, 5))))
    found = run(park).json()
    assert (found["alerts"], found["chattering_points"], found["where"][0]["chattering"]) == (6, 1, True)


def test_a_value_that_stays_over_is_still_active_at_the_end(park):
    keep(park, readings((0, 0.2), (60, 1.5)))
    found = run(park, minutes=10).json()
    assert (found["alerts"], found["still_active"], found["active_s"]) == (1, 1, 540.0)


def test_a_rule_file_is_replayed_before_it_is_loaded(park, tmp_path):
    park.execute(
        "insert into quantity (code, name_zh, name_en, unit, source) values ('a21022', 'x', 'x', 'mg/m³', 't')"
    )
    park.execute("update sensor set quantity = 'a21022' where id = 1")
    park.execute("update limit_value set quantity = 'a21022'")
    from alerts.rulebook import SHIPPED

    keep(park, readings((0, 0.2), (10, 1.5), (20, 0.2)))
    found = run(park, rule=str(SHIPPED / "gas_toxic.yaml")).json()
    assert (found["alerts"], found["still_active"]) == (
        1,
        1,
    )  # the off-delay has not passed at its last reading


def test_an_unknown_rule_is_said(park):
    with pytest.raises(ValueError, match="there is no rule 'gas_taxic'"):
        replay.named(park, "gas_taxic")


def test_the_platform_itself_cannot_be_replayed(park):
    rule = Rule(
        "platform_ledger", 1, "platform", "reminder", "账本", "Ledger", Selector(), {"finding": "ledger"}
    )
    with pytest.raises(ValueError, match="only rules over readings"):
        replay.replay(park, rule, T0, T0 + timedelta(hours=1))


def test_several_rules_are_replayed_in_one_pass(park):
    small_park.rule(
        park,
        "valve",
        "state",
        {"quantities": ["x_valve"]},
        {"violates": {"equals": 0}, "level": "orange", "words_zh": "关", "words_en": "closed"},
    )
    keep(park, readings((0, 1.5), (10, 0.2)))
    keep(park, readings((0, 1), (60, 0), (120, 1), sensor=small_park.VALVE))
    rules = [replay.named(park, name) for name in ("gas_toxic", "valve")]
    found = replay.replay_all(park, rules, T0, T0 + timedelta(hours=1))
    assert {code: tally.json()["active_s"] for code, tally in found.items()} == {
        "gas_toxic": 10.0,
        "valve": 60.0,
    }


def test_people_read_it_in_lines(park):
    keep(park, readings((0, 0.2), (10, 1.5), (40, 0.2)))
    lines = run(park).text().splitlines()
    assert lines[1] == "alerts 1 (1 orange), 24.0 a day, 0 still active"
    assert lines[-1].split() == ["g01", "1", "30", "s"]
