"""A file of older values becomes minutes: what is there stays, what is wrong is listed, what was stopped goes on."""

import argparse
import csv
import zipfile
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest

from records.__main__ import main
from records.imports import job, reading
from records.imports.command import add_parser, report
from records.imports.mapping import MappingError
from tests.conftest import ROOT
from tests.records.imports.file_park import WIDE, build, write

pytestmark = pytest.mark.integration

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
T0 = datetime(2025, 3, 1, 0, 0, tzinfo=UTC)  # 08:00 in the park
BSM1 = ROOT.parent / "shared" / "data" / "wastewater" / "dryinfluent.csv"
HEAD = "时间,COD,标记,流量\n"


@pytest.fixture
def park(conn):
    build(conn)
    return conn


def load(conn, path, mapping, *, resume=False, clock=lambda: NOW, seen=lambda *_: None):
    return job.load(
        conn, job.prepare(conn, path, mapping, 90), resume=resume, by="test", clock=clock, seen=seen
    )


def dry(conn, path, mapping):
    return job.check(conn, job.prepare(conn, path, mapping, 90), NOW, lambda *_: None)


def minutes(conn, sensor):
    return conn.execute(
        "select time, n, n_valid, mean, min, max, last, flags from minute where sensor_id = %s order by time",
        [sensor],
    ).fetchall()


def refused(outcome):
    with outcome.refused_path.open(encoding="utf-8-sig") as file:
        return [tuple(row.values())[:4] for row in csv.DictReader(file)]


@pytest.fixture
def wide(tmp_path):
    return write(tmp_path, "m.yaml", WIDE)


def test_values_are_stored_in_the_unit_of_the_registry_with_their_flag(park, tmp_path, wide):
    path = write(tmp_path, "a.csv", HEAD + "2025-03-01 08:00,31.5,,36\n2025-03-01 08:01,32.5,维护,72\n")
    outcome = load(park, path, wide)
    assert minutes(park, 12) == [
        (T0, 1, 1, 31.5, 31.5, 31.5, 31.5, "N"),
        (T0 + timedelta(minutes=1), 1, 0, None, None, None, 32.5, "M"),
    ]
    assert [row[3] for row in minutes(park, 11)] == pytest.approx([10.0, 20.0])
    assert outcome.counts["minutes"] == 4
    assert outcome.counts["flagged"] == 1


def test_the_hours_that_a_file_touches_are_due_and_the_ledger_balances(park, tmp_path, wide):
    text = HEAD + "2025-03-01 08:00,31,,36\n2025-03-01 08:59,31,,\n2025-03-01 09:00,x,,36\n"
    outcome = load(park, write(tmp_path, "a.csv", text), wide)
    due = park.execute("select sensor_id, hour, cause from record_due order by 1, 2").fetchall()
    cause = f"import {outcome.job}"
    assert due == [(11, T0, cause), (11, T0 + timedelta(hours=1), cause), (12, T0, cause)]
    ledger = park.execute("select source, station_id, received, stored, duplicate, quarantined from ledger")
    assert ledger.fetchall() == [("import", 1, 5, 4, 0, 1)]


def test_the_end_of_the_period_as_label_moves_the_minutes_back(park, tmp_path):
    mapping = write(
        tmp_path, "m.yaml", WIDE.replace("period_s: 60", "period_s: 3600, label: end") + "repeat: false\n"
    )
    load(park, write(tmp_path, "a.csv", HEAD + "2025-03-01 09:00,31,,\n"), mapping)
    assert [row[0] for row in minutes(park, 12)] == [T0]


def test_a_value_of_a_longer_period_stands_in_each_slot_of_it(park, tmp_path):
    mapping = write(tmp_path, "m.yaml", WIDE.replace("period_s: 60", "period_s: 900"))
    outcome = load(park, write(tmp_path, "a.csv", HEAD + "2025-03-01 08:15,31,,\n"), mapping)
    assert [row[0] for row in minutes(park, 12)] == [T0 + timedelta(minutes=15 + n) for n in range(15)]
    assert outcome.counts["values"] == 1


