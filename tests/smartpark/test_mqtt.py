"""The subscriber against the real broker: sessions, acknowledgements, generations."""

import pytest

from smartpark import clock
from smartpark.mqtt import BrokerUrlError, Publisher, Subscriber

pytestmark = pytest.mark.integration


def until(holds, timeout_s=10.0):
    end_s = clock.monotonic_s() + timeout_s
    while clock.monotonic_s() < end_s:
        if holds():
            return
        clock.wait(0.02)
    raise TimeoutError


def subscriber(url, name, **how):
    options = {"receive_maximum": 100, "session_s": 600} | how
    made = Subscriber(url, client_id=name, topics=[f"{name}/#"], **options)
    made.start()
    until(lambda: made.connected)
    return made


def taken(made, n, timeout_s=10.0):
    found = []
    until(lambda: found.extend(iter(made.take, None)) or len(found) >= n, timeout_s)
    return found


@pytest.fixture
def publisher(mqtt_url):
    made = Publisher(mqtt_url, client_id="tests-mqtt")
    made.start()
    yield made
    made.stop()


def send(publisher, name, n, start=0):
    for k in range(start, start + n):
        publisher.publish(f"{name}/x", b"%d" % k)
    assert publisher.flush(10)


def test_what_is_not_acknowledged_comes_again_after_a_restart(mqtt_url, publisher):
    first = subscriber(mqtt_url, "again")
    send(publisher, "again", 10)
    messages = taken(first, 10)
    first.acknowledge(messages[:4])
    first.stop()
    send(publisher, "again", 2, start=10)
    second = subscriber(mqtt_url, "again")
    assert [int(m.payload) for m in taken(second, 8)] == [4, 5, 6, 7, 8, 9, 10, 11]
    second.stop()


def test_the_broker_keeps_the_rest_while_the_window_is_full(mqtt_url, publisher):
    made = subscriber(mqtt_url, "window", receive_maximum=5)
    send(publisher, "window", 20)
    until(lambda: made.waiting == 5)
    clock.wait(0.2)
    assert made.waiting == 5
    made.acknowledge(taken(made, 5))
    until(lambda: made.waiting == 5)
    made.stop()


def test_a_message_that_came_before_a_reconnect_is_not_acknowledged_after_it(mqtt_url, publisher):
    first = subscriber(mqtt_url, "stale")
    send(publisher, "stale", 3)
    old = taken(first, 3)
    thief = subscriber(mqtt_url, "stale")  # the same client id throws the first out
    until(lambda: not first.connected)
    thief.stop()
    until(lambda: first.connected and first.generation == 2)
    again = taken(first, 3)
    first.acknowledge(old)
    until(lambda: first.stale_acks == 3)
    assert [m.payload for m in again] == [m.payload for m in old]
    first.acknowledge(again)
    first.stop()


def test_a_publisher_waits_for_its_confirmations(mqtt_url, publisher):
    made = subscriber(mqtt_url, "confirm")
    send(publisher, "confirm", 50)
    assert (publisher.sent, publisher.confirmed, publisher.unconfirmed) == (50, 50, 0)
    assert [int(m.payload) for m in taken(made, 50)] == list(range(50))
    made.stop()


@pytest.mark.parametrize("url", ["http://x", "localhost:1883", "mqtt://"])
def test_an_unfit_address_says_what_to_write(url):
    with pytest.raises(BrokerUrlError, match="write mqtt://"):
        Publisher(url, client_id="x")
