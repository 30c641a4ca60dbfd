"""Official records: whole, in order, as they stand and as they stood, by page, by column and as files."""

import csv
import io
import json
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from api import official_files, workbook
from api.official_shapes import STATUSES
from tests.api import air_park

pytestmark = pytest.mark.integration
P = "/api/v1"
SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = datetime(2026, 11, 20, tzinfo=SHANGHAI)
PERIOD = "from=2026-11-20T00:00:00%2B08:00&to=2026-11-21T00:00:00%2B08:00"
REVISED = DAY + timedelta(hours=5)


@pytest.fixture(scope="module")
def asked(servers, founded):
    """Three air stations with a day of hours; 05:00 of sensor 1011 was closed at 06:05 and corrected two days later.

    air-1 is of enterprise e1; the third station and the cause of its records need quoting; 1011 has the day a year before.
    """
    with air_park.opened(servers, founded) as (conn, as_role):
        air_park.stations(conn, DAY, 3)
        air_park.fill(conn, "hour", DAY, DAY + timedelta(days=1))
        air_park.fill(conn, "day", DAY, DAY + timedelta(days=1))
        before = DAY.replace(year=2025)
        air_park.fill(conn, "hour", before, before + timedelta(days=1), [1011])
        _revise(conn)
        conn.execute("update station set enterprise_id = 1 where code = 'air-1'")
        conn.execute("""update record set cause = 'import "a,b\\c"' where sensor_id = 1031""")
        conn.execute("""update station set code = 'a,"b' where code = 'air-3'""")
        conn.commit()
        yield as_role


def _revise(conn):
    conn.execute(
        """insert into record_revision (sensor_id, period, start, revision, status, judgeable, mean, min, max, expected,
               received, samples, flag, method, edition, cause, made_at, replaced_at)
           select sensor_id, period, start, 1, 'valid', true, 0.5, 0.4, 0.6, 60, 60, 60, 'N', 'arithmetic', edition, 'closed',
                  start + interval '65 minutes', start + interval '2 days'
           from record where sensor_id = 1011 and period = 'hour' and start = %s""",
        [REVISED],
    )
    conn.execute(
        """update record set revision = 2, cause = 'correction 12', made_at = start + interval '2 days', mean = null,
               status = 'short', samples = 30, judgeable = false
           where sensor_id = 1011 and period = 'hour' and start = %s""",
        [REVISED],
    )


