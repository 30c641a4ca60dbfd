"""Numbers about a feed for Prometheus; the only module that knows its client."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server

from ingest.store import Outcome
from smartpark import log

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class Metrics:
    """The counters of one feed."""

    def __init__(self, feed: str) -> None:
        self._registry = CollectorRegistry()
        self._items = self._counter("items", "Items by what became of them.", "result")
        self._refused = self._counter("quarantined_items", "Quarantined items by reason.", "reason")
        self._trouble = self._counter("troubles", "Things that went wrong and were gone through.", "kind")
        self.messages = Counter("ingest_messages_total", "Messages committed.", registry=self._registry)
        self.events = Counter("ingest_alert_events_total", "Alert events written.", registry=self._registry)
        self.batch_seconds = Histogram(
            "ingest_batch_seconds", "Time of one transaction.", buckets=_SECONDS, registry=self._registry
        )
        self.backlog = Gauge(
            "ingest_backlog_messages", "Messages received and not committed.", registry=self._registry
        )
        self.connected = Gauge("ingest_broker_connected", "1 while connected.", registry=self._registry)
        Gauge("ingest_feed_info", "Which feed this is.", ["feed"], registry=self._registry).labels(feed).set(
            1
        )

    def _counter(self, name: str, words: str, label: str) -> Counter:
        return Counter(f"ingest_{name}_total", words, [label], registry=self._registry)

    def committed(self, messages: int, outcome: Outcome, seconds_s: float) -> None:
        """Count one committed batch."""
        totals = outcome.totals
        self.messages.inc(messages)
        self.batch_seconds.observe(seconds_s)
        self.events.inc(outcome.events)
        for result in ("stored", "duplicate", "quarantined", "gap"):
            if count := getattr(totals, result):
                self._items.labels(result).inc(count)
        for reason, count in outcome.refused.items():
            self._refused.labels(reason).inc(count)
        if outcome.conflicts:
            self._items.labels("conflict").inc(outcome.conflicts)

    def trouble(self, kind: str) -> None:
        """Count something that went wrong: database, broker, poison, judge, imbalance."""
        self._trouble.labels(kind).inc()

    def serve(self, port: int) -> None:
        """Answer on a port; without one, or when it is taken, the process works on without."""
        if port:
            try:
                start_http_server(port, "127.0.0.1", registry=self._registry)
            except OSError as error:
                log.get("ingest.metrics").warning("metrics_port_taken", port=port, error=str(error))