@pytest.mark.parametrize(
    ("period_s", "label", "rows", "refusals"),
    [
        (3600, "start", ["2025-03-01 08:00", "2025-03-01 08:30", "2025-03-01 09:00"], ["3"]),
        (3600, "end", ["2025-03-01 08:59", "2025-03-01 09:00"], ["2"]),
        (300, "start", ["2025-03-01 08:05", "2025-03-01 08:07"], ["3"]),
        (86400, "start", ["2025-03-01 00:00", "2025-03-02 08:00"], ["3"]),
        (604800, "start", ["2025-03-01 00:00", "2025-03-08 00:00"], []),
    ],
)
def test_a_time_that_begins_no_period_is_refused(park, tmp_path, period_s, label, rows, refusals):
    mapping = write(tmp_path, "m.yaml", WIDE.replace("period_s: 60", f"period_s: {period_s}, label: {label}"))
    outcome = load(park, write(tmp_path, "a.csv", HEAD + "".join(f"{row},31,,\n" for row in rows)), mapping)
    assert outcome.counts["refused off_period"] == len(refusals)
    if refusals:
        assert [(line, reason) for line, _, _, reason in refused(outcome)] == [
            (line, "off_period") for line in refusals
        ]


def test_minutes_for_which_a_sensor_may_still_send_are_left_to_it(park, tmp_path, wide):
    horizon = NOW - timedelta(days=90)
    connected = horizon + timedelta(days=30)
    park.execute("update sensor set due_since = %s where id = 12", [connected])
    park.execute("update sensor set due_since = null where id = 11")
    park.commit()
    times = [
        horizon - timedelta(minutes=1),
        connected - timedelta(minutes=1),
        connected,
        NOW - timedelta(hours=1),
    ]
    rows = [f"{at + timedelta(hours=8):%Y-%m-%d %H:%M},31,,36\n" for at in times]
    outcome = load(park, write(tmp_path, "a.csv", HEAD + "".join(rows)), wide)
    assert [row[0] for row in minutes(park, 12)] == times[:2]
    assert [row[0] for row in minutes(park, 11)] == times
    assert [(line, column, reason) for line, column, _, reason in refused(outcome)] == [
        ("4", "COD", "recent"), ("5", "COD", "recent"),
    ]  # fmt: skip
    park.execute("update sensor set due_since = null")
    park.execute(
        "insert into reading (sensor_id, time, value, flag, mark, lag_s) values (12, %s, 5, 'N', '-', 0)",
        [connected],
    )
    park.commit()
    again = load(park, write(tmp_path, "b.csv", HEAD + "".join(rows) + "\n"), wide)
    assert again.counts["refused recent"] == 2


def test_each_import_has_its_own_list_of_refusals(park, tmp_path, wide):
    path = write(tmp_path, "a.csv", HEAD + "2025-03-01 08:00,x,,\n")
    first = load(park, path, wide)
    second = load(park, path, write(tmp_path, "n.yaml", WIDE + "# another\n"))
    assert first.refused_path != second.refused_path
    assert refused(first) == refused(second) == [("2", "COD", "x", "not_a_number")]


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


def test_what_cannot_be_imported_is_listed_with_its_place_and_the_rest_is_imported(park, tmp_path, wide):
    rows = [
        "2025-03-01 08:00,31,,",
        "2025-03-01 08:61,31,,",
        "2025-03-01 08:02,<0.5,,",
        "2025-03-01 08:03,31,坏,",
        "2026-11-23 10:00,31,,",
        "2025-03-01 08:05,inf,,",
        "2025-03-01 08:06,31,,36,7",
        "2025-03-01 08:07,33,,",
        "",
    ]
    outcome = load(park, write(tmp_path, "a.csv", HEAD + "\n".join(rows)), wide)
    assert [row[3] for row in minutes(park, 12)] == [31.0, 33.0]
    assert sorted(refused(outcome)) == [
        ("3", "时间", "2025-03-01 08:61", "bad_time"),
        ("4", "COD", "<0.5", "not_a_number"),
        ("5", "COD", "坏", "bad_flag"),
        ("6", "COD", "31", "future"),
        ("7", "COD", "inf", "not_finite"),
        ("8", "row", "2025-03-01 08:06,31,,36,7", "bad_row"),
    ]
    assert outcome.counts["values"] == 8


