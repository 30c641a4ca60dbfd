"""A platform above that takes readings over HTTP, and a courier that pushes a park of gas detectors to it."""

import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from records.upward.http_channel import HttpChannel
from records.upward.push import Push
from tests.records.park import CL2, GAS, HOUR, MINUTE, T0, build, fill, point, receiver

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
