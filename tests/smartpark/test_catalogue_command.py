"""``python -m smartpark catalogue`` as an engineer types it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from smartpark.catalogue import loggers, plan, reader, sensors
from smartpark.places import KINDS, OUTLET_KINDS, ZONE_KINDS

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "parks" / "demo"


def catalogue(*arguments, dsn: str | None = None) -> subprocess.CompletedProcess[str]:
    environ = {k: v for k, v in os.environ.items() if not k.startswith("SMARTPARK_")}
    if dsn is not None:
        environ["SMARTPARK_DB__DSN"] = dsn
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "smartpark", "catalogue", *map(str, arguments)],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )


def test_check_says_what_a_good_catalogue_holds():
    done = catalogue("check", DEMO)
    assert (done.returncode, done.stderr) == (0, "")
    assert "40 enterprises, 19 hazard sources" in done.stdout
    assert "96 cameras; no problems" in done.stdout


def test_check_points_at_the_line_and_ends_with_exit_code_1(tmp_path):
    folder = shutil.copytree(DEMO, tmp_path / "park")
    table = folder / "stations.csv"
    text = table.read_text()
    line = text[: text.index("gas-hy-001,gas,")].count("\n") + 1
    table.write_text(text.replace("gas-hy-001,gas,", "gas-hy-001,gaz,"))
    done = catalogue("check", folder)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.splitlines() == [
        f"{folder}/stations.csv:{line}: kind 'gaz' is not known; did you mean gas?",
        f"{folder}: 1 problem · 目录有误",
    ]


@pytest.mark.integration
def test_load_and_export_give_the_same_park_back(db_dsn, tmp_path):
    first = catalogue("load", DEMO, dsn=db_dsn)
    assert (first.returncode, first.stderr) == (0, "")
    assert "352 stations" in first.stdout
    assert catalogue("load", DEMO, dsn=db_dsn).stdout == f"{DEMO}: nothing changed\n"
    exported = catalogue("export", tmp_path / "out", dsn=db_dsn)
    assert (exported.returncode, exported.stderr) == (0, "")
    assert reader.read(tmp_path / "out") == reader.read(DEMO)


@pytest.mark.integration
def test_a_bad_catalogue_does_not_reach_the_database(conn, db_dsn, tmp_path):
    folder = shutil.copytree(DEMO, tmp_path / "park")
    (folder / "cameras.csv").write_text("code\n")
    assert catalogue("load", folder, dsn=db_dsn).returncode == 1
    assert conn.execute("select count(*) from park").fetchone() == (0,)


@pytest.mark.integration
def test_export_of_a_park_that_is_not_there_says_so(db_dsn, tmp_path):
    done = catalogue("export", tmp_path, "--park", "moon", dsn=db_dsn)
    assert done.returncode == 1
    assert done.stderr == "park 'moon' is not in the database; name one of: none\n"


def test_the_page_about_catalogues_names_every_file_column_and_word():
    page = (ROOT / "docs" / "catalogue.md").read_text()
    columns = (
        reader.ENTERPRISES,
        reader.STATIONS,
        reader.CAMERAS,
        loggers.LOGGERS,
        sensors.TEMPLATES,
        sensors.SENSORS,
    )
    words = {name for one in columns for name in one.every}
    words |= {
        *reader.PARK_KEYS,
        *reader.ZONE_KEYS,
        *reader.SOURCE_KEYS,
        *reader.SUBSTANCE_KEYS,
        *reader.PERSON_KEYS,
    }
    words |= KINDS | plan.KINDS | ZONE_KINDS | {kind for kinds in OUTLET_KINDS.values() for kind in kinds}
    quoted = {word for chunk in page.split("`")[1::2] for word in chunk.split()}
    assert words - quoted == set()
