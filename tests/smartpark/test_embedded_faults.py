"""What the private broker promises to everybody who builds on it."""

import pytest

from smartpark import clock
from smartpark.embedded.broker import Broker
from smartpark.embedded.private import PrivateServers
from smartpark.mqtt import Publisher, Subscriber

pytestmark = [pytest.mark.integration, pytest.mark.faults]

TOPIC = "smartpark/kept/gas/g1/readings"


def subscriber(broker: Broker) -> Subscriber:
    return Subscriber(broker.url, client_id="kept", topics=[TOPIC], receive_maximum=500, session_s=3600)


def take(listener: Subscriber, wanted: set[bytes]) -> set[bytes]:
    taken: set[bytes] = set()
    deadline = clock.monotonic_s() + 30
    while not wanted <= taken and clock.monotonic_s() < deadline:
        if listener.wait(0.5) and (message := listener.take()) is not None:
            taken.add(message.payload)
            listener.acknowledge([message])
    return taken


def test_a_killed_broker_keeps_every_message_it_has_confirmed(durable_servers: PrivateServers):
    broker = durable_servers.broker
    sender = Publisher(broker.url, client_id="sender")
    sender.start()
    listener = subscriber(broker)
    listener.start()
    while not listener.wait(0.2):  # the session stands as soon as a first message comes through
        sender.publish(TOPIC, b"hello")
    listener.stop()
    sent = [b"%d" % number for number in range(2000)]
    for payload in sent:
        sender.publish(TOPIC, payload)
    assert sender.flush(30)
    broker.stop("SIGKILL")
    broker.start()
    sender.stop()
    listener = subscriber(broker)
    listener.start()
    received = take(listener, set(sent))
    listener.stop()
    assert set(sent) - received == set()


def test_an_orderly_restart_of_the_broker_keeps_its_address(durable_servers: PrivateServers):
    broker = durable_servers.broker
    before = broker.url
    broker.stop()
    assert broker.server.pid is None
    broker.start()
    assert broker.url == before
    assert broker.server.is_running
