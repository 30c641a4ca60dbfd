"""The score finds what is lost, wrong, invented, counted twice, missed and false; on a real database."""

from datetime import UTC, datetime, timedelta

import pytest

from simulators import truth
from simulators.score import Card, compare
from simulators.truth import Line, Writer
from smartpark import db
from tests.simulators.small_park import small_park

pytestmark = pytest.mark.integration

START = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
POINT = next(n for n, p in enumerate(small_park().points) if p.name == "gas-e01-002/a21022")
VALUES = [0.1] * 30 + [2.4] * 6 + [0.1] * 30


@pytest.fixture
def told(tmp_path, conn) -> truth.Truth:
    """A sensor that was past HH for half a minute: everything is stored as it was sent, and the alert is there."""
    writer = Writer(tmp_path / "truth", small_park(), scenario="test", speed=1.0)
    park(conn)
    for n, value in enumerate(VALUES):
        time = START + timedelta(seconds=5 * n)
        ms = round(time.timestamp() * 1000)
        writer.sent(Line("e01", ms + 2, ms, (POINT,), (value,), "N"))
        store(conn, time, value)
    writer.confirmed({"e01": len(VALUES)})
    writer.close()
    roll(conn)
    alert(conn, "gas_toxic", START + timedelta(seconds=150))
    conn.execute(
        "insert into ledger (minute, source, station_id, received, stored) values (%s, 'mqtt', 1, %s, %s)",
        [START, len(VALUES), len(VALUES)],
    )
    conn.commit()
    conn.autocommit = True
    return truth.read(tmp_path / "truth")


def park(conn: db.Connection) -> None:
    conn.execute(
        "insert into park (code, name_zh, name_en, timezone, lat, lon) values ('tiny', '园', 'P', 'Asia/Shanghai', 39, 106)"
    )
    for quantity in sorted({p.quantity for p in small_park().points}):
        conn.execute(
            "insert into quantity (code, name_zh, name_en, unit, source) values (%s, 'q', 'q', '', 't')",
            [quantity],
        )
    for n, station in enumerate(small_park().stations.values(), 1):
        number = 1 if station.code == "gas-e01-002" else 100 + n
        conn.execute(
            "insert into station (id, park_id, code, kind, name_zh, name_en, lat, lon, feed, stream_class)"
            " values (%s, 1, %s, %s, 's', 's', 39, 106, 'safety', 'safety')",
            [number, station.code, station.kind],
        )
    for n, point in enumerate(small_park().points, 1):
        conn.execute(
            "insert into sensor (id, station_id, quantity, form, period_s, unit)"
            " select %s, id, %s, %s, 5, '' from station where code = %s",
            [1 if n - 1 == POINT else 100 + n, point.quantity, point.form, point.station],
        )
    conn.execute(
        "insert into rule (code, version, kind, class, name_zh, name_en, applies, parameters, source) values"
        " ('gas_toxic', 1, 'limit', 'alarm', 'r', 'r', '{\"kinds\": [\"gas\"], \"quantities\": [\"a21022\"]}',"
        ' \'{"stages": {"H": {"level": "orange"}, "HH": {"level": "red"}}, "limit_kinds": ["setpoint"]}\', \'t\')'
    )
    for stage, value in (("H", 1.0), ("HH", 2.0)):
        conn.execute(
            "insert into limit_value (code, quantity, basis, stage, value, unit, kind, standard, clause, valid_from,"
            " verified, source) values (%s, 'a21022', 'instant', %s, %s, '', 'setpoint', 's', 'c', '2020-01-01', true, 't')",
            [stage, stage, value],
        )


def store(conn: db.Connection, time: datetime, value: float) -> None:
    conn.execute("insert into reading values (1, 0, %s, %s, 'N', '-')", [time, value])


def roll(conn: db.Connection) -> None:
    conn.execute(
        "insert into minute (sensor_id, time, n, n_valid, total, min, max, last, last_at, flags)"
        " select sensor_id, date_trunc('minute', time), count(*), count(*), sum(value), min(value), max(value),"
        " max(value), max(time), 'N' from reading group by 1, 2"
    )


