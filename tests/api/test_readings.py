"""Readings as pages, files and charts: complete, in order, with flags and offsets, at constant memory."""

import csv
import io
import json
import tracemalloc
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from api import charts, workbook
from tests.api import park

P = "/api/v1"
PERIOD = "from=2026-11-22T00:00:00Z&to=2026-11-22T00:10:00Z"
SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("hours", "points", "period_s", "step"),
    [(1, 3600, 1, 1), (1, 3599, 1, 2), (24, 2000, 1, 60), (24, 1440, 1, 60), (24, 1439, 1, 120), (1, 5000, 60, 60),
     (24 * 30, 1000, 1, 3600), (24 * 365, 100, 1, 4 * 86400), (1, 5000, 86400, 86400)],
)  # fmt: skip
def test_the_step_of_a_chart_is_round_and_its_points_few(hours, points, period_s, step):
    start = at("2026-11-22T00:00:00")
    end = start + timedelta(hours=hours)
    assert charts.step_s(start, end, points, period_s) == step


def test_a_chart_begins_on_a_multiple_of_its_step_since_local_midnight():
    assert charts.aligned(at("2026-11-22T08:07:31"), 300) == at("2026-11-22T08:05:00")
    assert charts.aligned(at("2026-11-22T08:00:00"), 28800) == at("2026-11-22T08:00:00")


def test_what_may_be_averaged_comes_from_the_table_of_flags():
    assert "N-" in charts.averaged("safety")
    assert "M-" not in charts.averaged("safety")
    assert "T-" not in charts.averaged("emission")


