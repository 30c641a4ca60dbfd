"""The live stream over a real socket: what is committed is sent once, in order, to everybody who may see it."""

import http.client
import json
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import pytest

from api import live
from api.serving import Server, bind
from smartpark import clock, db
from tests.api import park

pytestmark = pytest.mark.integration


@dataclass
class Stream:
    """One open stream."""

    conn: http.client.HTTPConnection
    answer: http.client.HTTPResponse

    def events(self) -> Iterator[dict]:
        event: dict = {}
        for raw in self.answer:
            line = raw.decode().rstrip("\n")
            if not line:
                if "event" in event:
                    yield event
                event = {}
            elif not line.startswith(":"):
                key, _, value = line.partition(": ")
                event[key] = json.loads(value) if key == "data" else value

    def until(self, kind: str) -> dict:
        return next(event for event in self.events() if event["event"] == kind)

    def close(self) -> None:
        self.conn.close()


@dataclass
class Served:
    """The application behind a real socket."""

    port: int
    server: Server
    tokens: dict[str, str] = field(default_factory=dict)

    @contextmanager
    def stream(self, username: str = "operator", last: str | None = None, **query: str) -> Iterator[Stream]:
        conn = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        headers = {"Authorization": f"Bearer {self.tokens[username]}"} | (
            {"Last-Event-ID": last} if last is not None else {}
        )
        tail = "?" + "&".join(f"{k}={v}" for k, v in query.items()) if query else ""
        conn.request("GET", f"/api/v1/live{tail}", headers=headers)
        one = Stream(conn, conn.getresponse())
        try:
            yield one
        finally:
            with suppress(OSError):
                one.close()


@pytest.fixture
def served(app) -> Iterator[Served]:
    sock = bind("127.0.0.1", 0)
    server = Server(app)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]})
    thread.start()
    one = Served(sock.getsockname()[1], server)
    for username in ("operator", "enterprise", "viewer"):
        one.tokens[username] = app.state.house.tokens.sign(username, 1, "bearer", clock.now())
    yield one
    server.handle_exit(2, None)
    thread.join(timeout=10)
    assert not thread.is_alive()


def test_the_stream_greets_and_tells_a_new_alert_within_a_second(served, park_conn):
    with served.stream() as stream:
        hello = stream.until("hello")
        assert set(hello["data"]) == {"event_id", "server_time", "version"}
        began_s = clock.monotonic_s()
        number = park.raise_alert(park_conn, 1, target_id=99)
        park_conn.commit()
        alert = stream.until("alert")
        assert clock.monotonic_s() - began_s < 1
        assert alert["data"]["id"] == number
        assert alert["data"]["event"]["type"] == "raised"
        assert alert["data"]["word"] == "unacknowledged"
        assert alert["id"] == str(alert["data"]["event"]["id"])
        assert int(alert["id"]) > hello["data"]["event_id"]


def test_an_absurd_number_in_an_alert_does_not_end_the_stream(served, park_conn):
    """A detector said 1e308: the database gives it back as an integer of 309 digits."""
    with served.stream() as stream:
        stream.until("hello")
        for target, peak in ((98, 1e308), (99, 1.5)):
            number = park.raise_alert(park_conn, 1, target_id=target)
            park_conn.execute(
                "update alert set evidence = %s where id = %s", [json.dumps({"peak_value": peak}), number]
            )
            park_conn.commit()
            alert = next(e["data"] for e in stream.events() if e["data"].get("id") == number)
            assert alert["evidence"]["peak_value"] == peak


def test_a_defect_in_the_listening_thread_is_said_and_gone_through(served, park_conn, monkeypatch):
    sound = live._event_json

    def broken(row):
        monkeypatch.setattr(live, "_event_json", sound)
        raise TypeError("a defect")

    with served.stream() as stream:
        stream.until("feed")
        monkeypatch.setattr(live, "_event_json", broken)
        number = park.raise_alert(park_conn, 1, target_id=99)
        park_conn.commit()
        assert stream.until("feed")["data"]["database"]["ok"] is False
        assert stream.until("alert")["data"]["id"] == number


def test_the_feed_comes_at_once_and_says_what_the_ledger_says(served):
    with served.stream() as stream:
        feed = stream.until("feed")["data"]
    assert feed["database"] == {"ok": True}
    assert feed["broker"]["ok"] is False  # no feed has ever spoken
    assert feed["ledger"]["balanced"] is True
    assert feed["quarantine_open"] == 2