def test_words_for_nothing_are_empty_and_sentinels_are_what_the_mapping_says(park, tmp_path, wide):
    text = HEAD + "2025-03-01 08:00,--,,36\n2025-03-01 08:01,-9999,,-200\n2025-03-01 08:02,30,,\n"
    path = write(tmp_path, "a.csv", text)
    assert dry(park, path, wide).counts["empty"] == 4
    strict = write(tmp_path, "strict.yaml", WIDE.replace("[-9999, -200]", "[-9999, -200], as: refused"))
    outcome = load(park, path, strict)
    assert {row[2:] for row in refused(outcome)} == {("-9999", "sentinel"), ("-200", "sentinel")}
    assert len(minutes(park, 12)) == 1


def test_a_value_that_cannot_be_is_stored_and_not_valid(park, tmp_path, wide):
    text = HEAD + "2025-03-01 08:00,-3,,\n2025-03-01 08:01,31000000,,\n"
    outcome = load(park, write(tmp_path, "a.csv", text), wide)
    assert [(row[2], row[3], row[6]) for row in minutes(park, 12)] == [(0, None, -3.0), (0, None, 31000000.0)]
    assert outcome.counts["implausible"] == 2


def test_a_minute_that_is_there_stays_and_another_value_is_listed(park, tmp_path, wide):
    park.execute("insert into minute values (12, %s, 4, 4, 124, default, 30, 32, 31, %s, 'N')", [T0, T0])
    park.execute(
        "insert into minute values (12, %s, 4, 4, 80, default, 20, 20, 20, %s, 'N')",
        [T0 + timedelta(minutes=1)] * 2,
    )
    text = HEAD + "2025-03-01 08:00,31,,\n2025-03-01 08:01,31,,\n2025-03-01 08:02,31,,\n"
    outcome = load(park, write(tmp_path, "a.csv", text), wide)
    assert [row[1] for row in minutes(park, 12)] == [4, 4, 1]
    assert (outcome.counts["duplicate"], outcome.counts["conflict"]) == (1, 1)
    assert refused(outcome) == [("3", "COD", "31", "conflict")]
    assert park.execute("select received, stored, duplicate from ledger").fetchall() == [(3, 1, 2)]


