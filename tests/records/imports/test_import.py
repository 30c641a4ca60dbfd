"""A file of older values becomes minutes: what is there stays, what is wrong is listed, what was stopped goes on."""

from datetime import timedelta

import pytest

from records.imports.mapping import MappingError
from tests.conftest import ROOT
from tests.records.imports.deeds import HEAD, NOW, T0, dry, load, minutes, refused
from tests.records.imports.file_park import WIDE, write

pytestmark = pytest.mark.integration

BSM1 = ROOT.parent / "shared" / "data" / "wastewater" / "dryinfluent.csv"


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