def alert(conn: db.Connection, rule: str, at: datetime, sensor: int = 1) -> None:
    row = conn.execute(
        "insert into alert (park_id, rule, rule_version, target_kind, target_id, sensor_id, class, level, stage, origin,"
        " condition, acked, state, raised_at, annunciated_at, text_zh, text_en) values (1, %s, 1, 'sensor', %s, %s,"
        " 'alarm', 'red', 'HH', 'live', 'active', false, 'active_unacked', %s, %s, '', '') returning id",
        [rule, sensor, sensor, at, at],
    ).fetchone()
    assert row
    later = at + timedelta(milliseconds=120)
    conn.execute(
        "insert into alert_event (alert_id, at, type, actor) values (%s, %s, 'annunciated', 'system')",
        [row[0], later],
    )


def card_of(conn: db.Connection, told: truth.Truth) -> Card:
    return compare(conn, told, wait_s=0.0)


def test_everything_as_it_should_be_passes(conn, told):
    card = card_of(conn, told)
    assert card.passed
    assert (card.readings, card.stored, card.lost, card.duplicated, card.wrong) == (66, 66, 0, 0, 0)
    assert (card.alerts.ought, card.alerts.found, card.missed, card.false) == (1, 1, 0, 0)
    assert card.alerts.delay_p50_ms == 118
    assert card.ledger["balanced"]


def test_a_reading_that_is_not_stored_is_lost(conn, told):
    conn.execute("delete from reading where time = %s", [START])
    card = card_of(conn, told)
    assert (card.lost, card.passed) == (1, False)
    assert card.examples[0].startswith("lost gas-e01-002 a21022")


def test_a_reading_of_which_the_broker_knows_nothing_is_not_lost(conn, told):
    told.sessions[0].confirmed["e01"] = 65
    conn.execute("delete from reading where time = %s", [START + timedelta(seconds=5 * 65)])
    card = card_of(conn, told)
    assert (card.lost, card.unconfirmed, card.passed) == (0, 1, True)


def test_another_value_or_flag_is_wrong(conn, told):
    conn.execute("update reading set value = 0.2 where time = %s", [START])
    conn.execute("update reading set flag = 'M' where time = %s", [START + timedelta(seconds=5)])
    card = card_of(conn, told)
    assert (card.wrong, card.passed) == (2, False)


def test_a_reading_that_nobody_sent_is_invented(conn, told):
    store(conn, START + timedelta(seconds=2), 0.1)
    assert card_of(conn, told).invented == 1


def test_a_minute_that_counted_a_reading_twice_is_a_duplicate(conn, told):
    conn.execute("update minute set n = n + 1 where time = %s", [START + timedelta(minutes=2)])
    card = card_of(conn, told)
    assert (card.duplicated, card.passed) == (1, False)


def test_an_alert_that_is_not_there_is_missed(conn, told):
    conn.execute("delete from alert_event")
    conn.execute("delete from alert")
    card = card_of(conn, told)
    assert (card.missed, card.passed) == (1, False)
    assert "gas-e01-002" in card.alerts.missed[0]


def test_an_alert_without_a_cause_is_false(conn, told):
    row = conn.execute("select id from sensor where id <> 1 and quantity = 'a21022' limit 1").fetchone()
    alert(conn, "gas_toxic", START + timedelta(seconds=20), sensor=row[0])
    card = card_of(conn, told)
    assert card.false == 1


def test_a_ledger_that_does_not_balance_fails(conn, told):
    conn.execute("update ledger set received = received + 1")
    assert not card_of(conn, told).passed


def test_noise_that_was_sent_must_be_in_quarantine(conn, told):
    told.sessions[0].lines.append(Line("e01", round(START.timestamp() * 1000), odd="malformed"))
    told.sessions[0].confirmed["e01"] += 1
    card = card_of(conn, told)
    assert (card.refused_expected, card.refused_missing, card.passed) == (1, 1, False)
