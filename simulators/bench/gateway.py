"""Two thousand loggers at the real gateway: how many frames it takes, and how soon it says that they are safe."""

from multiprocessing import get_context
from multiprocessing.connection import Connection

import numpy as np

from simulators.bench.callers import Order, Outcome, serve
from simulators.bench.chain import BenchError, Servers, until
from simulators.bench.frames import FACTORS
from simulators.bench.ground import Q
from smartpark import db, processes
from smartpark.embedded import ports

CALLERS = 2000
OFFERED_S = 5000.0
_GATEWAY = processes.Process("bench-gateway", ("ingest", "gateway"))
_PATIENCE_S = 600.0
_ANSWER_PERCENTILE = 99
_WARM = 2  # frames a connection


def figures(servers: Servers, fast_each: int, steady_each: int) -> dict[str, float | None]:
    """Return what a gateway with so many frames a connection reaches; it runs on the bench's own servers.

    Raises:
        BenchError: a frame is not answered.

    """
    values = {"loggers": CALLERS, "quantities": list(FACTORS)}
    with db.connect(servers.dsn, name="bench") as conn:
        for query in (Q.logger_stations, Q.logger_sensors, Q.logger_rules, Q.loggers):
            conn.execute(query, values)
        conn.commit()
    port = ports.any_free()
    # Nobody has minutes here, so nothing is fetched back.
    environ = servers.environ | {
        "SMARTPARK_GATEWAY__PORT": str(port),
        "SMARTPARK_GATEWAY__FETCH_BACK_HOURS": "0",
    }
    child = processes.start(_GATEWAY, environ, servers.log_dir / "bench-gateway.log")
    try:
        with db.connect(servers.dsn, name="bench", autocommit=True) as conn:
            until(
                lambda: (conn.execute(Q.gateway_state).fetchone() or ("",))[0] == "connected", "the gateway"
            )
            outcomes = _played(conn, port, fast_each, steady_each)
            stored = _stored(conn)
    finally:
        processes.end([child], 15.0)
    fast, steady = outcomes[1:]
    answered = sum(outcome.answered for outcome in outcomes)
    if answered != sum(outcome.sent for outcome in outcomes):
        raise BenchError(
            f"{answered} frames are answered; {processes.last_line(servers.log_dir / 'bench-gateway.log')}"
        )
    return {
        "gateway_frames_s": round(fast.answered / fast.lasted_s),
        "gateway_answer_p99_ms": round(float(np.percentile(steady.delays_ms, _ANSWER_PERCENTILE)), 1),
        "gateway_frames_lost": answered - stored,
    }


def _played(conn: db.Connection, port: int, fast_each: int, steady_each: int) -> list[Outcome]:
    here, there = get_context("spawn").Pipe()
    crowd = get_context("spawn").Process(
        target=serve, args=(("127.0.0.1", port), CALLERS, there), daemon=True
    )
    crowd.start()
    try:
        _received(here)
        outcomes = []
        for order in (Order(_WARM, 0.0), Order(fast_each, 0.0), Order(steady_each, OFFERED_S)):
            # A server in use writes its log into files that it has already; a new one makes each of them.
            conn.execute(Q.checkpoint)
            here.send(order)
            outcomes.append(_received(here))
        here.send(None)
        crowd.join(_PATIENCE_S)
    finally:
        crowd.kill()
    return outcomes


def _received(pipe: Connection) -> Outcome:
    if not pipe.poll(_PATIENCE_S):
        raise BenchError(f"waited {_PATIENCE_S:.0f} s in vain for the loggers")
    outcome: Outcome = pipe.recv()
    return outcome


def _stored(conn: db.Connection) -> int:
    row = conn.execute(Q.frames_stored, {"quantity": FACTORS[0]}).fetchone()
    return int(row[0]) if row else 0
