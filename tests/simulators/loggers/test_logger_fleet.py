"""Loggers and the simulated platform over a real connection: nothing is lost, whatever the line does."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from simulators import catalogue
from simulators.fleet import Pace
from simulators.history import sensor_ids
from simulators.loggers import defects, roster
from simulators.loggers.fleet import LoggerFleet
from simulators.loggers.roster import Member
from simulators.loggers.truth import LoggerTruth, compare
from simulators.play import Play, Plot
from simulators.upper import Received, Upper
from smartpark import clock
from smartpark.embedded import ports
from tests.simulators.loggers.sample import KEY, MIDNIGHT_S, OUTLET, PARK, PLAY, STACK, ZONE
from tests.simulators.test_score import park as insert_park

ROOT = Path(__file__).resolve().parents[3]
START_S = MIDNIGHT_S + 8 * 3600
ONE = Member("A" * 24, STACK, ZONE, 2017)
TWO = Member("B" * 24, OUTLET, ZONE, 2025, key=KEY)


@pytest.fixture
def upper():
    platform = Upper(key_of={TWO.mn: KEY}.get)
    platform.start()
    yield platform
    platform.stop()


def fleet(upper: Upper, lasts_s: int, members=(ONE, TWO), **changes) -> LoggerFleet:
    made = LoggerFleet(
        PLAY,
        members,
        Pace(START_S, 0.0, lasts_s),
        (upper.host, upper.port),
        truth=LoggerTruth(START_S),
        **changes,
    )
    for logger in made.loggers.values():
        logger.outbox.answer_s, logger.outbox.again_s = 0.5, 0.1
    return made


def starts(upper: Upper, mn: str, cn: str) -> set[str]:
    return {one.data_time for one in upper.received if (one.mn, one.cn) == (mn, cn)}


def minutes(first: int, last: int) -> set[str]:
    return {f"2026112208{minute:02}00" for minute in range(first, last)}


def test_what_is_measured_arrives_once_and_is_confirmed(upper):
    running = fleet(upper, 1200)
    running.remember(0)
    assert running.run()
    for mn in (ONE.mn, TWO.mn):
        assert starts(upper, mn, "2011") == minutes(0, 20)
        assert starts(upper, mn, "2051") == {"20261122075900", *minutes(0, 19)}
        assert starts(upper, mn, "2061") == {"20261122070000"}
    assert running.truth is not None
    assert running.truth.messages == running.truth.confirmed
    assert set(upper.counts.values()) == {1}
    assert (upper.resent, upper.refused) == (set(), {})


def test_over_an_outage_of_the_line_it_records_on_and_sends_what_is_missing(upper):
    running = fleet(upper, 1200, outages={TWO.mn: [(START_S + 300, START_S + 900)]})
    assert running.run()
    assert starts(upper, ONE.mn, "2011") == minutes(0, 20)
    assert starts(upper, TWO.mn, "2011") == minutes(0, 5) | minutes(15, 20)
    assert starts(upper, TWO.mn, "2051") == minutes(0, 19)
    late = {one.data_time for one in upper.resent if one.cn == "2051"}
    assert minutes(5, 14) <= late <= minutes(0, 15)
    assert {one.mn for one in upper.resent} == {TWO.mn}


@pytest.mark.parametrize("how", ["refusing", "silent"])
def test_a_platform_that_was_down_has_everything_in_the_end(upper, how):
    def stopping() -> bool:
        if running.now_s() >= START_S + 120 and not went:
            upper.go_down(how)
            went.append(clock.monotonic_s())
        if went and clock.monotonic_s() > went[0] + 2.5:
            upper.come_up()
        return False

    went: list[float] = []
    running = fleet(upper, 600)
    for line in running.lines:
        line._backoff_s = (0.1, 0.2)
    assert running.run(stopping)
    assert went
    for mn in (ONE.mn, TWO.mn):
        assert starts(upper, mn, "2051") == minutes(0, 9)
    assert running.truth is not None
    assert running.truth.messages == running.truth.confirmed


def test_under_every_defect_nothing_is_lost_and_the_rest_is_refused(upper):
    rates = defects.parse(
        "split:0.2,wrong_crc:0.1,modbus_crc:0.1,lower_case_crc:0.2,three_digit_length:0.2,long_time:0.2,"
        "trailing_semicolon:0.2,gb18030:0.5,half_frames:0.05,torn:0.1,glued:0.2"
    )
    running = fleet(upper, 900, [Member(ONE.mn, STACK, ZONE, 2017, rates=rates)])
    assert running.run()
    assert {one.data_time[:14] for one in upper.received if one.cn == "2011"} == minutes(0, 15)
    assert upper.refused["bad_crc"] > 0
    assert upper.refused["bad_frame"] > 0


def test_a_logger_speaks_the_unit_that_its_sensors_are_written_in(upper):
    described = catalogue.read(ROOT / "parks" / "demo")
    park = catalogue.of(described, "hj212")
    members = [one for one in roster.members(described) if one.station == "stack-dl-1"]
    running = LoggerFleet(
        Play(park, 3, Plot("quiet_day", 60)), members, Pace(START_S, 0.0, 60), (upper.host, upper.port)
    )
    assert running.run()
    (frame,) = [frame for frame in upper.frames if frame.head.cn == "2011"]
    flow_m3_s = float(frame.values[frame.shape.factors["a00000"]["Rtd"]])
    point = next(n for n, p in enumerate(park.points) if p.name == "stack-dl-1/a00000")
    shown = running.play.shown(np.asarray([point]), np.asarray([START_S]))
    assert flow_m3_s * 3600 == pytest.approx(shown.stored[0], rel=1e-9)
    assert 70_000 * 0.6 < flow_m3_s * 3600 < 290_000


def test_stations_with_a_logger_say_nothing_over_mqtt_and_their_copies_do():
    described = catalogue.read(ROOT / "parks" / "demo")
    loggers = {one.station for one in described.loggers}
    by_mqtt, by_loggers, either = (catalogue.of(described, way) for way in ("mqtt", "hj212", "either"))
    assert by_loggers.stations.keys() == loggers
    assert not by_mqtt.stations.keys() & loggers
    assert either.stations.keys() == by_mqtt.stations.keys() | loggers
    assert len(either.points) == len(by_mqtt.points) + len(by_loggers.points) == len(described.sensors)
    many = catalogue.of(catalogue.multiplied(described, 2000))
    assert "stack-dl-1-2" in many.stations
    assert "stack-dl-1" not in many.stations


def test_any_number_of_loggers_can_be_had_each_at_a_station_of_its_own():
    described = catalogue.read(ROOT / "parks" / "demo")
    assert [one.station for one in roster.multiplied(described, 3).loggers] == [
        one.station for one in described.loggers[:3]
    ]
    many = roster.multiplied(described, 100)
    assert len({one.mn for one in many.loggers}) == len({one.station for one in many.loggers}) == 100
    park = catalogue.of(many, "hj212")
    assert len(park.stations) == len(roster.members(many)) == 100
    assert catalogue.of(many).points == catalogue.of(described).points


@pytest.mark.integration
def test_what_is_stored_is_compared_with_what_was_said_and_confirmed(conn, upper):
    insert_park(conn)
    running = fleet(upper, 600)
    assert running.run()
    truth = running.truth
    assert truth is not None
    ids = sensor_ids(conn, PARK).tolist()
    for told, sure in truth.values():
        assert sure
        time = datetime.fromtimestamp(told.time_s, UTC)
        if told.period:
            conn.execute(
                "insert into reported_record (sensor_id, period, start, avg, min, max, flag, mn, resent, received_at)"
                " values (%s, %s, %s, %s, %s, %s, %s, 'A', false, now())",
                [ids[told.point], told.period, time, told.mean, told.low, told.high, told.flag],
            )
        else:
            conn.execute(
                "insert into reading (sensor_id, lag_s, time, value, flag, mark) values (%s, 0, %s, %s, %s, '-')",
                [ids[told.point], time, told.mean, told.flag],
            )
    conn.commit()
    found = compare(conn, truth, PARK)
    assert found.passed
    assert found.said == found.confirmed == len(list(truth.values()))

    conn.execute("delete from reading where ctid = (select ctid from reading limit 1)")
    conn.execute(
        "update reported_record set max = max + 1 where start = (select max(start) from reported_record)"
    )
    conn.commit()
    found = compare(conn, truth, PARK)
    assert found.lost == 1
    assert found.invented == len(PARK.points)
    assert not found.passed
    assert sorted(text.split()[0] for text in found.examples) == ["invented"] * 5 + ["lost"]


def test_the_truth_file_has_a_line_for_what_was_said_and_for_what_was_confirmed(upper, tmp_path):
    truth = LoggerTruth(START_S, tmp_path / "truth.ndjson")
    running = LoggerFleet(PLAY, [ONE], Pace(START_S, 0.0, 60), (upper.host, upper.port), truth=truth)
    assert running.run()
    truth.close()
    lines = (tmp_path / "truth.ndjson").read_text(encoding="utf-8").splitlines()
    for event in ("sent", "confirmed"):
        assert sum(f'"event":"{event}"' in line for line in lines) == truth.messages == truth.confirmed


@pytest.mark.integration
def test_both_commands_play_together_and_end_when_they_are_told_to(tmp_path):
    port = ports.any_free()
    environ = os.environ | {"SMARTPARK_DATA_DIR": str(tmp_path), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "simulators"]
    key = "30303030303030303030303030303030"
    with (tmp_path / "upper").open("w+") as out:
        upper = subprocess.Popen(
            [*command, "upper", "--port", str(port), "--key", key], cwd=ROOT, env=environ, stdout=out
        )
        options = ["--count", "5", "--speed", "max", "--duration", "300", "--remember", "0"]
        played = subprocess.run(
            [*command, "loggers", "--address", f"127.0.0.1:{port}", *options],
            cwd=ROOT,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
        )
        upper.send_signal(signal.SIGTERM)
        assert upper.wait(30) == 0
        out.seek(0)
        said = out.read()
    assert played.returncode == 0, played.stderr
    sent, confirmed = played.stdout.splitlines()[-1].removesuffix(" confirmed").split(" messages, ")
    assert sent == confirmed
    assert int(sent) > 5 * 5
    assert said.startswith(f"listens on 127.0.0.1:{port}")
    assert said.splitlines()[-1] == f"{sent} messages, {sent} of them different"


def test_a_message_is_known_by_who_what_and_when(upper):
    assert fleet(upper, 60, [ONE]).run()
    assert Received(ONE.mn, "2011", "20261122080000") in upper.received
