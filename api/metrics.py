"""``/metrics``: the whole product from its database, and the requests of this process."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from psycopg_pool import PoolTimeout

from smartpark import clock, db, log, queries

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_FRESH_S = 5.0
_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_log = log.get(__name__)
_Q = queries.load("api", "metrics.sql")


class Metrics:
    """The registry of one API process."""

    def __init__(self, pool: db.Pool) -> None:
        self._registry = CollectorRegistry()
        self._requests = Histogram(
            "smartpark_api_request_duration_seconds",
            "Time to answer a request",
            ["method", "route", "status"],
            buckets=_BUCKETS_S,
            registry=self._registry,
        )
        self.streams = Gauge("smartpark_api_live_streams", "Open live streams", registry=self._registry)
        self.exported = Counter("smartpark_api_exported_bytes", "Bytes of exports", registry=self._registry)
        self.exports_running = 0  # changed in the event loop alone
        self._registry.register(_Park(pool))

    def observe(self, method: str, route: str, status: int, took_s: float) -> None:
        """Count one request [s]; ``route`` is its template, so that labels stay few."""
        self._requests.labels(method, route, f"{status // 100}xx").observe(took_s)

    def text(self) -> bytes:
        """Return everything in Prometheus text format."""
        return generate_latest(self._registry)


class _Park:
    """What the database says about the product; read at most every five seconds."""

    def __init__(self, pool: db.Pool) -> None:
        self._pool = pool
        self._read: list[Metric] = []
        self._read_at_s = -1e9

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        if clock.monotonic_s() - self._read_at_s > _FRESH_S:
            up = GaugeMetricFamily("smartpark_database_up", "1: the database answers")
            try:
                with self._pool.connection(timeout=2) as conn:
                    self._read = list(_families(conn))
                up.add_metric([], 1)
            except (db.Error, PoolTimeout) as error:
                _log.warning("metrics_database_away", error=str(error))
                self._read = []
                up.add_metric([], 0)
            self._read.append(up)
            self._read_at_s = clock.monotonic_s()
        yield from self._read


def _families(conn: db.DictConnection) -> Iterator[Metric]:
    ledger = conn.execute(_Q.ledger).fetchall()
    for column, words in (
        ("received", "Items received since midnight in UTC"),
        ("stored", "Items stored"),
        ("duplicate", "Items that were stored already"),
        ("quarantined", "Items refused into quarantine"),
        ("gap", "Messages that the sequence numbers say are missing"),
    ):
        family = CounterMetricFamily(f"smartpark_ledger_{column}_items", words, labels=["source"])
        for row in ledger:
            family.add_metric([row["source"]], float(row[column]))
        yield family
    yield from _feeds(conn)
    alerts = GaugeMetricFamily(
        "smartpark_alerts_open_count", "Open alerts, drills left out", labels=["class", "level", "acked"]
    )
    for row in conn.execute(_Q.alerts):
        alerts.add_metric([row["class"], row["level"], str(row["acked"]).lower()], float(row["n"]))
    yield alerts
    row = conn.execute(_Q.rest).fetchone() or {}
    for name, words in (
        ("quarantine_open_messages", "Messages that wait in quarantine"),
        ("readings_stored_age_seconds", "Time since the newest reading was received"),
        ("alert_events_newest_id", "Number of the newest alert event"),
        ("sensors_due_count", "Sensors of the access list"),
        ("sensors_delivering_count", "Sensors of the access list whose newest value is within three periods"),
    ):
        if row.get(name) is not None:
            yield GaugeMetricFamily(f"smartpark_{name}", words, value=float(row[name]))


def _feeds(conn: db.DictConnection) -> Iterator[Metric]:
    rows = conn.execute(_Q.feeds).fetchall()
    for column, words in (
        ("connected", "1: the feed is connected and its process beats"),
        ("heartbeat_age_seconds", "Time since the feed's process last said something"),
        ("last_message_age_seconds", "Time since its last message"),
        ("last_commit_age_seconds", "Time since its last commit"),
        ("backlog_messages", "Messages received and not yet committed"),
    ):
        family = GaugeMetricFamily(f"smartpark_feed_{column}", words, labels=["feed"])
        for row in rows:
            if row[column] is not None:
                family.add_metric([row["name"]], float(row[column]))
        yield family
