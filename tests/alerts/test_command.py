"""``python -m alerts`` as people and the starter call it."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from alerts import __main__ as command
from alerts.rulebook import SHIPPED
from smartpark import clock
from tests.alerts import small_park
from tests.alerts.test_actions import raise_alert

ROOT = Path(__file__).parents[2]


def test_the_shipped_rulebooks_pass(capsys):
    assert command.main(["check", str(SHIPPED)]) == 0
    assert capsys.readouterr().out.endswith("nothing wrong\n")


def test_a_wrong_folder_is_refused_with_file_and_line(tmp_path, capsys):
    (tmp_path / "one.yaml").write_text("rule: one\nkind: limit\n", encoding="utf-8")
    assert command.main(["check", str(tmp_path)]) == 1
    assert f"{tmp_path}/one.yaml:1: class is missing; write class: one of" in capsys.readouterr().out


def test_without_a_database_one_sentence_says_what_to_write(monkeypatch, capsys):
    monkeypatch.delenv("SMARTPARK_DB__DSN", raising=False)
    assert command.main(["load"]) == 2
    assert "SMARTPARK_DB__DSN is not set; write the connection string" in capsys.readouterr().err


@pytest.mark.parametrize(
    "period", [("2026-11-22", "2026-11-23"), ("2026-11-23T00:00+08:00", "2026-11-22T00:00+08:00")]
)
def test_a_period_without_offset_or_turned_round_is_refused(monkeypatch, capsys, period):
    monkeypatch.setenv("SMARTPARK_DB__DSN", "host=nowhere")
    assert command.main(["replay", "gas_toxic", "--from", period[0], "--to", period[1]]) == 2
    assert "instants with an offset, the first before the second" in capsys.readouterr().err


@pytest.mark.integration
def test_load_stores_the_shipped_rulebooks(conn, db_dsn, monkeypatch, capsys):
    from smartpark.quantities import registry

    for quantity in registry().values():
        conn.execute(
            "insert into quantity (code, name_zh, name_en, unit, source) values (%s, %s, %s, %s, 't')",
            [quantity.code, quantity.name_zh, quantity.name_en, quantity.unit],
        )
    conn.commit()
    monkeypatch.setenv("SMARTPARK_DB__DSN", db_dsn)
    assert command.main(["load", str(SHIPPED)]) == 0
    assert command.main(["load", str(SHIPPED)]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith(f"rules: {len(list(SHIPPED.glob('*.test.yaml')))} new, 0 changed; limits: ")
    assert second.startswith("rules: 0 new, 0 changed; limits: 0 new, 0 changed; ")
    assert conn.execute("select count(*) from rule where retired_at is null").fetchone()[0] > 20


@pytest.mark.integration
def test_replay_answers_machines_in_json(conn, db_dsn, monkeypatch, capsys):
    import json

    small_park.build(conn)
    small_park.store(conn, small_park.readings((0, 1.5), (10, 0.2)))
    conn.commit()
    monkeypatch.setenv("SMARTPARK_DB__DSN", db_dsn)
    day = ["--from", "2026-11-22T00:00:00+08:00", "--to", "2026-11-23T00:00:00+08:00"]
    assert command.main(["replay", "gas_toxic", *day, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["alerts"] == 1


@pytest.mark.integration
def test_the_process_takes_pictures_and_ends_on_sigterm(conn, db_dsn):
    small_park.build(conn)
    conn.execute(
        "insert into camera (id, park_id, code, name_zh, name_en, lat, lon) values (1, 1, 'c1', '摄像头', 'Camera', 39.45, 106.68)"
    )
    conn.execute("insert into camera_view values (1, 1)")
    conn.commit()
    environ = os.environ | {"SMARTPARK_DB__DSN": db_dsn, "SMARTPARK_MODE": "demo"}
    words = [sys.executable, "-m", "alerts", "run"]
    with subprocess.Popen(words, cwd=ROOT, env=environ, stderr=subprocess.PIPE, text=True) as process:
        try:
            begun = process.stderr.readline()
            assert "watching" in begun
            raise_alert(conn, now=clock.now())
            deadline = clock.monotonic_s() + 20
            taken = 0
            while not taken and clock.monotonic_s() < deadline:
                taken = conn.execute("select count(*) from snapshot").fetchone()[0]
                conn.commit()
            assert taken == 1
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=10)
    assert process.returncode == 0
    moved = conn.execute("select moved_at from event_cursor where consumer = 'snapshots'").fetchone()[0]
    assert datetime.now(UTC) - moved < timedelta(seconds=30)
