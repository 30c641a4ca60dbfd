"""Readings pushed beside HJ 212: over HTTP and MQTT, kept until the receiver has them."""

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
    GAS,
    MINUTE,
    T0,
    point,
    receiver,
    states,
)
from tests.records.push.conftest import NOW

pytestmark = pytest.mark.integration


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