def hours(client, more="", sensor="sensor=1011"):
    answer = client.get(f"{P}/records?{sensor}&{PERIOD}{more}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_record_says_its_whole_period_and_the_words_of_its_status(asked):
    found = hours(asked("bureau"))
    assert len(found["items"]) == 24
    assert found["zone"] == "Asia/Shanghai"
    one = found["items"][5]
    assert (one["start"], one["end"]) == ("2026-11-20T05:00:00+08:00", "2026-11-20T06:00:00+08:00")
    assert (one["status"], one["status_zh"], one["status_en"]) == ("short", "数据不足", "not enough data")
    assert (one["expected"], one["received"], one["samples"], one["flag"]) == (60, 60, 30, "N")
    assert (one["revision"], one["cause"], one["mean"], one["judgeable"]) == (2, "correction 12", None, False)
    assert found["sensors"][0]["quantity"] == "a21026"


def test_a_day_ends_at_midnight_of_the_park_in_whatever_zone_it_is_told(asked):
    found = asked("bureau").get(f"{P}/records?sensor=1011&{PERIOD}&period=day&tz=UTC").json()["items"]
    assert [(one["start"], one["end"]) for one in found] == [
        ("2026-11-19T16:00:00+00:00", "2026-11-20T16:00:00+00:00")
    ]


@pytest.mark.parametrize(
    ("as_of", "revision", "count"),
    [("2026-11-20T06:04:59", None, 5), ("2026-11-20T06:05:00", 1, 6), ("2026-11-22T04:59:59", 1, 24),
     ("2026-11-22T05:00:00", 2, 24)],
)  # fmt: skip
def test_the_records_can_be_seen_as_they_stood(asked, as_of, revision, count):
    bureau = asked("bureau")
    for found in (
        hours(bureau, f"&as_of={as_of}%2B08:00")["items"],
        list(csv.DictReader(io.StringIO(bureau.get(
            f"{P}/records?sensor=1011&{PERIOD}&as_of={as_of}%2B08:00&format=csv&lang=en").text))),
    ):  # fmt: skip
        assert len(found) == count
        at_five = [int(one["revision"]) for one in found if one["start"] == "2026-11-20T05:00:00+08:00"]
        assert at_five == ([] if revision is None else [revision])


def test_earlier_revisions_are_listed_with_their_cause(asked):
    found = [
        (one["start"][11:13], one["revision"], one["cause"], one["mean"], one["replaced_at"])
        for one in hours(asked("bureau"), "&revisions=true")["items"]
    ]
    assert len(found) == 25
    assert found[5] == ("05", 1, "closed", 0.5, "2026-11-22T05:00:00+08:00")
    assert found[6] == ("05", 2, "correction 12", None, None)


def test_pages_give_every_record_once(asked):
    bureau, cursor, found = asked("bureau"), "", []
    while cursor is not None:
        page = hours(
            bureau, "&revisions=true&limit=7" + (f"&cursor={cursor}" if cursor else ""), "station=air-1"
        )
        found += [(one["sensor_id"], one["start"], one["revision"]) for one in page["items"]]
        cursor = page["next"]
    assert len(found) == 6 * 24 + 1
    assert found == sorted(set(found))


def test_records_can_be_chosen_by_status(asked):
    bureau = asked("bureau")
    assert [one["start"][11:13] for one in hours(bureau, "&status=short&status=none")["items"]] == ["05"]
    assert len(hours(bureau, "&status=valid")["items"]) == 23


def test_columns_say_the_same_as_the_pages(asked):
    bureau = asked("bureau")
    pages = hours(bureau, "&limit=5000", "kind=air&quantity=a05024")["items"]
    drawn = hours(bureau, "&columns=true", "kind=air&quantity=a05024")
    letters = {one["letter"]: one["code"] for one in drawn["statuses"]}
    assert len(letters) == len(STATUSES)
    told = [
        (one["sensor"]["id"], *values)
        for one in drawn["series"]
        for values in zip(
            one["start"],
            one["mean"],
            one["mean_8h"],
            one["status"],
            one["flag"],
            one["revision"],
            strict=True,
        )
    ]
    assert [(s, datetime.fromtimestamp(t / 1000, SHANGHAI).isoformat(), m, m8, letters[st], f, r)
            for s, t, m, m8, st, f, r in told] == [
        (one["sensor_id"], one["start"], one["mean"], one["mean_8h"], one["status"], one["flag"], one["revision"])
        for one in pages
    ]  # fmt: skip
    assert drawn["series"][0]["converted"] is None


def test_a_sensor_without_records_has_empty_columns(asked):
    found = asked("bureau").get(f"{P}/records?sensor=1&{PERIOD}&columns=true").json()["series"]
    assert [(one["start"], one["status"], one["flag"]) for one in found] == [([], "", [])]


def test_columns_have_an_end(asked):
    answer = asked("bureau").get(
        f"{P}/records?kind=air&period=minute&columns=true&from=2026-01-01T00:00:00Z&to=2026-12-01T00:00:00Z"
    )
    assert answer.status_code == 422
    assert "shorter period" in answer.json()["detail"]


def test_minutes_are_what_arrived(asked):
    found = asked("bureau").get(
        f"{P}/records?sensor=1&period=minute&from=2026-11-22T00:00:00Z&to=2026-11-22T00:02:00Z&tz=UTC"
    ).json()["items"]  # fmt: skip
    assert [(one["start"], one["end"], one["received"], one["samples"], one["status"]) for one in found] == [
        ("2026-11-22T00:00:00+00:00", "2026-11-22T00:01:00+00:00", 60, 60, "valid"),
        ("2026-11-22T00:01:00+00:00", "2026-11-22T00:02:00+00:00", 60, 60, "valid"),
    ]


@pytest.mark.parametrize(
    ("query", "status"),
    [("", 422), ("quantity=a21026", 422), ("sensor=999999", 404), ("sensor=1011&sensor=999999", 404),
     ("station=nowhere", 404), ("sensor=1011&period=minute&revisions=true", 422),
     ("sensor=1011&period=minute&as_of=2026-11-22T00:00:00Z", 422), ("sensor=1011&revisions=true&columns=true", 422),
     ("sensor=1011&cursor=x", 422)],
)  # fmt: skip
def test_a_question_that_cannot_be_answered_is_refused(asked, query, status):
    answer = asked("bureau").get(f"{P}/records?{query}")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_an_enterprise_sees_its_own_records_only(asked):
    enterprise = asked("enterprise")
    assert len(hours(enterprise, "&revisions=true")["items"]) == 25
    assert {one["station"] for one in hours(enterprise, sensor="kind=air")["sensors"]} == {"air-1"}
    for more in ("", "&columns=true", "&format=csv", "&period=day"):
        assert enterprise.get(f"{P}/records?sensor=1021&{PERIOD}{more}").status_code == 404
    assert hours(asked("bureau"), sensor="enterprise=e1&quantity=a21026")["sensors"][0]["enterprise"] == "e1"


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Asia/Kolkata"])
def test_csv_and_ndjson_tell_the_same_as_the_pages(asked, zone):
    bureau = asked("bureau")
    query = f"{P}/records?station=air-1&{PERIOD}&revisions=true&tz={zone}"
    pages = bureau.get(f"{query}&limit=5000").json()["items"]
    answer = bureau.get(f"{query}&format=csv&lang=en")
    assert answer.text.startswith(official_files.csv_header("en"))
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    lines = [json.loads(line) for line in bureau.get(f"{query}&format=ndjson&lang=en").text.splitlines()]
    assert len(pages) == len(rows) == len(lines) == 145
    for page, row, line in zip(pages, rows, lines, strict=True):
        instants = ("start", "end", "made_at", "replaced_at")
        assert {key: page[key] for key in page if key in line and key not in instants} == {
            key: line[key] for key in page if key in line and key not in instants
        }
        assert line["status_words"] == page["status_en"]
        assert row["status_words"] == page["status_en"]
        for key in instants:
            assert row[key] == (page[key] or "")
            assert line[key] == page[key]
        for key in ("sensor_id", "status", "flag", "revision", "cause", "samples", "edition"):
            assert row[key] == str(page[key])
        assert (float(row["mean"]) if row["mean"] else None) == page["mean"]
        assert (row["station"], row["unit"]) == ("air-1", line["unit"])


def test_files_are_headed_in_chinese_unless_english_is_asked_for(asked):
    bureau = asked("bureau")
    answer = bureau.get(f"{P}/records?station=air-1&{PERIOD}&format=csv")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    first = next(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert (first["站点"], first["状态"], first["状态代码"]) == ("air-1", "有效", "valid")
    english = bureau.get(f"{P}/records?station=air-1&{PERIOD}&format=csv&lang=en").text.split("\n", 1)[0]
    assert len(english.split(",")) == len(first)
    book = openpyxl.load_workbook(
        io.BytesIO(bureau.get(f"{P}/records?station=air-1&{PERIOD}&format=xlsx").content)
    )
    assert book.sheetnames == ["记录 1", "点位"]
    heads = [[cell.value for cell in book[name][1]] for name in book.sheetnames]
    assert not [head for some in heads for head in some if not any(letter >= "\u4e00" for letter in head)]


def test_what_needs_quoting_survives_the_files(asked):
    bureau = asked("bureau")
    row = next(
        csv.DictReader(io.StringIO(bureau.get(f"{P}/records?sensor=1031&{PERIOD}&format=csv&lang=en").text))
    )
    line = json.loads(bureau.get(f"{P}/records?sensor=1031&{PERIOD}&format=ndjson").text.splitlines()[0])
    assert row["cause"] == line["cause"] == 'import "a,b\\c"'
    assert row["station"] == line["station"] == 'a,"b'


def test_a_workbook_keeps_status_flag_and_offset_and_splits(asked, monkeypatch):
    monkeypatch.setattr(workbook, "ROWS_A_SHEET", 20)
    answer = asked("bureau").get(f"{P}/records?sensor=1011&{PERIOD}&format=xlsx&lang=en")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["records 1", "records 2", "sensors"]
    names = [cell.value for cell in book["records 1"][1]]
    rows = [
        dict(zip(names, row, strict=True))
        for sheet in book.sheetnames[:2]
        for row in book[sheet].iter_rows(min_row=2, values_only=True)
    ]
    assert len(rows) == 24
    assert (rows[5]["start"], rows[5]["status"], rows[5]["status_words"]) == (
        "2026-11-20T05:00:00+08:00", "short", "not enough data",
    )  # fmt: skip
    assert rows[5]["local_time"] == datetime(2026, 11, 20, 5)  # noqa: DTZ001 - Excel knows no time zone
    assert (rows[5]["mean"], rows[5]["flag"], rows[5]["sensor_id"]) == (None, "N", 1011)


def test_two_periods_of_the_same_sensors_are_compared_a_year_apart(asked):
    found = asked("bureau").get(f"{P}/records/compare?sensor=1011&period=hour&{PERIOD}").json()
    assert (found["second"]["from"], found["second"]["to"]) == (
        "2025-11-20T00:00:00+08:00", "2025-11-21T00:00:00+08:00",
    )  # fmt: skip
    first, second = found["first"]["series"][0], found["second"]["series"][0]
    assert len(first["start"]) == len(second["start"]) == 24
    assert first["start"][0] - second["start"][0] == 365 * 86_400_000
    other = asked("bureau").get(
        f"{P}/records/compare?sensor=1011&period=hour&{PERIOD}&with_from=2025-11-20T12:00:00%2B08:00"
    ).json()["second"]  # fmt: skip
    assert (other["to"], len(other["series"][0]["start"])) == ("2025-11-21T12:00:00+08:00", 12)
