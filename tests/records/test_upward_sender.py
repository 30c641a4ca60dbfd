"""The re-sender against the simulated platform above: nothing is lost, live data are first, repeats are identical."""

import socket
from datetime import timedelta

import pytest

from records.upward.window import FRAMES
from simulators.upper import Upper
from smartpark.hj212.frame import decode
from smartpark.hj212.framing import Splitter
from tests.ingest.feed_process import until
from tests.records.park import (
    COD,
    HOUR,
    MINUTE,
    SO2,
    SO2_ZS,
    STACK,
    T0,
    WATER,
    build,
    fill,
    logger,
    point,
    receiver,
    states,
)
from tests.records.post import Post

pytestmark = pytest.mark.integration
SECOND = timedelta(seconds=1)
DUE = 75 * SECOND  # a minute is due


@pytest.fixture
def park(conn):
    build(conn)
    return conn


@pytest.fixture
def bureau(park):
    return receiver(park, "demo")


@pytest.fixture
def post(park, bureau, upper):
    one = Post(park, bureau, upper)
    yield one
    one.close()


def values(frame):
    return {
        f"{code}-{name}": frame.values[at]
        for code, names in frame.shape.factors.items()
        for name, at in names.items()
    }


@pytest.mark.parametrize("edition", [2017, 2025])
def test_a_day_with_two_outages_arrives_completely(park, bureau, upper, edition):
    ten = timedelta(minutes=10)
    logger(park, STACK, minutes=10)
    logger(park, WATER, "020000A8900016F000169DC0", minutes=10)
    mns = {point(park, bureau, station, periods=("minute", "hour", "day")) for station in (STACK, WATER)}
    for sensor in (SO2, SO2_ZS, COD):
        fill(park, sensor, T0, T0 + 25 * HOUR)
    post = Post(park, bureau, upper, edition=edition)
    now, end = T0 + DUE, T0 + 24 * HOUR + 20 * MINUTE
    while now < end:
        if now in {T0 + 3 * HOUR + DUE, T0 + 14 * HOUR + DUE}:
            upper.go_down()
        elif now in {T0 + 5 * HOUR + DUE, T0 + 15 * HOUR + DUE}:
            upper.come_up()
        post.work(now)
        now += ten
    post.work(end)
    post.close()
    assert states(park) == {"confirmed": 2 * (145 + 24 + 1)}  # with the first minutes of the next day
    assert len(upper.received) == 2 * (145 + 24 + 1)
    assert {one.mn for one in upper.received} == mns
    assert max(upper.counts.values()) == 1
    resent = park.execute("select count(*) from upward_item where resent").fetchone()
    assert resent == (2 * (11 + 5),)  # due more than two periods before the platform was back
    assert len(upper.resent) == (resent[0] if edition == 2025 else 0)


def test_figures_are_computed_and_the_logger_s_own_go_before_them(park, bureau, post, upper):
    point(park, bureau, STACK, periods=("minute", "hour"))
    fill(park, SO2, T0, T0 + 50 * MINUTE, value=20)
    fill(park, SO2, T0 + 50 * MINUTE, T0 + HOUR, flags="D", value=99)
    fill(park, SO2_ZS, T0, T0 + HOUR, value=30)
    park.execute(
        "insert into reported_record (sensor_id, period, start, revision, avg, min, max, cou, flag, mn, resent, received_at)"
        " values (%s, 'hour', %s, 1, 1, 1, 1, null, 'D', 'x', false, %s), (%s, 'hour', %s, 2, 28.5, 27, 33, 7, 'N', 'x', false, %s)",
        [SO2_ZS, T0, T0 + HOUR] * 2,
    )
    post.work(T0 + HOUR + 6 * MINUTE)
    found = {frame.field("DataTime"): values(frame) for frame in upper.frames if frame.head.cn == "2051"}
    good = {"Min": "19", "Avg": "20", "Max": "21", "ZsMin": "29", "ZsAvg": "30", "ZsMax": "31", "Flag": "N"}
    bad = good | {"Min": "99", "Avg": "99", "Max": "99", "Flag": "D"}
    assert found["20261122000000"] == {f"a21026-{name}": value for name, value in good.items()}
    assert found["20261122005500"] == {f"a21026-{name}": value for name, value in bad.items()}
    [hour] = [frame for frame in upper.frames if frame.head.cn == "2061"]
    own = good | {"ZsMin": "27", "ZsAvg": "28.5", "ZsMax": "33"}
    assert values(hour) == {f"a21026-{name}": value for name, value in own.items()}


