"""An import that is tried first, stopped, gone on with, and done twice."""

import argparse

import pytest

from records.__main__ import main
from records.imports import job, reading
from records.imports.command import add_parser, report
from tests.records.imports.deeds import HEAD, T0, dry, load, minutes, refused
from tests.records.imports.file_park import WIDE, write

pytestmark = pytest.mark.integration


def test_a_list_that_cannot_be_written_stops_the_import_and_the_same_command_goes_on(
    park, db_dsn, tmp_path, wide, monkeypatch, capsys
):
    monkeypatch.setenv("SMARTPARK_DB__DSN", db_dsn)
    monkeypatch.setenv("SMARTPARK_DATA_DIR", str(tmp_path))
    path = write(tmp_path, "a.csv", HEAD + "2025-03-01 08:00,31,,36\n2025-03-01 08:01,x,,\n")
    (tmp_path / "a.csv.import-1.refused.csv").symlink_to(tmp_path / "gone" / "a")
    assert main(["import", str(path), "--mapping", str(wide)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith(
        "a.csv.import-1.refused.csv: No such file or directory; put it right, and the same command goes on"
    )
    counts = (
        "select (select count(*) from minute), (select count(*) from ledger), (select state from import_job)"
    )
    assert park.execute(counts).fetchone() == (0, 0, "stopped")
    park.commit()
    (tmp_path / "gone").mkdir()
    assert main(["import", str(path), "--mapping", str(wide)]) == 0
    assert park.execute(counts).fetchone() == (2, 1, "done")


def test_a_dry_run_says_what_would_happen_and_keeps_nothing(park, tmp_path, wide):
    park.execute("insert into minute values (12, %s, 1, 1, 31, default, 31, 31, 31, %s, 'N')", [T0, T0])
    park.commit()
    path = write(tmp_path, "a.csv", HEAD + "2025-03-01 08:00,31,,36\n2025-03-01 08:01,x,,36\n")
    outcome = dry(park, path, wide)
    said = "\n".join(report(outcome, path))
    assert "only checked" in said
    assert "minutes to store 2, there already 1" in said
    assert "line 3, COD: 'x'; write a number like 12.3" in said
    counts = "select (select count(*) from minute), (select count(*) from import_job), (select count(*) from ledger)"
    assert park.execute(counts).fetchone() == (1, 0, 0)
    assert not list(tmp_path.glob("*.refused.csv"))


def test_the_same_file_a_second_time_is_nothing_new(park, tmp_path, wide):
    path = write(tmp_path, "a.csv", HEAD + "2025-03-01 08:00,31,,36\n")
    first = load(park, path, wide)
    again = load(park, path, wide)
    assert (again.state, again.job) == ("nothing_new", first.job)
    assert park.execute("select count(*) from record_due").fetchone() == (2,)


def test_an_import_that_was_stopped_goes_on_where_it_was(park, tmp_path, wide, monkeypatch):
    monkeypatch.setattr(reading, "_BYTES", 500)
    monkeypatch.setattr(reading, "_LEAST_BYTES", 500)
    monkeypatch.setattr(reading, "CELLS", 60)
    rows = [f"2025-03-01 {8 + n // 60:02}:{n % 60:02},{'x' if n % 50 == 7 else n},,36" for n in range(600)]
    path = write(tmp_path, "a.csv", HEAD + "\n".join(rows))
    blocks = []

    def interrupt(position, counts):
        blocks.append(position)
        if len(blocks) == 2:
            raise KeyboardInterrupt

    stopped = load(park, path, wide, seen=interrupt)
    assert stopped.state == "stopped"
    there = len(minutes(park, 11))
    assert 0 < there < 600
    with path.with_name("a.csv.import-1.refused.csv").open("ab") as file:
        file.write(b"a block that was never committed\r\n")
    done = load(park, path, wide, resume=True)
    assert (done.state, done.job) == ("done", stopped.job)
    assert len(minutes(park, 11)) == 600
    assert done.counts["minutes"] == 600 + 588
    assert done.counts["duplicate"] == 0
    assert [line for line, *_ in refused(done)] == [str(n + 2) for n in range(7, 600, 50)]
    assert park.execute("select sum(received) - sum(stored) - sum(quarantined) from ledger").fetchone() == (
        0,
    )


def test_resume_needs_something_to_go_on_with(park, tmp_path, wide):
    with pytest.raises(job.ResumeError, match="never begun"):
        load(park, write(tmp_path, "a.csv", HEAD), wide, resume=True)


def test_the_command_takes_a_file_and_a_mapping():
    parser = argparse.ArgumentParser()
    add_parser(parser.add_subparsers())
    args = parser.parse_args(["import", "a.csv", "--mapping", "m.yaml", "--dry-run"])
    assert (args.file.name, args.mapping.name, args.dry_run, args.resume) == ("a.csv", "m.yaml", True, False)


def test_the_command_line_imports_and_says_what_became_of_the_file(
    park, db_dsn, tmp_path, wide, monkeypatch, capsys
):
    monkeypatch.setenv("SMARTPARK_DB__DSN", db_dsn)
    monkeypatch.setenv("SMARTPARK_DATA_DIR", str(tmp_path))
    path = write(tmp_path, "a.csv", HEAD + "2025-03-01 08:00,31,,36\n2025-03-01 08:01,x,,\n")
    assert main(["import", str(path), "--mapping", str(wide)]) == 0
    said = capsys.readouterr().out
    assert "a.csv is imported as import 1." in said
    assert "not_a_number: 1" in said
    assert f"every refusal: {path}.import-1.refused.csv" in said
    wrong = write(tmp_path, "wrong.yaml", WIDE.replace("w01018", "w01081"))
    assert main(["import", str(path), "--mapping", str(wrong)]) == 2
    assert "did you mean w01018" in capsys.readouterr().err