def test_values_are_told_when_they_change_and_only_then(served, park_conn):
    with served.stream() as stream:
        stream.until("hello")
        stream.until("values")  # everything is new to a hub that nobody listened to before
        park_conn.execute("update latest set value = 77, time = time + interval '1 s' where sensor_id = 2")
        park_conn.commit()
        values = stream.until("values")["data"]
    assert [(item["sensor_id"], item["value"], item["flag"]) for item in values["items"]] == [(2, 77.0, "N")]


def test_an_enterprise_hears_only_its_own(served, park_conn):
    with served.stream("enterprise", last="0") as stream:
        heard = [stream.until("alert")["data"] for _ in range(2)]
        assert {alert["enterprise"]["id"] for alert in heard} == {1}
        park.raise_alert(park_conn, 2, target_id=98)
        park.raise_alert(park_conn, 1, target_id=99)
        park_conn.execute("update latest set value = value + 1")
        park_conn.commit()
        seen = {}
        for event in stream.events():
            seen.setdefault(event["event"], event["data"])
            if {"alert", "values", "feed"} <= set(seen):
                break
    assert seen["alert"]["enterprise"]["id"] == 1
    assert {item["sensor_id"] for item in seen["values"]["items"]} == {1}
    assert seen["feed"]["ledger"] is None
    assert seen["feed"]["quarantine_open"] is None


@pytest.mark.parametrize("last", ["999999", "not-a-number"])
def test_an_event_nobody_sent_makes_the_client_load_anew(served, last):
    with served.stream(last=last) as stream:
        assert stream.until("hello")
        assert stream.until("resync")["data"]["event_id"] > 0


def test_the_address_may_name_the_last_event_too(served):
    with served.stream(last_event_id="1") as stream:
        assert stream.until("alert")["id"] == "2"


def test_nothing_is_missed_and_nothing_comes_twice_whenever_a_client_returns(served, dsn):
    chance = random.Random(20261122)
    writers, each = 3, 40
    first = 4  # events of the park as it was founded

    def write(seed: int) -> None:
        own = random.Random(seed)
        with db.connect(dsn, name=f"writer {seed}") as conn:
            for n in range(each):
                number = park.raise_alert(conn, 1 + seed % 2, target_id=1000 * (seed + 1) + n)
                if own.random() < 0.2:
                    conn.rollback()  # its numbers are gone for good
                    continue
                conn.commit()
                if own.random() < 0.5:
                    park.clear_alert(conn, number)
                    conn.commit()

    threads = [threading.Thread(target=write, args=(seed,), daemon=True) for seed in range(writers)]
    for thread in threads:
        thread.start()
    heard: list[int] = []
    last = str(first)
    while any(thread.is_alive() for thread in threads) or len(heard) < len(_after(dsn, first)):
        with served.stream(last=last) as stream:
            stop_after = chance.randrange(1, 60)
            for event in stream.events():
                if event["event"] == "alert":
                    heard.append(int(event["id"]))
                    last = event["id"]
                    stop_after -= 1
                if event["event"] == "resync":
                    raise AssertionError("a known event was not known")
                if stop_after == 0 or (event["event"] == "feed" and len(heard) >= len(_after(dsn, first))):
                    break
    assert heard == _after(dsn, first)


def _after(dsn: str, first: int) -> list[int]:
    with db.connect(dsn, name="tests") as conn:
        rows = conn.execute("select id from alert_event where id > %s order by id", [first]).fetchall()
    return [row[0] for row in rows]


def test_a_client_too_far_behind_reads_from_the_database(served, park_conn, monkeypatch):
    monkeypatch.setattr("api.live._RING", 3)
    monkeypatch.setattr("api.live._CHUNK", 4)
    for n in range(20):
        park.raise_alert(park_conn, 1, target_id=2000 + n)
        park_conn.commit()
    with served.stream(last="0") as stream:
        heard = [int(stream.until("alert")["id"]) for _ in range(44)]
    assert heard == list(range(1, 45))


def test_the_stream_ends_when_the_account_does(served, park_conn, monkeypatch):
    monkeypatch.setattr("api.routes.live.RECHECK_S", 0.2)
    with served.stream() as stream:
        stream.until("feed")
        park_conn.execute("update account set token_version = token_version + 1 where username = 'operator'")
        park_conn.commit()
        ended = [event["event"] for event in stream.events()]
    assert "alert" not in ended


def test_every_stream_ends_when_the_process_is_asked_to(served):
    with served.stream() as stream:
        stream.until("feed")
        began_s = clock.monotonic_s()
        served.server.handle_exit(15, None)
        for _ in stream.events():
            pass
        assert clock.monotonic_s() - began_s < 3
