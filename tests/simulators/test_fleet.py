"""The fleet on a real broker: what it says it sent is what arrives, also over a broker that dies."""

import json
import threading
from collections import Counter
from collections.abc import Callable

import pytest

from simulators import truth
from simulators.commands import Wish, play
from simulators.fleet import Fleet, Pace
from simulators.play import Play, Plot
from smartpark import clock
from smartpark.mqtt import Message, Subscriber
from smartpark.settings import Settings
from tests.simulators.small_park import small_park

PARK = "simfleet"
START_S = 1_795_312_800


class Ear:
    """Hears everything of a park."""

    def __init__(self, url: str, park: str, client_id: str) -> None:
        self.heard: list[Message] = []
        self._subscriber = Subscriber(
            url, client_id=client_id, topics=[f"smartpark/{park}/#"], receive_maximum=4000, session_s=600
        )
        self._subscriber.start()
        until(lambda: self._subscriber.connected)

    def listen(self, enough: Callable[[], bool]) -> None:
        def take() -> bool:
            while (message := self._subscriber.take()) is not None:
                self.heard.append(message)
                self._subscriber.acknowledge([message])
            return enough()

        until(take)

    def stop(self) -> None:
        self._subscriber.stop()


def until(done: Callable[[], bool], patience_s: float = 60.0) -> None:
    deadline_s = clock.monotonic_s() + patience_s
    while not done():
        assert clock.monotonic_s() < deadline_s
        clock.wait(0.02)


def readings(messages: list[Message]) -> Counter[tuple[str, bytes]]:
    return Counter((m.topic, m.payload) for m in messages if m.topic.endswith("/readings"))


@pytest.mark.integration
def test_what_the_truth_says_was_sent_arrives_and_nothing_else(mqtt_url, tmp_path):
    park = small_park(PARK)
    ear = Ear(mqtt_url, PARK, "test-simfleet-ear")
    wish = Wish(
        scenario="outage_and_backfill", seed=3, speed=0.0, outage_s=300, faults="duplicate:0.05,garbage:0.02"
    )
    assert play(park, wish, mqtt_url, Settings(), truth_file=tmp_path / "truth") == 0
    (session,) = truth.read(tmp_path / "truth").sessions
    ear.listen(lambda: len(ear.heard) >= len(session.lines))
    ear.stop()
    assert len(list(session.sure())) == len(session.lines) == len(ear.heard)
    sent = Counter(line.odd for line in session.lines)
    heard = readings(ear.heard)
    assert heard.total() == sent[""] + sent["malformed"]
    ends = {m.topic: m.payload for m in ear.heard if m.topic.endswith("/status")}
    assert set(ends.values()) == {b"offline"}
    assert len(ends) == len(park.stations)
    events = [json.loads(m.payload) for m in ear.heard if "/events/" in m.topic]
    assert len({(event["id"]) for event in events}) == len(events) > 0
    assert session.ought is not None


@pytest.mark.integration
def test_every_station_is_online_while_the_fleet_runs(mqtt_url):
    park = small_park("simstatus")
    ear = Ear(mqtt_url, "simstatus", "test-simstatus-ear")
    stop = threading.Event()
    fleet = Fleet(
        Play(park, 3, Plot("quiet_day", 3600)),
        Pace(int(clock.epoch_s()), 50.0),
        mqtt_url,
        client_id="test-simstatus",
    )
    thread = threading.Thread(target=fleet.run, args=(stop.is_set,))
    thread.start()
    ear.listen(lambda: len({m.topic for m in ear.heard if m.payload == b"online"}) == len(park.stations))
    stop.set()
    thread.join(60)
    ear.listen(lambda: len({m.topic for m in ear.heard if m.payload == b"offline"}) == len(park.stations))
    ear.stop()
    assert not thread.is_alive()


@pytest.mark.faults
def test_nothing_is_lost_when_the_broker_is_killed_and_comes_back(durable_servers, tmp_path):
    park = small_park("simkill")
    url = durable_servers.broker.url
    ear = Ear(url, "simkill", "test-simkill-ear")
    outcome: list[int] = []
    wish = Wish(scenario="quiet_day", seed=3, speed=60.0, lasts_s=600)
    thread = threading.Thread(
        target=lambda: outcome.append(play(park, wish, url, Settings(), truth_file=tmp_path / "truth"))
    )
    thread.start()
    ear.listen(lambda: len(ear.heard) > 300)
    durable_servers.broker.stop("SIGKILL")
    clock.wait(1.0)
    durable_servers.broker.start()
    thread.join(120)
    assert outcome == [0]
    (session,) = truth.read(tmp_path / "truth").sessions
    wanted = sum(1 for line in session.lines if not line.odd)
    ear.listen(lambda: len(readings(ear.heard)) >= wanted)
    ear.stop()
    assert len(readings(ear.heard)) == wanted
    assert len(list(session.sure())) == len(session.lines)