def test_of_two_rows_of_one_minute_the_first_stays(park, tmp_path, wide):
    text = (
        HEAD + "2025-03-01 08:01,32,,\n2025-03-01 08:00,31,,\n2025-03-01 08:00,40,,\n2025-03-01 08:00,31,,\n"
    )
    outcome = load(park, write(tmp_path, "a.csv", text), wide)
    assert [row[3] for row in minutes(park, 12)] == [31.0, 32.0]
    assert (outcome.counts["duplicate"], outcome.counts["conflict"]) == (1, 1)
    assert refused(outcome) == [("4", "COD", "40", "conflict")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_chinese_files_are_read_however_they_were_saved(park, tmp_path, wide, encoding):
    path = write(tmp_path, "a.csv", HEAD + "2025-03-01 08:00,31,维护,36\r\n", encoding)
    load(park, path, wide)
    assert minutes(park, 12)[0][7] == "M"


def test_a_decimal_comma_needs_another_delimiter_and_gets_it(park, tmp_path):
    mapping = write(tmp_path, "m.yaml", WIDE + 'file: {decimal: ","}\n')
    text = "时间;COD;标记;流量\n2025-03-01 08:00;31,5;;36\n2025-03-01 08:01;x;;36,0\n2025-03-01 08:02;1,5;;\n"
    text += "2025-03-01 08:03;1.5;;\n2025-03-01 08:04;1.234,5;;\n"
    outcome = load(park, write(tmp_path, "a.csv", text), mapping)
    assert [row[3] for row in minutes(park, 12)] == [31.5, 1.5]
    assert [(line, value, reason) for line, _, value, reason in refused(outcome)] == [
        ("3", "x", "not_a_number"), ("5", "1.5", "not_a_number"), ("6", "1.234,5", "not_a_number"),
    ]  # fmt: skip


def test_a_number_of_a_workbook_is_one_whatever_the_decimal_sign_of_its_words_is(park, tmp_path):
    mapping = write(tmp_path, "m.yaml", WIDE + 'file: {decimal: ","}\n')
    book = openpyxl.Workbook()
    for row in (["时间", "COD", "标记", "流量"], ["2025-03-01 08:00", 31.5], ["2025-03-01 08:01", "32,5"]):
        book.active.append(row)
    book.active.append(["2025-03-01 08:02", "33.5"])
    book.save(tmp_path / "a.xlsx")
    outcome = load(park, tmp_path / "a.xlsx", mapping)
    assert [row[3] for row in minutes(park, 12)] == [31.5, 32.5]
    assert refused(outcome) == [("4", "COD", "33.5", "not_a_number")]


LONG = """
park: p
time: {column: t, zone: Asia/Shanghai, period_s: 60}
long:
  station: s
  quantity: q
  value: v
  flag: f
  n: n
  min: lo
  max: hi
  stations: {一号排口: ww-out}
  quantities: {COD: w01018, Q: {quantity: w00000, unit: m3/d}}
"""


def test_a_long_file_names_station_and_quantity_in_each_row(park, tmp_path):
    text = (
        "t,s,q,v,f,n,lo,hi\n2025-03-01T08:00,一号排口,COD,31,N,4,30,33\n2025-03-01T00:01Z,ww-out,011,32,,,,\n"
        "2025-03-01T08:00,一号排口,Q,86.4,,,,\n2025-03-01T08:00,一号排口,CODx,5,,,,\n2025-03-01 08:02,ww-1,COD,5,,,,\n"
    )
    outcome = load(park, write(tmp_path, "a.csv", text), write(tmp_path, "m.yaml", LONG))
    assert [row[:7] for row in minutes(park, 12)] == [
        (T0, 4, 4, 31.0, 30.0, 33.0, 31.0),
        (T0 + timedelta(minutes=1), 1, 1, 32.0, 32.0, 32.0, 32.0),
    ]
    assert minutes(park, 11)[0][3] == pytest.approx(1.0)
    assert refused(outcome) == [
        ("5", "一号排口 CODx", "5", "unknown_sensor"),
        ("6", "ww-1 COD", "5", "unknown_sensor"),
    ]


def test_two_names_of_one_sensor_in_a_long_file_keep_each_its_unit(park, tmp_path):
    quantities = "quantities: {COD: w01018, COD_ug: {quantity: w01018, unit: µg/L}}"
    mapping = (
        "park: p\ntime: {column: t, format: iso, period_s: 60}\nlong:\n  station: s\n  quantity: q\n  value: v\n"
        f"  {quantities}\n"
    )
    text = "t,s,q,v\n2025-03-01T08:00,ww-out,COD,31\n2025-03-01T08:01,ww-out,COD_ug,32000\n2025-03-01T08:01,ww-out,COD,33\n"
    outcome = load(park, write(tmp_path, "a.csv", text), write(tmp_path, "m.yaml", mapping))
    assert [row[3] for row in minutes(park, 12)] == [31.0, 32.0]
    assert refused(outcome) == [("4", "ww-out COD", "33", "conflict")]


def test_the_unit_of_a_long_file_is_that_of_quantities_that_name_none(park, tmp_path):
    mapping = (
        "park: p\ntime: {column: t, format: iso, period_s: 60}\nlong:\n  station: s\n  quantity: q\n  value: v\n"
        "  unit: µg/L\n  quantities: {COD: w01018, NH: {quantity: w21003, unit: mg/L}, Q: w00000}\n"
    )
    path = write(
        tmp_path,
        "a.csv",
        "t,s,q,v\n2025-03-01T08:00,ww-out,COD,31000\n2025-03-01T08:00,ww-out,w01012,5000\n2025-03-01T08:00,ww-out,NH,2\n",
    )
    with pytest.raises(MappingError, match=r"Q: unit of w00000: .*does not convert"):
        load(park, path, write(tmp_path, "m.yaml", mapping))
    load(park, path, write(tmp_path, "n.yaml", mapping.replace(", Q: w00000", "")))
    assert [minutes(park, sensor)[0][3] for sensor in (12, 13, 14)] == [31.0, 2.0, 5.0]


def test_a_sheet_that_says_it_is_smaller_than_it_is_is_read_as_a_whole(park, tmp_path, wide):
    book = openpyxl.Workbook()
    book.active.append(["时间", "COD", "标记", "流量"])
    for minute in range(5):
        book.active.append([f"2025-03-01 08:0{minute}", 31.5, "正常", 36])
    book.save(tmp_path / "whole.xlsx")
    with zipfile.ZipFile(tmp_path / "whole.xlsx") as old, zipfile.ZipFile(tmp_path / "a.xlsx", "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b'<dimension ref="A1:D6"', b'<dimension ref="A1:B3"'))
        assert b'<dimension ref="A1:D6"' in old.read("xl/worksheets/sheet1.xml")
    load(park, tmp_path / "a.xlsx", wide)
    assert [len(minutes(park, sensor)) for sensor in (11, 12)] == [5, 5]


def test_a_workbook_is_read_like_a_text_file(park, tmp_path, wide):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["时间", "COD", "标记", "流量"])
    sheet.append(["2025-03-01 08:00", 31.5, "正常", 36])
    sheet.append(["2025-03-01 08:01", "坏了", None, None])
    book.save(tmp_path / "a.xlsx")
    outcome = load(park, tmp_path / "a.xlsx", wide)
    assert [row[3] for row in minutes(park, 12)] == [31.5]
    assert refused(outcome) == [("3", "COD", "坏了", "not_a_number")]


def test_cells_of_a_workbook_may_be_real_times(park, tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["时间", "COD", "标记", "流量"])
    book.active.append([datetime(2025, 3, 1, 8, 0), 31.5, None, None])  # noqa: DTZ001 - Excel has no zones
    book.save(tmp_path / "a.xlsx")
    load(park, tmp_path / "a.xlsx", write(tmp_path, "m.yaml", WIDE.replace('"%Y-%m-%d %H:%M"', "iso")))
    assert minutes(park, 12)[0][0] == T0


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


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("ww-out", "ww-ou", "station 'ww-ou' is not known; did you mean ww-out?"),
        ("w01018", "w01081", "has no sensor of w01081; did you mean w01018"),
        ("mg/L", "mg/LL", "'mg/LL' is not a known unit; did you mean"),
        ("m3/h", "mg/L", "does not convert to 'L/s'"),
        ("park: p", "park: pp", "park 'pp' is not known; did you mean p?"),
        ("  COD:", "  CODD:", "there is no 'CODD'; did you mean COD?"),
        ("w00000, unit: m3/h", "w01018", "two columns are the same sensor"),
    ],
)
def test_a_mapping_with_an_unknown_name_is_refused_before_anything_is_written(park, tmp_path, old, new, said):
    mapping = write(tmp_path, "m.yaml", WIDE.replace(old, new))
    with pytest.raises(MappingError) as told:
        load(park, write(tmp_path, "a.csv", HEAD + "2025-03-01 08:00,31,,36\n"), mapping)
    assert said in str(told.value)
    assert park.execute("select count(*) from import_job").fetchone() == (0,)


