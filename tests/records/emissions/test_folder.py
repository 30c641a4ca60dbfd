"""The emission files of a park's folder are checked, loaded once, and never go over what a person changed."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from records.emissions import folder
from records.emissions.__main__ import main
from smartpark import db
from smartpark.catalogue.problems import CatalogueError
from smartpark.catalogue.reader import read
from smartpark.catalogue.store import store
from tests.records.emissions import outlets

pytestmark = pytest.mark.integration
NOW = datetime(2026, 11, 26, tzinfo=UTC)
DEMO = Path(__file__).resolve().parents[3] / "parks" / "demo"


def test_the_demo_park_loads_and_a_second_load_changes_nothing(conn: db.Connection):
    store(conn, read(DEMO), "test")
    first = folder.load(conn, DEMO, "demo", "test", NOW)
    assert all(first.values()), first
    assert not any(folder.load(conn, DEMO, "demo", "test", NOW).values())
    assert conn.execute("select count(*) from audit where action = 'emissions_loaded'").fetchone() == (1,)


def test_the_command_loads_a_folder_and_says_what_is_wrong(conn, db_dsn, monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("SMARTPARK_DB__DSN", db_dsn)
    assert main(["load", str(DEMO)]) == 1
    assert "load it first" in capsys.readouterr().err
    store(conn, read(DEMO), "test")
    conn.commit()
    assert main(["load", str(DEMO)]) == 0
    assert "allowances" in capsys.readouterr().out
    (tmp_path / "park.yaml").write_text("code: demo\n")
    (tmp_path / "declared.csv").write_text("enterprise\n")
    assert main(["load", str(tmp_path)]) == 1
    assert "declared.csv:1:" in capsys.readouterr().err


def test_what_a_person_changed_stays_and_a_meter_that_is_gone_leaves_the_balance(conn, tmp_path):
    outlets.build(conn)
    (tmp_path / "reductions.csv").write_text(
        "pollutant,base_year,base_kg,cut_percent,due_year,document\nCOD,2025,100,6,2026,d\nNOx,2025,100,6,2026,d\n"
    )
    meters = "role,station,quantity,sign\ncollected,ww-in,w00000,\ntreated,ww-out,w00000,1\n"
    (tmp_path / "water_balance.csv").write_text(meters)
    assert folder.load(conn, tmp_path, "p", "test", NOW)["meters"] == 2
    conn.execute("update reduction set base_kg = 200, changed_by = 'bureau' where pollutant = 'COD'")
    (tmp_path / "water_balance.csv").write_text(meters.rsplit("treated", maxsplit=1)[0])
    (tmp_path / "reductions.csv").write_text(
        "pollutant,base_year,base_kg,cut_percent,due_year,document\nCOD,2025,300,6,2026,d\nNOx,2025,300,6,2026,d\n"
    )
    changed = folder.load(conn, tmp_path, "p", "test", NOW)
    assert (changed["meters"], changed["reductions"]) == (1, 1)
    found = conn.execute("select pollutant, base_kg from reduction order by 1").fetchall()
    assert found == [("COD", 200.0), ("NOx", 300.0)]
    assert conn.execute("select role from water_balance").fetchall() == [("collected",)]


@pytest.mark.parametrize(
    ("file", "line", "problem"),
    [
        ("allowances.csv", "e1,ww-out,COD,2026,1,p,2026-01-01,2026-12-31,d", "ww-out' is not of 'e1'"),
        ("allowances.csv", "e1,,COD,2026,-1,p,2026-01-01,2026-12-31,d", "below 0"),
        ("allowances.csv", "e1,,CO2,2026,1,p,2026-01-01,2026-12-31,d", "'CO2' is not known"),
        ("allowances.csv", "e1,,COD,2026,1,p,2026-06-01,2026-01-31,d", "before valid_from"),
        ("allowances.csv", "e1,,COD,2026,1,p,1 May,2026-01-31,d", "is not a day"),
        (
            "allowances.csv",
            "e1,,COD,2028,1,p,2026-01-01,2027-12-31,d",
            "permit is not valid in 2028; write a year from 2026",
        ),
        ("declared.csv", "e1,COD,2025,3,,5,d", "exclude each other"),
        ("declared.csv", "e1,COD,2025,,6,5,d", "exclude each other"),
        ("declared.csv", "e1,COD,2026,1,3,5,d", "both of quarter and month"),
        ("declared.csv", "e1,COD,2026,,13,5,d", "month 13 does not exist"),
        ("declared.csv", "x9,COD,2026,,1,5,d", "'x9' is not in enterprises.csv"),
        ("reductions.csv", "COD,2026,5,101,2027,d", "more than all"),
        ("reductions.csv", "COD,2026,5,10,2026,d", "not after base_year"),
        ("calculated.csv", "e1,VOC,2026-01-02,tanks,5,m,d", "does not begin a month"),
        ("water_balance.csv", "treated,stack-1,w00000,1", "has no w00000"),
        ("water_balance.csv", "treated,ww-out,w00000,2", "neither 1 nor -1"),
    ],
)
def test_what_does_not_fit_is_said_with_its_line(conn, tmp_path, file, line, problem):
    outlets.build(conn)
    conn.execute(
        "insert into declared_emission (enterprise_id, pollutant, year, quarter, month, kg, document, changed_by, changed_at)"
        " values (1, 'COD', 2025, null, 9, 5, 'd', 'x', %(now)s), (1, 'COD', 2025, 2, null, 5, 'd', 'x', %(now)s)",
        {"now": NOW},
    )
    columns = {
        "allowances.csv": "enterprise,station,pollutant,year,kg,permit,valid_from,valid_to,document",
        "declared.csv": "enterprise,pollutant,year,quarter,month,kg,document",
        "reductions.csv": "pollutant,base_year,base_kg,cut_percent,due_year,document",
        "calculated.csv": "enterprise,pollutant,month,source,kg,method,document",
        "water_balance.csv": "role,station,quantity,sign",
    }
    (tmp_path / file).write_text(f"{columns[file]}\n{line}\n")
    with pytest.raises(CatalogueError, match=f"{file}:2: .*{problem}"):
        folder.load(conn, tmp_path, "p", "test", NOW)


def test_a_quarter_and_a_month_of_it_are_not_both_declared_in_one_file(conn, tmp_path):
    outlets.build(conn)
    rows = ("e1,COD,2026,3,,5,d", "e1,COD,2026,,6,5,d", "e2,COD,2026,,7,5,d", "e1,COD,2026,,9,5,d")
    columns = "enterprise,pollutant,year,quarter,month,kg,document"
    (tmp_path / "declared.csv").write_text("\n".join((columns, *rows)) + "\n")
    with pytest.raises(CatalogueError, match=r"^\S*declared.csv:5: .*exclude each other[^\n]*$"):
        folder.load(conn, tmp_path, "p", "test", NOW)
    (tmp_path / "declared.csv").write_text("\n".join((columns, *rows[:3])) + "\n")
    assert folder.load(conn, tmp_path, "p", "test", NOW)["declared"] == 3
    assert folder.load(conn, tmp_path, "p", "test", NOW)["declared"] == 0
