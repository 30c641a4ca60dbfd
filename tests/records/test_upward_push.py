"""Readings pushed beside HJ 212: over HTTP and MQTT, kept until the receiver has them."""

import contextlib
import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import orjson
import pytest

from records.upward.channel import RefusedError
from records.upward.courier import TroubleError
from records.upward.due import Due
from records.upward.http_channel import HttpChannel
from records.upward.mqtt_channel import MqttChannel
from records.upward.push import Push
from smartpark.mqtt import Subscriber
from tests.records.park import (
    CL2,
    COD,
    GAS,
    HOUR,
    MINUTE,
    SO2,
    STACK,
    T0,
    WATER,
    build,
    fill,
    point,
    receiver,
    states,
)

pytestmark = pytest.mark.integration
NOW = T0 + 3 * MINUTE + timedelta(seconds=10)


class Platform(ThreadingHTTPServer):
    """Takes what is posted and answers what the test says."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answers)
        self.status = 200
        self.dislikes = None  # a value or a station that makes it refuse all that comes with it
        self.posts = 0
        self.taken = []
        self.words = []
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/readings"


class Answers(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        server: Platform = self.server
        server.words.append(self.headers.get("Authorization"))
        server.posts += 1
        readings = json.loads(body)
        bad = any(server.dislikes in (one["value"], one["station"]) for one in readings)
        status = 400 if bad else server.status
        if status == 200:
            server.taken += readings
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def platform():
    server = Platform()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def park(conn):
    build(conn)
    fill(conn, CL2, T0, T0 + HOUR, value=2.5)
    conn.execute(
        "insert into reading select sensor_id, 1, last_at, last, 'T', '-' from minute where sensor_id = %s",
        [CL2],
    )
    conn.commit()
    return conn


@pytest.fixture
def push(park, platform):
    one = receiver(park, platform.url, protocol="http", code="emergency")
    point(park, one, GAS, periods=("instant",))
    courier = Push(one, lambda: HttpChannel(platform.url, "word"))
    courier.open(park, NOW)
    yield courier
    courier.close()


def test_the_newest_reading_of_each_minute_is_posted_with_the_state_of_its_point(park, push, platform):
    park.execute(
        "insert into alert (park_id, rule, rule_version, target_kind, target_id, sensor_id, station_id, class, level, origin,"
        " condition, acked, state, raised_at, text_zh, text_en)"
        " values (1, 'r', 1, 'sensor', %s, %s, %s, 'alarm', 'red', 'live', 'active', false, 'x', %s, '', '')",
        [CL2, CL2, GAS, T0 + MINUTE],
    )
    Due().turn(park, NOW)
    assert push.turn(park, NOW, 0) == 3
    assert push.turn(park, NOW, 0) == 0
    assert states(park) == {"confirmed": 3}
    assert platform.words == ["Bearer word"]
    first = min(platform.taken, key=lambda one: one["time"])
    assert first == {
        "park": "p",
        "station": "gas-1",
        "quantity": "a21022",
        "form": "",
        "unit": "mg/m³",
        "time": "2026-11-21T16:00:45Z",
        "value": 2.5,
        "flag": "T",
        "state": "normal",
        "resent": False,
    }
    assert sorted(one["state"] for one in platform.taken) == ["normal", "red", "red"]


def test_what_a_receiver_cannot_take_now_is_kept_and_goes_as_re_sent(park, push, platform):
    Due().turn(park, NOW)
    platform.status = 503
    with pytest.raises(TroubleError, match="503"):
        push.turn(park, NOW, 0)
    assert states(park) == {"sent": 3}
    platform.status = 200
    later = NOW + 2 * MINUTE
    assert push.turn(park, later, 120) == 3
    assert sorted(one["resent"] for one in platform.taken) == [False, True, True]


def test_what_a_receiver_refuses_for_good_rests_and_later_data_go_on(park, push, platform):
    due = Due()
    due.turn(park, NOW)
    platform.status = 422
    assert [push.turn(park, NOW, 0) for _ in range(4)] == [0] * 4
    with pytest.raises(TroubleError, match="422"):  # the third alone: it takes nothing
        push.turn(park, NOW, 0)
    platform.status = 200
    due.turn(park, NOW + MINUTE)
    assert push.turn(park, NOW + MINUTE, 60) == 1
    assert push.turn(park, NOW + MINUTE, 60) == 0
    later = NOW + 11 * MINUTE
    assert [push.turn(park, later, 660) for _ in range(4)] == [1, 1, 1, 0]
    assert refusals(park) == []


def test_one_that_is_refused_is_alone_soon_says_why_and_holds_nobody_up(park, push, platform):
    now = T0 + 50 * MINUTE + timedelta(seconds=10)
    bad = T0 + 17 * MINUTE
    park.execute("update reading set value = 666 where date_trunc('minute', time) = %s", [bad])
    Due().turn(park, now)
    platform.dislikes = 666
    for _ in range(20):
        push.turn(park, now, 0)
    assert states(park) == {"confirmed": 49, "sent": 1}
    assert platform.posts <= 2 * 6 + 1
    assert refusals(park) == [(bad, "the receiver answers 400")]
    posts = platform.posts
    Due().turn(park, now + MINUTE)
    now += 11 * MINUTE
    assert [push.turn(park, now, 660) for _ in range(3)] == [1, 0, 0]
    assert platform.posts == posts + 2  # the new one, then the refused one by itself
    platform.dislikes = None
    assert push.turn(park, now + 19 * MINUTE, 1800) == 0
    assert push.turn(park, now + 20 * MINUTE, 1860) == 1  # it rests twice as long
    assert (states(park), refusals(park)) == ({"confirmed": 51}, [])


@pytest.mark.parametrize("status", [401, 404])
def test_a_wrong_word_or_address_is_no_matter_of_what_is_sent(park, push, platform, status):
    Due().turn(park, NOW)
    platform.status = status
    with pytest.raises(TroubleError, match=str(status)):
        push.turn(park, NOW, 0)
    platform.status = 200
    assert push.turn(park, NOW, 1) == 3


@pytest.fixture
def busy(park, push):
    """Three stations go to the receiver: the late data of one of them first, more than a batch, then an hour of all."""
    for station, sensor in ((STACK, SO2), (WATER, COD)):
        point(park, 1, station, periods=("instant",), since=T0 + 2 * HOUR)
        fill(park, sensor, T0 + 2 * HOUR, T0 + 3 * HOUR)
    fill(park, CL2, T0 + HOUR, T0 + 3 * HOUR)
    park.execute(
        "insert into reading select sensor_id, 1, last_at, last, 'N', '-' from minute on conflict do nothing"
    )
    park.commit()
    return park


def test_one_station_that_is_refused_holds_up_no_other_and_the_courier_never_backs_off(busy, push, platform):
    platform.dislikes = "gas-1"
    due = Due()
    minutes = [T0 + 2 * HOUR + number * MINUTE + timedelta(seconds=70) for number in range(60)]
    for now in minutes:
        due.turn(busy, now)
        push.turn(busy, now, 0)
        while push._busy:
            push.turn(busy, now, 0)
        assert goods(busy) == {"confirmed": 2 * (minutes.index(now) + 1)}
    refused = "select count(*), count(*) filter (where next_at is not null and refusal is not null) from upward_item"
    assert busy.execute(f"{refused} where station_id = %s", [GAS]).fetchone() == (180, 180)
    assert not any(one["resent"] for one in platform.taken)
    posts = platform.posts
    later = minutes[-1] + HOUR
    while push.turn(busy, later, 0) or push._busy:
        pass
    assert platform.posts - posts <= 180  # each by itself, once
    assert push._list.next(busy, later, 50, ()) == []


def goods(conn):
    rows = conn.execute(
        "select state, count(*) from upward_item where station_id <> %s group by 1", [GAS]
    ).fetchall()
    return dict(rows)


def test_what_is_refused_again_and_again_is_given_up_and_stays_visible(park, push, platform):
    bad = T0 + MINUTE
    park.execute("update reading set value = 666 where date_trunc('minute', time) = %s", [bad])
    platform.dislikes = 666
    Due().turn(park, NOW)
    now, rests = NOW, []
    for _ in range(12):
        while push.turn(park, now, 0) or push._busy:
            pass
        at = park.execute("select next_at from upward_item where next_at < 'infinity'").fetchone()
        if at:
            rests.append((at[0] - now) / MINUTE)
            now = at[0]
    assert rests == [10, 20, 40, 80, 160, 320, 640, 1280, 1440, 1440, 1440]
    posts = platform.posts
    assert push.turn(park, now + 100 * HOUR, 0) == 0
    assert platform.posts == posts
    assert refusals(park) == [(bad, "the receiver answers 400")]
    assert states(park) == {"confirmed": 2, "sent": 1}


def test_another_word_or_address_wakes_what_was_refused_in_the_last_days(park, push):
    park.execute(
        "insert into upward_item (receiver_id, station_id, period, start, state, refusals, next_at)"
        " select 1, %s, 'instant', now() - d * interval '1 day', 'sent', 12, 'infinity' from unnest(array[1, 8]) d",
        [GAS],
    )
    park.execute("update upward_receiver set name_en = 'another'")
    assert park.execute("select count(*) from upward_item where next_at is null").fetchone() == (0,)
    park.execute("update upward_receiver set secret = 'another'")
    woken = "select refusals, start > now() - interval '2 days' from upward_item where next_at is null"
    assert park.execute(woken).fetchall() == [(0, True)]


def test_what_is_refused_and_older_than_a_new_receiver_would_get_is_given_up_at_once(park, push, platform):
    park.execute("update reading set value = 666 where date_trunc('minute', time) = %s", [T0 + MINUTE])
    platform.dislikes = 666
    Due().turn(park, NOW)
    late = NOW + timedelta(days=7)
    while push.turn(park, late, 0) or push._busy:
        pass
    assert park.execute(
        "select refusals, next_at = 'infinity' from upward_item where state = 'sent'"
    ).fetchall() == [(1, True)]


def test_a_receiver_that_takes_nothing_gives_up_nothing(park, push, platform):
    Due().turn(park, NOW)
    platform.status = 422
    now = NOW
    for _ in range(20):
        with contextlib.suppress(TroubleError):
            while push.turn(park, now, 0) or push._busy:
                pass
        push.close()
        push.open(park, now)
        now += timedelta(days=1)
    assert park.execute("select max(refusals), max(next_at) from upward_item").fetchone() == (
        0,
        now - timedelta(days=1) + 10 * MINUTE,
    )
    platform.status = 200
    assert [push.turn(park, now, 0) for _ in range(4)] == [1, 1, 1, 0]


def test_another_connection_counts_refusals_anew(park, push, platform):
    Due().turn(park, NOW)
    platform.status = 422
    assert [push.turn(park, NOW, 0) for _ in range(4)] == [0] * 4
    with pytest.raises(TroubleError, match="422"):
        push.turn(park, NOW, 0)
    push.close()
    now = NOW + 2 * MINUTE
    Due().turn(park, now)
    push.open(park, now)
    assert [push.turn(park, now, 0) for _ in range(3)] == [0, 0, 0]


def refusals(conn):
    return conn.execute("select start, refusal from upward_item where refusal is not null").fetchall()


def test_a_minute_whose_readings_are_gone_is_empty(park, push):
    Due().turn(park, NOW)
    park.execute("delete from reading")
    assert push.turn(park, NOW, 0) == 0
    assert states(park) == {"no_data": 3}


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "http://[::1", "nonsense"])
def test_a_receiver_that_cannot_be_reached_is_trouble_that_may_pass(url):
    channel = HttpChannel(url, None)
    channel.open()
    with pytest.raises(RefusedError) as refused:
        channel.send([])
    assert refused.value.retryable
    channel.close()


def test_mqtt_gets_an_array_for_each_station_and_confirms_it(park, mqtt_url):
    one = receiver(park, mqtt_url, protocol="mqtt", code="up-test")
    point(park, one, GAS, periods=("instant",))
    listener = Subscriber(
        mqtt_url, client_id="tests-upward", topics=["smartpark-up/up-test/#"], receive_maximum=10, session_s=0
    )
    listener.start()
    courier = Push(one, lambda: MqttChannel(mqtt_url, "up-test", None))
    courier.open(park, NOW)
    Due().turn(park, NOW)
    while not listener.connected:
        listener.wait(0.05)
    listener.wait(0.2)
    assert courier.turn(park, NOW, 0) == 3
    assert listener.wait(5)
    message = listener.take()
    assert message.topic == "smartpark-up/up-test/gas-1"
    assert [reading["value"] for reading in orjson.loads(message.payload)] == [2.5] * 3
    courier.close()
    listener.stop()


def test_an_address_that_is_no_broker_is_trouble(park):
    one = receiver(park, "http://x", protocol="mqtt", code="up-wrong")
    with pytest.raises(TroubleError, match="broker"):
        Push(one, lambda: MqttChannel("http://x", "up-wrong", None)).open(park, NOW)


@pytest.mark.parametrize(
    ("url", "secret", "used"),
    [
        ("mqtt://u@h:1", "p@ss", "mqtt://u:p%40ss@h:1"),
        ("mqtt://u:own@h:1", "p", "mqtt://u:own@h:1"),
        ("mqtt://h:1", "p", "mqtt://h:1"),
    ],
)
def test_the_secret_is_the_password_of_the_user_that_the_address_names(url, secret, used):
    assert MqttChannel(url, "x", secret)._url == used