def test_the_command_takes_a_file_and_a_mapping():
    parser = argparse.ArgumentParser()
    add_parser(parser.add_subparsers())
    args = parser.parse_args(["import", "a.csv", "--mapping", "m.yaml", "--dry-run"])
    assert (args.file.name, args.mapping.name, args.dry_run, args.resume) == ("a.csv", "m.yaml", True, False)


INFLUENT = """
park: p
file: {header: false}
time: {column: 1, format: number, unit: d, origin: "2025-03-01T00:00:00+08:00", period_s: 900}
columns:
  11: {station: ww-out, quantity: w21003, unit: g/m3}
  15: {station: ww-out, quantity: w01012, unit: g/m3}
  16: {station: ww-out, quantity: w00000, unit: m3/d}
  23: {station: ww-out, quantity: w01018, unit: g/m3}
"""


@pytest.mark.skipif(not BSM1.exists(), reason="the benchmark influent is not here")
def test_the_benchmark_influent_keeps_its_flow_weighted_load(park, tmp_path):
    rows = [
        [float(cell) for cell in line.split(",")]
        for line in BSM1.read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]
    for row in rows:
        row.append(sum(row[1:8]))  # COD is the sum of the seven organic fractions
    path = write(tmp_path, "bsm1.csv", "\n".join(",".join(map(repr, row)) for row in rows))
    outcome = load(park, path, write(tmp_path, "m.yaml", INFLUENT))
    assert outcome.counts["values"] == 4 * len(rows)
    assert outcome.counts["minutes"] == 4 * 15 * len(rows)
    for sensor, column in ((13, 10), (14, 14), (12, -1)):
        kg = park.execute(
            "select sum(c.mean * q.mean * 60) / 1e6 from minute c join minute q on q.time = c.time and q.sensor_id = 11"
            " where c.sensor_id = %s",
            [sensor],
        ).fetchone()[0]
        assert kg == pytest.approx(sum(row[column] * row[15] * 900 / 86400 for row in rows) / 1e3, rel=1e-9)


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
