"""Drains a queued backlog through the real ingest process: stored and judged, on the durable servers."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from simulators.bench.ground import Ground, Q
from simulators.bench.load import messages
from simulators.chance import generator
from smartpark import clock, db, processes
from smartpark.mqtt import Publisher

_POLL_S = 0.05
_PATIENCE_S = 600.0
_POSTGRES_EPOCH_US = 946_684_800_000_000
_SIGNATURE = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_ROW = np.dtype(
    [
        ("fields", ">i2"),
        ("a", ">i4"),
        ("sensor_id", ">i4"),
        ("b", ">i4"),
        ("lag_s", ">i4"),
        ("c", ">i4"),
        ("time", ">i8"),
        ("d", ">i4"),
        ("value", ">f8"),
        ("e", ">i4"),
        ("flag", "S1"),
        ("f", ">i4"),
        ("mark", "S1"),
    ]
)
_BATCH = 50_000
INGEST = processes.Process("bench-ingest", ("ingest", "--feed", "rest"))


class BenchError(RuntimeError):
    """The bench cannot go on; the message says what stood still."""


@dataclass(frozen=True, slots=True)
class Servers:
    """What the processes of the bench are told, and where they write their logs."""

    dsn: str
    mqtt_url: str
    environ: dict[str, str]
    log_dir: Path


@dataclass(frozen=True, slots=True)
class Drain:
    """How a backlog went through."""

    messages_s: float
    readings_s: float
    memory_before_mb: float
    memory_after_mb: float
    memory_peak_mb: float


def raw_copy_rows_s(dsn: str, ground: Ground, rows: int) -> float:
    """Return how many rows a second plain COPY writes into the hypertable, in the batches of ingest [1/s]."""
    end_us = int(clock.epoch_s()) // 86400 * 86400_000_000 - 3600_000_000
    with db.connect(dsn, name="bench") as conn:
        blocks = [
            reading_rows(ground.sensor_id[:100], end_us, rows, start) for start in range(0, rows, _BATCH)
        ]
        begun_s = clock.monotonic_s()
        for block in blocks:
            write_rows(conn, block)
        return rows / (clock.monotonic_s() - begun_s)


def reading_rows(sensors: tuple[int, ...], end_us: int, rows: int, start: int) -> bytes:
    """Return one batch of a table of readings in binary COPY: a second a round through the sensors."""
    count = min(_BATCH, rows - start)
    number = start + np.arange(count)
    block = np.zeros(count, _ROW)
    block["fields"] = 6
    for name, size in (("a", 4), ("b", 4), ("c", 8), ("d", 8), ("e", 1), ("f", 1)):
        block[name] = size
    block["sensor_id"] = np.asarray(sensors)[number % len(sensors)]
    block["time"] = end_us - _POSTGRES_EPOCH_US - (rows // len(sensors) - number // len(sensors)) * 1_000_000
    block["value"] = np.round(generator(1, f"rows/{start}").uniform(20, 70, count), 2)
    block["flag"], block["mark"] = b"N", b"-"
    return block.tobytes()


def write_rows(conn: db.Connection, block: bytes) -> None:
    """Write one batch of readings and commit it."""
    with conn.cursor().copy(Q.copy_readings) as copy:
        copy.write(_SIGNATURE)
        copy.write(block)
        copy.write(b"\xff\xff")
    conn.commit()


def open_session(servers: Servers) -> None:
    """Let ingest connect once, so that the broker keeps its place in the queue."""
    child = processes.start(INGEST, servers.environ, servers.log_dir / "bench-ingest.log")
    try:
        with db.connect(servers.dsn, name="bench", autocommit=True) as conn:
            until(
                lambda: (conn.execute(Q.feed_state).fetchone() or ("",))[0] == "connected", "ingest connects"
            )
    finally:
        processes.end([child], 15.0)


def drain(servers: Servers, count: int, readings_each: int, seed: int) -> Drain:
    """Queue a backlog while ingest is away, start it, and measure from its first commit to its last.

    Raises:
        BenchError: it does not get through, or the ledger does not balance.

    """
    queued = list(messages(count, readings_each, int(clock.epoch_s() * 1000), seed))
    publisher = Publisher(servers.mqtt_url, client_id="bench-queue", in_flight=2000)
    publisher.start()
    for topic, payload in queued:
        publisher.publish(topic, payload)
    if not publisher.flush(_PATIENCE_S):
        raise BenchError("the broker has not confirmed the backlog")
    publisher.stop()
    with db.connect(servers.dsn, name="bench", autocommit=True) as conn:
        before = _received(conn)
        target = before + count * readings_each
        child = processes.start(INGEST, servers.environ, servers.log_dir / "bench-ingest.log")
        try:
            until(lambda: _received(conn) > before, "ingest begins")
            begun_s, begun = clock.monotonic_s(), _received(conn)
            memory_before_mb = _memory_mb(child.pid, "VmRSS")
            until(lambda: _received(conn) >= target, "ingest drains the backlog")
            lasted_s = clock.monotonic_s() - begun_s
            memory = _memory_mb(child.pid, "VmRSS"), _memory_mb(child.pid, "VmHWM")
        finally:
            processes.end([child], 15.0)
        row = conn.execute(Q.received).fetchone()
        if row is None or row[1]:
            raise BenchError("the ledger does not balance")
    readings_s = (target - begun) / lasted_s
    return Drain(readings_s / readings_each, readings_s, memory_before_mb, *memory)


def alerts(dsn: str) -> int:
    """Return how many alerts there are: the proof that what was drained was judged."""
    with db.connect(dsn, name="bench") as conn:
        row = conn.execute(Q.alerts).fetchone()
    return int(row[0]) if row else 0


def _received(conn: db.Connection) -> int:
    row = conn.execute(Q.received).fetchone()
    return int(row[0]) if row else 0


def until(done: Callable[[], bool], what: str) -> None:
    """Wait until something is done.

    Raises:
        BenchError: it takes too long.

    """
    deadline_s = clock.monotonic_s() + _PATIENCE_S
    while not done():
        if clock.monotonic_s() > deadline_s:
            raise BenchError(f"waited {_PATIENCE_S:.0f} s in vain: {what}")
        clock.wait(_POLL_S)


def _memory_mb(pid: int, what: str) -> float:
    """Return VmRSS or VmHWM of a process [MB]."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith(what):
            return round(int(line.split()[1]) / 1024, 1)
    return 0.0