def test_a_day_is_computed_by_its_hours(park, bureau, post, upper):
    point(park, bureau, WATER, periods=("day",))
    fill(park, COD, T0, T0 + 12 * HOUR, value=10)
    fill(park, COD, T0 + 12 * HOUR, T0 + 12 * HOUR + 20 * MINUTE, value=40)
    post.work(T0 + 24 * HOUR + 15 * MINUTE)
    [frame] = upper.frames
    assert frame.head.cn == "2031"
    assert values(frame) == {
        "w01018-Min": "9",
        "w01018-Avg": "12.3077",  # (12 * 10 + 40) / 13
        "w01018-Max": "41",
        "w01018-Flag": "D",  # twelve valid hours
    }


def test_live_data_are_never_behind_a_backlog(park, bureau, post, upper):
    point(park, bureau, STACK, since=T0 - 5 * HOUR)
    fill(park, SO2, T0 - 5 * HOUR, T0 + HOUR)
    now = T0 + 10 * MINUTE + DUE
    post.due.turn(park, now)
    post.turn(now)
    sent = park.execute(
        "select start from upward_item where state = 'sent' order by first_sent_at limit 4"
    ).fetchall()
    oldest = T0 - 5 * HOUR
    assert [start for (start,) in sent] == [T0 + 9 * MINUTE, T0 + 8 * MINUTE, oldest, oldest + MINUTE]
    post.sender.rest(2)
    later = now + MINUTE
    post.due.turn(park, later)
    post.turn(later)
    assert park.execute("select state from upward_item where start = %s", [T0 + 10 * MINUTE]).fetchone() == (
        "sent",
    )
    post.work(later)
    assert states(park) == {"confirmed": 311}
    assert len(upper.received) == 311


def test_a_long_item_is_confirmed_when_every_part_is(park, bureau, post, upper):
    for number in range(30):
        park.execute(
            "insert into quantity (code, name_zh, name_en, unit, source) values (%s, 'x', 'x', 'mg/m3', 't')",
            [f"a2{number:04}"],
        )
        park.execute(
            "insert into sensor (id, station_id, quantity, period_s, unit) values (%s, %s, %s, 60, 'mg/m3')",
            [100 + number, STACK, f"a2{number:04}"],
        )
        fill(park, 100 + number, T0, T0 + MINUTE)
    point(park, bureau, STACK)
    post.due.turn(park, T0 + MINUTE + DUE)
    post.work(T0 + MINUTE + DUE)
    assert states(park) == {"confirmed": 1}
    parts = [(frame.head.pnum, frame.head.pno) for frame in upper.frames]
    assert parts == [(len(parts), number + 1) for number in range(len(parts))]
    assert len(parts) > 1
    assert {code for frame in upper.frames for code in frame.shape.factors} == {
        f"a2{n:04}" for n in range(30)
    }


def test_late_data_go_as_re_sent_data(park, bureau, upper):
    mn = point(park, bureau, STACK)
    post = Post(park, bureau, upper, edition=2025)
    fill(park, SO2, T0 + MINUTE, T0 + 3 * MINUTE)
    post.work(T0 + 2 * MINUTE + DUE)
    assert states(park) == {"no_data": 1, "confirmed": 1}
    fill(park, SO2, T0, T0 + MINUTE)
    post.work(T0 + 3 * MINUTE + DUE)
    post.close()
    assert states(park) == {"confirmed": 3}
    assert upper.resent == {(mn, "2051", "20261122000000")}


def test_an_hour_that_was_sent_too_early_goes_once_more_when_its_data_have_come(park, bureau, upper):
    mn = point(park, bureau, STACK, periods=("hour",))
    post = Post(park, bureau, upper, edition=2025)
    for sensor in (SO2, SO2_ZS):
        fill(park, sensor, T0, T0 + 30 * MINUTE)
    now = T0 + HOUR + 6 * MINUTE
    post.work(now)
    post.work(now + 5 * MINUTE)
    for sensor in (SO2, SO2_ZS):
        fill(park, sensor, T0 + 30 * MINUTE, T0 + HOUR, value=20, received=now + 9 * MINUTE)
    post.work(now + 10 * MINUTE)
    assert states(park) == {"confirmed": 1}
    park.execute(
        "insert into reported_record (sensor_id, period, start, avg, flag, mn, resent, received_at)"
        " values (%s, 'hour', %s, 17.5, 'N', 'x', true, %s)",
        [SO2, T0, now + 12 * MINUTE],
    )
    fill(park, SO2, T0, T0, received=now + 12 * MINUTE)
    post.work(now + 15 * MINUTE)
    post.work(now + 20 * MINUTE)
    post.close()
    assert [values(frame)["a21026-Flag"] for frame in upper.frames] == ["D", "N", "N"]
    assert [values(frame)["a21026-Avg"] for frame in upper.frames] == ["10", "15", "17.5"]
    assert [frame.head.resent for frame in upper.frames] == [False, True, True]
    assert len({frame.qn for frame in upper.frames}) == 3
    assert {one.mn for one in upper.received} == {mn}


