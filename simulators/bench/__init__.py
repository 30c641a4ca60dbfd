"""Measures the whole chain on private, durable servers; every figure beside the raw COPY of the same run."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass

from simulators.bench import chain, frames, gateway, live, reads, records
from simulators.bench.chain import Servers
from simulators.bench.ground import prepare
from smartpark import clock
from smartpark.embedded import ports
from smartpark.embedded.private import private_servers
from smartpark.settings import Settings

Say = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Amounts:
    """How much is measured."""

    copy_rows: int
    messages_of_10: int
    messages_of_1: int
    probes: int
    decoded: int
    fast_frames_each: int  # of each of the gateway's connections
    steady_frames_each: int


FULL = Amounts(
    copy_rows=1_000_000,
    messages_of_10=200_000,
    messages_of_1=200_000,
    probes=200,
    decoded=500_000,
    fast_frames_each=100,
    steady_frames_each=60,
)
QUICK = Amounts(
    copy_rows=100_000,
    messages_of_10=10_000,
    messages_of_1=10_000,
    probes=30,
    decoded=50_000,
    fast_frames_each=12,
    steady_frames_each=10,
)


def bench(loaded: Settings, say: Say, *, as_json: bool, quick: bool) -> int:
    """Measure and print; progress goes to standard error. Return the exit code."""
    amounts = QUICK if quick else FULL

    def progress(text: str) -> None:
        print(text, file=sys.stderr, flush=True)  # noqa: T201 - a command line tells what it does

    figures = measure(loaded, amounts, progress)
    if as_json:
        say(json.dumps(figures))
    else:
        for name, figure in figures.items():
            say(f"{name:24} {'-' if figure is None else figure}")
    return 0


def measure(loaded: Settings, amounts: Amounts, progress: Say) -> dict[str, float | None]:
    """Return the figures; one whose feature is not built yet is None."""
    figures: dict[str, float | None] = {}
    with private_servers(loaded.data_dir, "bench", durable=True) as private:
        progress("migrating, 10,000 sensors, 300 rules")
        ground = prepare(private.database.dsn)
        port = ports.any_free()
        api_url = f"http://127.0.0.1:{port}"
        environ = {
            "SMARTPARK_DB__DSN": private.database.dsn,
            "SMARTPARK_MQTT__URL": private.broker.url,
            "SMARTPARK_API__HOST": "127.0.0.1",
            "SMARTPARK_API__PORT": str(port),
            "SMARTPARK_DATA_DIR": str(loaded.data_dir.resolve()),
        }
        log_dir = loaded.data_dir.resolve() / "log"
        servers = Servers(private.database.dsn, private.broker.url, environ, log_dir)
        figures |= {"sensors": ground.sensors, "rules": ground.rules}
        progress("raw COPY")
        figures["raw_copy_rows_s"] = round(chain.raw_copy_rows_s(servers.dsn, ground, amounts.copy_rows))
        figures |= _chain(servers, amounts, progress)
        with live.Running(servers, api_url):
            progress("publish to live stream")
            delays_ms = live.latencies_ms(servers, ground, api_url, amounts.probes)
            p50_ms, p99_ms = live.percentiles_ms(delays_ms)
            figures |= {"live_p50_ms": round(p50_ms, 1), "live_p99_ms": round(p99_ms, 1)}
            clock.wait(2.0)
            progress("reading back")
            reader = reads.Reader(api_url, live.token(api_url))
            figures["latest_5000_ms"] = round(reads.latest_5000_ms(reader), 1)
            figures["chart_day_ms"] = round(reads.chart_day_ms(servers, ground, reader), 1)
            figures["export_rows_s"] = round(reads.export_rows_s(ground, reader, amounts.copy_rows))
            figures |= records.read_ms(servers, ground, reader)
        progress("an hour of 5,000 sensors into records")
        figures["hour_records_s"] = round(records.hour_records_s(servers), 2)
        progress("frames of HJ 212")
        figures["hj212_decode_frames_s"] = round(frames.decode_frames_s(amounts.decoded))
        progress(f"{gateway.CALLERS} loggers at the gateway")
        figures |= gateway.figures(servers, amounts.fast_frames_each, amounts.steady_frames_each)
    return figures | {"replay_s": None}


def _chain(servers: Servers, amounts: Amounts, progress: Say) -> dict[str, float | None]:
    chain.open_session(servers)
    progress(f"{amounts.messages_of_10} messages of 10 readings")
    tens = chain.drain(servers, amounts.messages_of_10, 10, 1)
    progress(f"{amounts.messages_of_1} messages of 1 reading")
    ones = chain.drain(servers, amounts.messages_of_1, 1, 2)
    return {
        "chain_readings_s": round(tens.readings_s),
        "chain_messages_s": round(ones.messages_s),
        "alerts": chain.alerts(servers.dsn),
        "ingest_memory_before_mb": tens.memory_before_mb,
        "ingest_memory_after_mb": tens.memory_after_mb,
        "ingest_memory_peak_mb": max(tens.memory_peak_mb, ones.memory_peak_mb),
    }
