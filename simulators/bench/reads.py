"""What people ask for: newest values, a chart, a file."""

import http.client
import json
from datetime import UTC, datetime, timedelta
from statistics import median
from urllib.parse import urlencode, urlsplit

from simulators.bench.chain import BenchError, Servers, reading_rows, write_rows
from simulators.bench.ground import Ground, Q
from smartpark import clock, db

_TIMES = 7
_DAY_S = 86_400


class Reader:
    """Asks the API and takes the time."""

    def __init__(self, api_url: str, bearer: str) -> None:
        self._address = urlsplit(api_url).hostname or "127.0.0.1", urlsplit(api_url).port
        self._headers = {"Authorization": f"Bearer {bearer}", "Accept-Encoding": "identity"}

    def ask(self, path: str, **query: object) -> tuple[float, bytes]:
        """Return how long an answer took to its last byte [ms], and the answer."""
        connection = http.client.HTTPConnection(*self._address, timeout=600.0)
        begun_s = clock.monotonic_s()
        connection.request("GET", f"/api/v1{path}?{urlencode(query, doseq=True)}", headers=self._headers)
        answer = connection.getresponse()
        body = answer.read()
        lasted_ms = 1000.0 * (clock.monotonic_s() - begun_s)
        connection.close()
        if answer.status != http.client.OK:
            raise BenchError(f"{path} answers {answer.status}: {body[:300].decode(errors='replace')}")
        return lasted_ms, body

    def median_ms(self, path: str, **query: object) -> float:
        """Return the usual time of an answer, after a first one [ms]."""
        self.ask(path, **query)
        return median(self.ask(path, **query)[0] for _ in range(_TIMES))


def latest_5000_ms(reader: Reader) -> float:
    """Return how long the newest values of 5,000 sensors take [ms]."""
    _, body = reader.ask("/readings/latest", kind="voc")
    count = len(json.loads(body)["items"])
    if count < 4_700:  # the probes' stations may have said nothing yet
        raise BenchError(f"/readings/latest gives {count} sensors instead of about 5,000")
    return reader.median_ms("/readings/latest", kind="voc")


def chart_day_ms(servers: Servers, ground: Ground, reader: Reader) -> float:
    """Return how long 24 h of 1 s data take as 2,000 points of a chart [ms]."""
    sensor = ground.sensor_id[-1]
    end_s = int(clock.epoch_s()) // _DAY_S * _DAY_S - 2 * _DAY_S
    with db.connect(servers.dsn, name="bench") as conn:
        for start in range(0, _DAY_S, 50_000):
            write_rows(conn, reading_rows((sensor,), end_s * 1_000_000, _DAY_S, start))
        conn.execute(Q.minutes_of, {"sensor": sensor})
        conn.commit()
        conn.autocommit = True
        conn.execute(Q.vacuum_reading)
    end = datetime.fromtimestamp(end_s, UTC)
    period = {"from": (end - timedelta(days=1)).isoformat(), "to": end.isoformat()}
    _, body = reader.ask("/series", sensor=sensor, points=2000, **period)
    points = len(json.loads(body)["points"])
    if not 1_000 <= points <= 2_000:
        raise BenchError(f"/series gives {points} points instead of at most 2,000")
    return reader.median_ms("/series", sensor=sensor, points=2000, **period)


def export_rows_s(ground: Ground, reader: Reader, rows: int) -> float:
    """Return how many rows a second the slower of the csv and ndjson files gives [1/s]."""
    end = datetime.fromtimestamp(int(clock.epoch_s()) // _DAY_S * _DAY_S, UTC)
    period = {"from": (end - timedelta(days=2)).isoformat(), "to": end.isoformat()}
    rates = []
    for form in ("csv", "ndjson"):
        lasted_ms, body = reader.ask("/readings", sensor=list(ground.sensor_id[:100]), format=form, **period)
        lines = body.count(b"\n") - (form == "csv")
        if lines < rows:
            raise BenchError(f"the {form} file has {lines} rows instead of {rows}")
        rates.append(1000.0 * lines / lasted_ms)
    return min(rates)
