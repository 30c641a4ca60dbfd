"""The process of a feed on the real broker and database."""

import json
from datetime import timedelta

import pytest

from smartpark import clock, db
from smartpark.mqtt import Publisher
from tests.ingest import park
from tests.ingest.feed_process import FeedProcess, ask, until

pytestmark = pytest.mark.integration

PARK = "worker"
VOC = f"smartpark/{PARK}/voc/{park.VOC}/readings"


@pytest.fixture
def dsn(db_dsn):
    with db.connect(db_dsn, name="tests") as conn:
        park.build(conn, PARK)
    return db_dsn


@pytest.fixture
def rest(dsn, mqtt_url, tmp_path):
    process = FeedProcess(dsn, mqtt_url, "rest", tmp_path / "rest.log").start()
    until(lambda: ask(dsn, "select state from feed where name = 'rest'") == "connected", 20, "connected")
    yield process
    process.close()


@pytest.fixture
def publisher(mqtt_url):
    with_us = Publisher(mqtt_url, client_id="tests-worker")
    with_us.start()
    yield with_us
    with_us.stop()


def reading(seconds_ago, value=1.0):
    return park.message(clock.now() - timedelta(seconds=seconds_ago), {"a24088": value})


@pytest.mark.usefixtures("rest")
def test_a_published_reading_is_soon_stored_and_told_by_the_feed(dsn, publisher):
    publisher.publish(VOC, reading(1, 7.5))
    until(lambda: ask(dsn, "select value from latest") == 7.5, 10, "the reading is the latest")
    until(lambda: ask(dsn, "select readings from feed") == 1, 10, "the feed's row counts it")


def test_sigterm_finishes_and_the_session_keeps_what_comes_meanwhile(dsn, publisher, rest):
    assert rest.end() == 0
    assert ask(dsn, "select state from feed") == "stopped"
    publisher.publish(VOC, reading(1, 8.5))
    assert publisher.flush(5)
    rest.start()
    until(lambda: ask(dsn, "select value from latest") == 8.5, 20, "what came meanwhile")


def test_a_second_process_of_a_feed_waits_for_its_turn(dsn, mqtt_url, publisher, rest, tmp_path):
    second = FeedProcess(dsn, mqtt_url, "rest", tmp_path / "second.log").start()
    try:
        log = tmp_path / "second.log"
        until(lambda: "feed_owned_by_another_process" in log.read_text(), 20, "the second says that it waits")
        publisher.publish(VOC, reading(2, 1.5))
        until(lambda: ask(dsn, "select count(*) from reading") == 1, 20, "the first works on")
        assert ask(dsn, "select pid from feed") == rest.process.pid
        rest.kill()
        until(lambda: ask(dsn, "select pid from feed") == second.process.pid, 20, "the second takes over")
        publisher.publish(VOC, reading(1, 2.5))
        until(lambda: ask(dsn, "select count(*) from reading") == 2, 20, "the second works")
    finally:
        second.close()


@pytest.mark.usefixtures("rest")
def test_a_changed_catalogue_is_taken_up_without_a_restart(dsn, publisher):
    publisher.publish(VOC, park.message(clock.now(), {"a99999": 1}))
    until(lambda: ask(dsn, "select reason from quarantine") == "unknown_quantity", 20, "it is refused")
    with db.connect(dsn, name="tests") as conn:
        conn.execute(
            "insert into quantity (code, name_zh, name_en, unit, source) values ('a99999', 'x', 'x', 'u', 't')"
        )
        conn.execute(
            "insert into sensor (station_id, quantity, period_s, unit)"
            " select id, 'a99999', 60, 'u' from station where code = 'v1'"
        )
        conn.execute("update revision set version = version + 1 where name = 'catalogue'")

    def taken():
        publisher.publish(VOC, park.message(clock.now(), {"a99999": 1}))
        return ask(dsn, "select count(*) from reading") != 0

    until(taken, 20, "the new sensor delivers")


@pytest.mark.usefixtures("rest")
def test_a_megabyte_is_quarantined_and_its_sender_is_not_thrown_out(dsn, publisher):
    publisher.publish(VOC, b'{"a": "' + b"x" * 1_048_576 + b'"}')
    publisher.publish(VOC, reading(1, 4.5))
    until(lambda: ask(dsn, "select value from latest") == 4.5, 20, "what the same sender says next")
    reasons = "select string_agg(reason, ' ') from quarantine where octet_length(payload) > 1000"
    assert ask(dsn, reasons) == "too_large"  # the broker may bring what the tests before have left


@pytest.mark.usefixtures("rest")
def test_five_hundred_poisonous_messages_do_not_hold_up_a_good_one(dsn, publisher):
    for k in range(500):
        publisher.publish(VOC, b"\xff garbage %d" % k)
    publisher.publish(
        f"smartpark/{PARK}/nokind/{park.VOC}x/readings", json.dumps({"values": {"a": 1}}).encode()
    )
    publisher.publish(VOC, reading(1, 3.5))
    until(lambda: ask(dsn, "select value from latest") == 3.5, 20, "the good one")
    assert ask(dsn, "select count(*) from quarantine where encode(payload, 'escape') like '%garbage%'") == 500
    assert ask(dsn, "select reason from quarantine where topic like '%/nokind/%'") == "unknown_station"
    assert (
        ask(dsn, "select sum(received) = sum(stored) + sum(duplicate) + sum(quarantined) from ledger") is True
    )