@pytest.mark.integration
def test_pages_give_every_reading_once(readers):
    operator, cursor, found = readers("operator"), "", []
    while True:
        tail = f"&cursor={cursor}" if cursor else ""
        page = operator.get(f"{P}/readings?sensor=1&sensor=2&{PERIOD}&limit=333{tail}").json()
        found += [(one["sensor_id"], one["time"]) for one in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert len(found) == 2 * park.READINGS_EACH
    assert found == sorted(set(found))


@pytest.mark.integration
def test_a_period_holds_its_start_and_not_its_end(readers):
    period = "from=2026-11-22T08:00:10%2B08:00&to=2026-11-22T00:00:12Z"
    items = readers("operator").get(f"{P}/readings?sensor=1&{period}&tz=UTC").json()["items"]
    assert [one["time"] for one in items] == ["2026-11-22T00:00:10+00:00", "2026-11-22T00:00:11+00:00"]


@pytest.mark.integration
def test_times_carry_the_offset_of_the_chosen_zone(readers):
    viewer = readers("viewer")
    seen = {}
    for zone in ("", "&tz=UTC", "&tz=Asia/Kolkata", "&tz=America/St_Johns"):
        items = viewer.get(f"{P}/readings?sensor=1&{PERIOD}&limit=1{zone}").json()["items"]
        seen[zone] = items[0]["time"]
        assert datetime.fromisoformat(items[0]["time"]) == park.T0
    assert [one[-6:] for one in seen.values()] == ["+08:00", "+00:00", "+05:30", "-03:30"]


@pytest.mark.integration
@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Asia/Kolkata", "UTC"])
def test_csv_and_ndjson_tell_the_same_as_the_pages(readers, zone):
    operator = readers("operator")
    query = f"{P}/readings?station=s2&quantity=x_lel&{PERIOD}&tz={zone}"
    pages = operator.get(f"{query}&limit=5000").json()["items"]
    answer = operator.get(f"{query}&format=csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    lines = [json.loads(line) for line in operator.get(f"{query}&format=ndjson").text.splitlines()]
    assert len(pages) == len(rows) == len(lines) == park.READINGS_EACH
    for page, row, line in zip(pages, rows, lines, strict=True):
        assert page == {key: line[key] for key in page}
        assert {key: str(page[key]) for key in ("sensor_id", "time", "flag", "mark", "lag_s")} == {
            key: row[key] for key in ("sensor_id", "time", "flag", "mark", "lag_s")
        }
        assert float(row["value"]) == page["value"]
        assert (row["station"], row["unit"]) == (line["station"], line["unit"]) == ("s2", "%LEL")


@pytest.mark.integration
def test_unusual_values_survive_every_format(as_role, park_conn):
    park_conn.execute("delete from reading where sensor_id = 1")
    values = [-12.0, 1e300, 5e-324, -0.0, 123456.789, 31.000000000000004]
    for n, value in enumerate(values):
        park_conn.execute(
            "insert into reading values (1, %s, %s, %s, %s, 'O')",
            [n - 2, park.T0 + timedelta(milliseconds=n), value, "NFMSDCTB"[n]],
        )
    park_conn.commit()
    operator = as_role("operator")
    rows = list(csv.DictReader(io.StringIO(operator.get(f"{P}/readings?sensor=1&{PERIOD}&format=csv").text)))
    lines = [
        json.loads(x) for x in operator.get(f"{P}/readings?sensor=1&{PERIOD}&format=ndjson").text.splitlines()
    ]
    assert [float(row["value"]) for row in rows] == [line["value"] for line in lines] == values
    assert [row["flag"] + row["mark"] for row in rows] == ["NO", "FO", "MO", "SO", "DO", "CO"]
    assert [int(row["lag_s"]) for row in rows] == [-2, -1, 0, 1, 2, 3]
    assert rows[1]["time"] == "2026-11-22T08:00:00.001+08:00"


@pytest.mark.integration
def test_a_station_whose_name_needs_quoting_is_quoted(as_role, park_conn):
    park_conn.execute("""update station set code = 'a,"b' where id = 1""")
    park_conn.commit()
    operator = as_role("operator")
    rows = list(csv.DictReader(io.StringIO(operator.get(f"{P}/readings?sensor=1&{PERIOD}&format=csv").text)))
    line = json.loads(operator.get(f"{P}/readings?sensor=1&{PERIOD}&format=ndjson").text.splitlines()[0])
    assert rows[0]["station"] == line["station"] == 'a,"b'


@pytest.mark.integration
def test_a_workbook_splits_its_sheets_and_keeps_flags_and_offsets(readers, monkeypatch):
    monkeypatch.setattr(workbook, "ROWS_A_SHEET", 1000)
    answer = readers("operator").get(f"{P}/readings?sensor=1&sensor=2&{PERIOD}&format=xlsx")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["readings 1", "readings 2", "sensors"]
    rows = [row for name in book.sheetnames[:2] for row in book[name].iter_rows(min_row=2, values_only=True)]
    assert len(rows) == 2 * park.READINGS_EACH
    assert rows[0][0] == "2026-11-22T08:00:00+08:00"
    assert rows[0][1] == datetime(2026, 11, 22, 8, 0)  # noqa: DTZ001 - Excel knows no time zone
    assert rows[0][2:] == (11, "N", "-", 0, 1)
    assert [row[1] for row in book["sensors"].iter_rows(min_row=2, values_only=True)] == ["s1", "s2"]


@pytest.mark.integration
@pytest.mark.parametrize("kind", ["csv", "ndjson", "xlsx"])
def test_a_file_of_nothing_is_a_file(readers, kind):
    answer = readers("operator").get(
        f"{P}/readings?sensor=1&from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z&format={kind}"
    )
    assert answer.status_code == 200
    if kind == "csv":
        assert answer.text == "time,value,flag,mark,lag_s,sensor_id,station,quantity,form,unit\n"


@pytest.mark.integration
def test_an_export_is_whole_and_its_memory_does_not_grow(as_role, park_conn):
    rows = 300_000
    park_conn.execute("delete from reading where sensor_id = 3")
    park_conn.execute(
        "insert into reading select 3, 0, '2026-11-01Z'::timestamptz + i * interval '1 s', i, 'N', '-'"
        " from generate_series(0, %s - 1) i",
        [rows],
    )
    park_conn.commit()
    query = f"{P}/readings?sensor=3&from=2026-11-01T00:00:00Z&to=2026-11-10T00:00:00Z&format=csv"
    operator = as_role("operator")
    tracemalloc.start()
    count = 0
    with operator.stream("GET", query) as answer:
        for block in answer.iter_raw():
            count += block.count(b"\n")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == rows + 1
    assert peak < 40e6  # the test client itself holds the answer, 21 MB


@pytest.mark.integration
def test_a_reader_who_leaves_gives_the_connection_back(app, as_role, park_conn):
    for n in range(8):  # more than the pool has
        with as_role("operator").stream(
            "GET", f"{P}/readings?sensor={1 + n % 3}&{PERIOD}&format=csv"
        ) as answer:
            next(answer.iter_raw())
    assert as_role("operator").get(f"{P}/parks").status_code == 200
    assert app.state.house.metrics.exports_running == 0


@pytest.mark.integration
def test_a_chart_keeps_the_extremes_and_the_flags(as_role, park_conn):
    spike = park.T0 + timedelta(seconds=247)
    park_conn.execute("update reading set value = 99 where sensor_id = 1 and time = %s", [spike])
    park_conn.execute(
        "update reading set value = 500, flag = 'M' where sensor_id = 1 and time = %s",
        [spike + timedelta(seconds=1)],
    )
    park_conn.commit()
    chart = as_role("operator").get(f"{P}/series?sensor=1&{PERIOD}&points=300").json()
    assert (chart["step_s"], chart["unit"], len(chart["points"])) == (2, "%LEL", 300)
    assert chart["limits"][0]["value"] == 25
    assert chart["points"][0][0] == int(park.T0.timestamp() * 1000)
    top = max(chart["points"], key=lambda point: point[2])
    assert top[2] == 99  # what maintenance shows makes no extreme ...
    marked = [point for point in chart["points"] if "M" in point[5]]
    assert [(point[4], point[5]) for point in marked] == [(500, "M")] or marked[0][
        5
    ] == "MN"  # ... but is told


@pytest.mark.integration
def test_a_chart_shows_nothing_from_before_its_period(as_role, park_conn):
    before = park.T0 + timedelta(seconds=4)
    park_conn.execute("update reading set value = 99 where sensor_id = 1 and time = %s", [before])
    park_conn.execute("update minute set max = 99 where sensor_id = 1 and time = %s", [park.T0])
    park_conn.commit()
    for seconds, points in ((5, 100), (60, 2)):
        begin = (park.T0 + timedelta(seconds=seconds)).isoformat().replace("+", "%2B")
        end = (park.T0 + timedelta(minutes=10)).isoformat().replace("+", "%2B")
        chart = as_role("operator").get(f"{P}/series?sensor=1&from={begin}&to={end}&points={points}").json()
        assert chart["step_s"] == (10 if points == 100 else 300)
        assert max(point[2] for point in chart["points"]) < 99


@pytest.mark.integration
def test_a_chart_from_a_minute_on_comes_from_minute_values(as_role, park_conn):
    park_conn.execute(
        "update minute set max = 77 where sensor_id = 1 and time = %s", [park.T0 + timedelta(minutes=3)]
    )
    park_conn.commit()
    chart = as_role("operator").get(f"{P}/series?sensor=1&{PERIOD}&points=10").json()
    assert (chart["step_s"], len(chart["points"])) == (60, 10)
    assert chart["points"][3][2] == 77
    wide = as_role("operator").get(f"{P}/series?sensor=1&{PERIOD}&points=2").json()
    assert (wide["step_s"], [point[2] for point in wide["points"]]) == (300, [77, 17])
    fine = as_role("operator").get(f"{P}/series?sensor=1&{PERIOD}&points=600").json()
    means = [sum(p[3] for p in fine["points"][i : i + 300]) / 300 for i in (0, 300)]
    assert [point[3] for point in wide["points"]] == pytest.approx(means)


@pytest.mark.integration
def test_the_newest_values_can_be_narrowed(readers):
    operator = readers("operator")

    def sensors(query: str) -> list[int]:
        return [one["sensor_id"] for one in operator.get(f"{P}/readings/latest{query}").json()["items"]]

    assert sensors("") == [1, 2, 3]
    assert sensors("?kind=air") == [3]
    assert sensors("?station=s2") == [2]
    assert sensors("?sensor=3&sensor=1") == [1, 3]
    assert sensors("?park=nowhere") == []
    one = operator.get(f"{P}/readings/latest?sensor=1&tz=UTC").json()["items"][0]
    assert datetime.fromisoformat(one["time"]) == park.T0.astimezone(UTC) + timedelta(seconds=599)