def test_a_restart_loses_nothing_and_repeats_only_identical_frames(park, bureau, upper):
    point(park, bureau, STACK)
    fill(park, SO2, T0, T0 + HOUR)
    now = T0 + 5 * MINUTE
    first = Post(park, bureau, upper)
    first.due.turn(park, now)
    first.turn(now)  # sent, and killed before it heard an answer
    first.sender.rest(2)
    first.close()
    again = Post(park, bureau, upper)
    again.work(now + SECOND)
    again.close()
    assert states(park) == {"confirmed": 3}
    raws = [frame.raw for frame in upper.frames]
    assert len(raws) == 6
    assert len(set(raws)) == 3


def test_new_qn_after_a_restart_are_new(park, bureau, upper):
    point(park, bureau, STACK)
    fill(park, SO2, T0, T0 + HOUR)
    now = T0 + 10 * MINUTE
    for turn in range(2):
        post = Post(park, bureau, upper)
        post.work(now + turn * MINUTE)
        post.close()
        park.execute("update upward_item set first_sent_at = first_sent_at + interval '5 min'")
    qns = [frame.qn for frame in upper.frames]
    assert len(set(qns)) == len(qns)


def test_a_platform_that_never_answers_is_left_and_costs_no_memory(park, bureau, post, upper):
    point(park, bureau, STACK)
    fill(park, SO2, T0, T0 + HOUR)
    upper.go_down("silent")
    now = T0 + HOUR + DUE
    post.due.turn(park, now)
    troubles = 0
    for at_s in range(0, 400, 5):
        post.turn(now + at_s * SECOND, at_s)
        troubles += post.trouble != ""
        post.trouble = ""
        assert post.sender.under_way <= FRAMES
    assert 8 <= troubles <= 12  # every 30 s, and the turn that opens it again
    upper.come_up()
    post.work(now + 401 * SECOND)
    assert states(park)["confirmed"] == 60


def test_an_answer_that_is_lost_makes_the_same_frame_go_again(park, bureau, post, upper):
    point(park, bureau, STACK)
    fill(park, SO2, T0, T0 + HOUR)
    upper.drops = 1.0
    post.due.turn(park, T0 + 2 * MINUTE + 10 * SECOND)
    post.turn(T0 + 2 * MINUTE + 10 * SECOND, 0)
    until(lambda: upper.frames, 5, "the platform has it")
    upper.drops = 0.0
    post.turn(T0 + 2 * MINUTE + 20 * SECOND, 10)
    post.sender.rest(2)
    assert post.turn(T0 + 2 * MINUTE + 20 * SECOND, 10) == 1
    assert [frame.raw for frame in upper.frames] == [upper.frames[0].raw] * 2
    assert park.execute("select state, tries from upward_item").fetchall() == [("confirmed", 2)]


def test_what_has_lost_its_data_is_empty_again(park, bureau, post):
    point(park, bureau, STACK)
    fill(park, SO2, T0, T0 + MINUTE)
    post.due.turn(park, T0 + MINUTE + DUE)
    park.execute("update sensor set active = false")
    post.turn(T0 + MINUTE + DUE)
    assert states(park) == {"no_data": 1}


def test_an_encrypted_2025_platform_reads_what_we_say(park, bureau):
    platform = Upper(key_of=lambda _: b"k" * 16)
    platform.start()
    point(park, bureau, STACK)
    fill(park, SO2, T0, T0 + MINUTE)
    post = Post(park, bureau, platform, edition=2025, key=b"k" * 16)
    post.work(T0 + MINUTE + DUE)
    post.close()
    platform.stop()
    assert [frame.encrypted for frame in platform.frames] == [True]
    assert values(platform.frames[0])["a21026-Avg"] == "10"


def test_a_request_of_the_platform_is_refused_and_noise_is_borne(park, bureau):
    server = socket.create_server(("127.0.0.1", 0))
    platform = type("Here", (), {"port": server.getsockname()[1]})()
    post = Post(park, bureau, platform)
    post.turn(T0)
    there, _ = server.accept()
    request = b"##0101QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&1C80\r\n"
    there.sendall(b"noise\r\n" + request)
    post.sender.rest(2)
    post.turn(T0)
    there.settimeout(5)
    [raw] = Splitter().feed(there.recv(4096))
    assert decode(raw).head.cn == "9011"
    assert decode(raw).field("QnRtn") == "2"
    there.close()
    post.sender.rest(2)
    post.turn(T0)
    assert post.trouble == "the receiver closed the connection"
    server.close()


@pytest.mark.parametrize("address", ["nowhere", "host:port", "[::1", "127.0.0.1:1"])
def test_an_address_that_cannot_be_used_is_said(park, bureau, address):
    post = Post(park, bureau, type("Nowhere", (), {"port": 1})())
    post.sender._address = lambda: address
    post.turn(T0)
    assert address in post.trouble
