"""From publishing a reading to its alert on the live stream, with the rest of the park talking meanwhile."""

import http.client
import json
import threading
from multiprocessing import get_context
from typing import Self
from urllib.parse import urlencode, urlsplit

import numpy as np

from simulators.bench.chain import INGEST, BenchError, Servers
from simulators.bench.ground import PROBES, QUANTITIES, STATIONS, Ground, place
from simulators.bench.load import messages
from smartpark import clock, demo, processes
from smartpark.mqtt import Publisher

READINGS_S = 20_000
_EACH = 10
_WARM_S = 5.0
_PROBE_EVERY_S = 0.1
_PATIENCE_S = 10.0
_API = processes.Process("bench-api", ("api",))
_USERS = processes.Process("bench-users", ("api", "users", "--demo"))


def token(api_url: str) -> str:
    """Return a bearer token of the demo operator."""
    connection = _open(api_url)
    form = urlencode({"username": "operator", "password": demo.password("operator")})
    connection.request("POST", "/api/v1/token", form, {"Content-Type": "application/x-www-form-urlencoded"})
    answer = connection.getresponse()
    document = json.loads(answer.read())
    if answer.status != http.client.OK:
        raise BenchError(f"the API gives no token: {document}")
    return str(document["access_token"])


class Running:
    """Ingest and the API at work, for the figures that need them."""

    def __init__(self, servers: Servers, api_url: str) -> None:
        self._servers = servers
        self._api_url = api_url
        users = processes.start(_USERS, servers.environ, servers.log_dir / "bench-users.log")
        if users.wait(60.0):
            raise BenchError(processes.last_line(servers.log_dir / "bench-users.log"))
        self._children = [
            processes.start(one, servers.environ, servers.log_dir / f"{one.name}.log")
            for one in (INGEST, _API)
        ]

    def __enter__(self) -> Self:
        deadline_s = clock.monotonic_s() + 60.0
        while not _ready(self._api_url):
            if clock.monotonic_s() > deadline_s:
                processes.end(self._children, 10.0)
                raise BenchError(processes.last_line(self._servers.log_dir / "bench-api.log"))
            clock.wait(0.2)
        return self

    def __exit__(self, *_: object) -> None:
        processes.end(self._children, 15.0)


def latencies_ms(servers: Servers, ground: Ground, api_url: str, probes: int) -> list[float]:
    """Return publish-to-event delays of so many probes at 20,000 readings a second in the background [ms]."""
    probes = min(probes, PROBES)
    lasts_s = _WARM_S + probes * _PROBE_EVERY_S + 5.0
    crowd = get_context("spawn").Process(target=background, args=(servers.mqtt_url, lasts_s), daemon=True)
    crowd.start()
    seen: dict[int, float] = {}
    stream = threading.Thread(target=_listen, args=(api_url, token(api_url), seen, lasts_s), daemon=True)
    stream.start()
    publisher = Publisher(servers.mqtt_url, client_id="bench-probe")
    publisher.start()
    clock.wait(_WARM_S)
    sent: dict[int, float] = {}
    for number in range(probes):
        sensor = STATIONS * len(QUANTITIES) - 1 - number
        kind, station, quantity = place(sensor)
        payload = json.dumps({"time": int(clock.epoch_s() * 1000), "values": {quantity: 85.0}}).encode()
        sent[ground.sensor_id[sensor]] = clock.monotonic_s()
        publisher.publish(f"smartpark/bench/{kind}/{station}/readings", payload)
        clock.wait(_PROBE_EVERY_S)
    deadline_s = clock.monotonic_s() + _PATIENCE_S
    while not sent.keys() <= seen.keys() and clock.monotonic_s() < deadline_s:
        clock.wait(0.05)
    publisher.stop()
    crowd.terminate()
    crowd.join()
    missing = len(sent.keys() - seen.keys())
    if missing:
        raise BenchError(f"{missing} of {probes} probes never reached the live stream")
    return [1000.0 * (seen[sensor] - at_s) for sensor, at_s in sent.items()]


def background(mqtt_url: str, lasts_s: float) -> None:
    """Publish 20,000 readings a second for a while; runs in a process of its own."""
    publisher = Publisher(mqtt_url, client_id="bench-crowd", in_flight=4000)
    publisher.start()
    begun_s = clock.monotonic_s()
    done, turn = 0, 0
    while clock.monotonic_s() - begun_s < lasts_s:
        wanted = int((clock.monotonic_s() - begun_s) * READINGS_S / _EACH)
        for topic, payload in messages(max(0, wanted - done), _EACH, int(clock.epoch_s() * 1000), turn):
            publisher.publish(topic, payload)
        done, turn = max(done, wanted), turn + 1
        clock.wait(0.02)
    publisher.stop()


def percentiles_ms(delays_ms: list[float]) -> tuple[float, float]:
    """Return median and 99th percentile."""
    return float(np.percentile(delays_ms, 50)), float(np.percentile(delays_ms, 99))


def _listen(api_url: str, bearer: str, seen: dict[int, float], lasts_s: float) -> None:
    connection = _open(api_url, timeout_s=lasts_s + _PATIENCE_S)
    connection.request("GET", "/api/v1/live", headers={"Authorization": f"Bearer {bearer}"})
    answer = connection.getresponse()
    kind = ""
    for line in answer:
        arrived_s = clock.monotonic_s()
        if line.startswith(b"event:"):
            kind = line[6:].strip().decode()
        elif line.startswith(b"data:") and kind == "alert":
            sensor = json.loads(line[5:]).get("sensor_id")
            if sensor is not None:
                seen.setdefault(int(sensor), arrived_s)


def _open(api_url: str, timeout_s: float = 60.0) -> http.client.HTTPConnection:
    parts = urlsplit(api_url)
    return http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port, timeout=timeout_s)


def _ready(api_url: str) -> bool:
    connection = _open(api_url, timeout_s=5.0)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.client.OK
    except OSError:
        return False
    finally:
        connection.close()
