"""The starter on servers of its own, with stand-ins for the processes: what is tested is starting and ending."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from smartpark import clock, db, run_state

pytestmark = pytest.mark.integration

ROOT = Path(__file__).resolve().parents[2]
SILENT = """\
import signal, sys
if sys.argv[1:2] in (["load"], ["users"], ["demo"]):
    sys.exit(0)
while True:
    signal.pause()
"""
API = """\
import http.server, os, sys
if sys.argv[1:2] == ["users"]:
    sys.exit(0)
class Alive(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
http.server.HTTPServer(("127.0.0.1", int(os.environ["SMARTPARK_API__PORT"])), Alive).serve_forever()
"""


def within(seconds_s: float, happened: Callable[[], object]) -> None:
    deadline = clock.monotonic_s() + seconds_s
    while not happened():
        assert clock.monotonic_s() < deadline, "it did not happen in time"
        clock.wait(0.05)


class Place:
    """A folder in which ``python -m smartpark`` is the real one and the processes are stand-ins."""

    def __init__(self, folder: Path, environ: dict[str, str]) -> None:
        self.folder = folder
        self.environ = environ
        self.out = folder / "up.log"
        for name in ("ingest", "records", "alerts", "api", "simulators", "modules"):
            (folder / name).mkdir()
            (folder / name / "__init__.py").touch()
            (folder / name / "__main__.py").write_text(API if name == "api" else SILENT)

    def up(self, *arguments: str) -> subprocess.Popen[bytes]:
        with self.out.open("ab") as out:
            return subprocess.Popen(
                [sys.executable, "-m", "smartpark", "up", *arguments],
                cwd=self.folder,
                env=self.environ,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
            )

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "smartpark", *arguments],
            cwd=self.folder,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def status(self) -> dict[str, Any]:
        shown: dict[str, Any] = json.loads(self.run("status", "--json").stdout)
        return shown

    def is_up(self) -> bool:
        return "Smartpark is running" in self.out.read_text()


@pytest.fixture
def place(tmp_path: Path, db_dsn: str, mqtt_url: str) -> Iterator[Place]:
    with db.connect(db_dsn, name="tests") as conn:
        conn.execute(
            "insert into park (code, name_zh, name_en, timezone, lat, lon) values ('p', '园区', 'Park', 'Asia/Shanghai', 39.45, 106.68)"
        )
    environ = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "SMARTPARK_DB__DSN": db_dsn,
        "SMARTPARK_MQTT__URL": mqtt_url,
    }
    place = Place(tmp_path, environ)
    yield place
    place.run("down")


def test_up_starts_every_process_and_control_c_ends_every_one(place: Place, db_dsn: str, mqtt_url: str):
    starter = place.up()
    within(40, place.is_up)
    shown = place.status()
    assert [one["name"] for one in shown["processes"]] == [
        "starter",
        "ingest-safety",
        "ingest-rest",
        "gateway",
        "records",
        "alerts",
        "api",
        "simulators",
        "loggers",
        "upper",
        "history",
        "deeds",
    ]
    # One that has just ended is noted as done a moment later.
    within(10, lambda: {one["state"] for one in place.status()["processes"]} <= {"running", "done"})
    assert (shown["db_dsn"], shown["mqtt_url"]) == (db_dsn, mqtt_url)
    assert shown["gateway_address"].startswith("127.0.0.1:")
    assert shown["gateway_address"] in place.out.read_text()
    assert shown["api_url"] in place.out.read_text()
    assert {"username": "operator", "password": "operator-demo", "role": "operator"} in shown["users"]
    starter.send_signal(signal.SIGINT)
    assert starter.wait(30) == 0
    assert [one["pid"] for one in shown["processes"] if run_state.started_at(one["pid"])] == []
    assert place.status()["processes"] == []


def test_a_second_up_is_refused_in_one_sentence_and_disturbs_nothing(place: Place):
    starter = place.up()
    within(40, place.is_up)
    second = place.run("up")
    assert second.returncode == 1
    assert second.stderr.startswith("smartpark: Smartpark already runs here (process ")
    assert len(second.stderr.strip().splitlines()) == 1
    assert place.status()["running"]
    done = place.run("down")
    assert (done.returncode, starter.wait(30)) == (0, 0)
    assert not place.status()["running"]


def test_a_killed_process_is_back_and_the_status_says_how_often(place: Place):
    starter = place.up()
    within(40, place.is_up)
    before = {one["name"]: one for one in place.status()["processes"]}
    os.kill(before["alerts"]["pid"], signal.SIGKILL)
    within(20, lambda: {one["name"]: one for one in place.status()["processes"]}["alerts"]["restarts"] == 1)
    after = {one["name"]: one for one in place.status()["processes"]}
    assert after["alerts"]["pid"] != before["alerts"]["pid"]
    assert after["api"] == before["api"]
    starter.terminate()
    assert starter.wait(30) == 0


def test_a_killed_starter_takes_its_processes_with_it_and_the_next_up_works(place: Place):
    starter = place.up()
    within(40, place.is_up)
    pids = [one["pid"] for one in place.status()["processes"]]
    starter.kill()
    starter.wait()
    within(20, lambda: not any(run_state.started_at(pid) for pid in pids))
    assert not place.status()["running"]
    place.out.unlink()
    again = place.up()
    within(40, place.is_up)
    again.terminate()
    assert again.wait(30) == 0


def test_an_import_that_fails_stops_the_start_with_its_own_last_line(place: Place):
    (place.folder / "alerts" / "__main__.py").write_text(
        "import sys\nsys.exit('alerts: line 3 names no rule')\n"
    )
    starter = place.up()
    assert starter.wait(40) == 1
    said = place.out.read_text()
    assert "smartpark: `python -m alerts load` failed: alerts: line 3 names no rule" in said
    assert "Traceback" not in said


def test_a_database_that_does_not_answer_is_said_in_one_sentence(place: Place):
    place.environ["SMARTPARK_DB__DSN"] = "postgresql://nobody@127.0.0.1:1/none"
    told = place.run("up")
    assert told.returncode == 1
    assert "the database cannot be used" in told.stderr
    assert "SMARTPARK_DB__DSN" in told.stderr
    assert "Traceback" not in told.stderr


def test_a_taken_port_is_avoided_in_the_demo_and_said_in_production(place: Place):
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        place.environ["SMARTPARK_API__PORT"] = str(port)
        starter = place.up()
        within(40, place.is_up)
        assert place.status()["api_url"] not in {None, f"http://127.0.0.1:{port}"}
        starter.terminate()
        starter.wait(30)
        place.environ |= {"SMARTPARK_MODE": "production", "SMARTPARK_API__SECRET": "s" * 40}
        told = place.run("up")
        assert told.returncode == 1
        assert f"port {port} is in use; set SMARTPARK_API__PORT" in told.stderr


def test_the_doctor_names_what_is_wrong_and_what_to_do(place: Place):
    found = {one["what"]: one for one in json.loads(place.run("doctor", "--json").stdout)}
    assert found["processes"]["grade"] == "warn"
    assert found["processes"]["remedy"] == "start it with: make run"
    assert found["timescaledb"]["grade"] == "ok"
    assert found["durable"]["grade"] == "fail"  # this test's database does not wait for the disk
    assert found["migrations"]["grade"] == "ok"
    assert found["ledger"]["grade"] == "ok"


def test_the_doctor_sees_a_ledger_that_does_not_balance(place: Place, db_dsn: str):
    with db.connect(db_dsn, name="tests") as conn:
        conn.execute(
            "insert into ledger (minute, source, station_id, received, stored)"
            " values (date_trunc('minute', now()) - interval '5 minutes', 'mqtt', 0, 10, 9)"
        )
    told = place.run("doctor", "--json")
    found = {one["what"]: one for one in json.loads(told.stdout)}
    assert told.returncode == 1
    assert found["ledger"]["grade"] == "fail"
    assert "1 unaccounted for" in found["ledger"]["detail"]


def test_reset_asks_before_it_removes_anything(place: Place):
    told = place.run("reset")
    assert told.returncode == 1
    assert "reset --yes" in told.stderr
    kept = place.folder / ".smartpark" / "snapshots"
    kept.mkdir(parents=True)
    done = place.run("reset", "--yes")
    assert "your own database and broker were not touched" in done.stdout
    assert not kept.exists()
