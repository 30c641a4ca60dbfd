"""``doctor``: looks at everything the product stands on; each finding says what to do."""

import platform
import shutil
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from smartpark import db, migrate, queries, run_state
from smartpark.embedded import ports, trees
from smartpark.settings import Settings
from smartpark.starter import answers, without_password

Grade = Literal["ok", "warn", "fail"]

_Q = queries.load("smartpark", "doctor.sql")
_LEAST_DISK_BYTES = 5_000_000_000
_QUIET_S = 120.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor."""

    grade: Grade
    what: str
    detail: str
    remedy: str = ""


def examine(settings: Settings) -> Iterator[Finding]:
    """Yield every finding, from the machine up to the ledger."""
    yield from _machine(settings)
    yield from _trees(settings)
    state = run_state.read(settings.data_dir)
    running = state if state is not None and state.starter.lives else None
    yield from _processes(settings, running)
    yield from _broker(settings, running)
    dsn = settings.db.dsn.get_secret_value() if settings.db.dsn else running.db_dsn if running else ""
    if not dsn:
        yield Finding("warn", "database", "the private one is not running", "start it with: make run")
        return
    try:
        with db.connect(dsn, name="doctor", autocommit=True) as conn:
            yield from _database(conn)
            yield from _data(conn)
    except db.Error as err:
        reason = str(err).strip().splitlines()[0]
        yield Finding(
            "fail", "database", reason, "check SMARTPARK_DB__DSN, or see .smartpark/log/database.log"
        )


def _machine(settings: Settings) -> Iterator[Finding]:
    version = platform.python_version()
    yield Finding(
        "ok" if sys.version_info >= (3, 11) else "fail", "python", version, "install Python 3.11 or newer"
    )
    place = settings.data_dir if settings.data_dir.exists() else Path()
    free = shutil.disk_usage(place).free
    enough = free >= _LEAST_DISK_BYTES
    yield Finding(
        "ok" if enough else "warn", "disk", f"{free / 1e9:.0f} GB free", "make room: readings need it"
    )
    built = (Path(__file__).parents[1] / "dashboards" / "dist" / "index.html").exists()
    yield Finding(
        "ok" if built else "warn", "dashboard", "built" if built else "not built", "build it with: make setup"
    )


def _trees(settings: Settings) -> Iterator[Finding]:
    for tree, given in ((trees.DATABASE, settings.db.dsn), (trees.BROKER, settings.mqtt.url)):
        if given is not None:
            yield Finding("ok", f"{tree.home} tree", "not needed, your own server is used")
        elif trees.is_built(tree, settings.data_dir):
            yield Finding("ok", f"{tree.home} tree", f"{tree.title} from {tree.suite}")
        else:
            yield Finding("warn", f"{tree.home} tree", "not unpacked yet", "make run does it, or: make setup")


def _processes(settings: Settings, running: run_state.RunState | None) -> Iterator[Finding]:
    if running is None:
        yield Finding("warn", "processes", "nothing runs here", "start it with: make run")
        yield _port(settings)
        return
    for one in running.members:
        where = f".smartpark/log/{one.name}.log"
        if one.state == "done":
            yield Finding("ok", one.name, "done")
        elif not one.lives:
            yield Finding("fail", one.name, "does not run; the starter tries again", f"see {where}")
        elif one.restarts:
            yield Finding("warn", one.name, f"pid {one.pid}, restarted {one.restarts} times", f"see {where}")
        else:
            yield Finding("ok", one.name, f"pid {one.pid}")
    alive = bool(running.api_url) and answers(running.api_url)
    yield Finding(
        "ok" if alive else "fail",
        "api answers",
        running.api_url or "no address",
        "see .smartpark/log/api.log",
    )


def _port(settings: Settings) -> Finding:
    port = settings.api.port
    if ports.is_free(port):
        return Finding("ok", "port", f"{port} is free")
    grade: Grade = "warn" if settings.mode == "demo" else "fail"
    return Finding(
        grade, "port", f"{port} is in use by another program", "set SMARTPARK_API__PORT to a free one"
    )


def _broker(settings: Settings, running: run_state.RunState | None) -> Iterator[Finding]:
    given = settings.mqtt.url
    url = given.get_secret_value() if given else running.mqtt_url if running else ""
    if not url:
        yield Finding("warn", "mqtt", "the private broker is not running", "start it with: make run")
        return
    place = urlsplit(url)
    try:
        socket.create_connection((place.hostname or "", place.port or 1883), timeout=5).close()
    except OSError as err:
        yield Finding(
            "fail", "mqtt", f"{without_password(url)}: {err.strerror or err}", "check SMARTPARK_MQTT__URL"
        )
        return
    yield Finding("ok", "mqtt", without_password(url))
    if given is None:
        conf = settings.data_dir / trees.BROKER.home / "data" / "main" / "mosquitto.conf"
        lines = conf.read_text().splitlines() if conf.exists() else []
        for line in ("plugin_opt_flush_period 0", "max_queued_messages 0"):
            yield Finding(
                "ok" if line in lines else "fail", "mqtt durable", line, "restart, the file is rewritten"
            )


def _database(conn: db.Connection) -> Iterator[Finding]:
    row = conn.execute(_Q.server).fetchone()
    if row is None:
        return
    postgresql, fsync, commit, locks, timescaledb, edition, size = row
    fits = timescaledb is not None and tuple(int(p) for p in timescaledb.split(".")[:2]) >= (2, 19)
    detail = f"{timescaledb or 'missing'} ({edition or 'edition unknown'}) on PostgreSQL {postgresql}, {size / 1e6:.0f} MB"
    yield Finding(
        "ok" if fits else "fail", "timescaledb", detail, "install 2.19 or newer and run: smartpark migrate"
    )
    if edition == "apache":
        yield Finding(
            "ok", "edition", "Apache: everything works; the Community edition would compress old readings"
        )
    durable = fsync and commit in {"on", "local", "remote_write", "remote_apply"}
    words = f"fsync {'on' if fsync else 'off'}, synchronous_commit {commit}"
    yield Finding(
        "ok" if durable else "fail", "durable", words, "set both on: an acknowledged reading must be on disk"
    )
    yield Finding(
        "ok" if locks >= 512 else "warn",
        "locks",
        f"max_locks_per_transaction {locks}",
        "set it to 512 and restart",
    )
    pending = migrate.pending(conn)
    yield Finding(
        "fail" if pending else "ok",
        "migrations",
        f"{len(pending)} pending",
        "run: python -m smartpark migrate",
    )


def _data(conn: db.Connection) -> Iterator[Finding]:
    if migrate.pending(conn):
        return
    feeds = conn.execute(_Q.last_reading).fetchall()
    if not feeds:
        yield Finding("warn", "feeds", "no feed has ever connected", "start ingest, see .smartpark/log/")
    for name, state, age_s, beat_s in feeds:
        if age_s is None:
            yield Finding(
                "warn", f"feed {name}", f"{state}, no reading yet", "check what the stations send to"
            )
            continue
        grade: Grade = "ok" if age_s < _QUIET_S and beat_s < _QUIET_S else "warn"
        detail = f"{state}, last reading {age_s:.0f} s ago"
        yield Finding(grade, f"feed {name}", detail, "nothing is stored: check ingest and the broker")
    row = conn.execute(_Q.ledger_day).fetchone() or (0, 0, 0, 0, 0)
    received, stored, duplicate, quarantined, gap = (int(number) for number in row)
    rest = received - stored - duplicate - quarantined
    words = f"24 h: received {received} = stored {stored} + duplicate {duplicate} + quarantined {quarantined}"
    balanced = rest == 0
    yield Finding(
        "ok" if balanced else "fail",
        "ledger",
        words if balanced else f"{words}, {rest} unaccounted for",
        "readings were lost: keep the logs and open the ledger page",
    )
    if gap:
        yield Finding(
            "warn", "gaps", f"{gap} messages never arrived", "a station skipped numbers: look at its line"
        )
    waiting = (conn.execute(_Q.open_quarantine).fetchone() or (0,))[0]
    if waiting:
        yield Finding("warn", "quarantine", f"{waiting} items wait", "look at them on the quarantine page")
