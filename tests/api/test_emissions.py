"""Emitted mass of a year of hours with gaps equals what adding them up one by one says, in every view of it."""

import csv
import io
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator

from api.app import create_app
from records.emissions.substituting import Substituting
from smartpark import clock, db, settings
from tests.api import park
from tests.databases import clone
from tests.records.emissions import outlets
from tests.records.emissions.outlets import HOUR

pytestmark = pytest.mark.integration
P = "/api/v1"
ZONE = ZoneInfo("Asia/Shanghai")
START = datetime(2025, 12, 31, 16, tzinfo=UTC)  # 1 January 2026 in the park
END = datetime(2026, 11, 20, 10, tzinfo=UTC)  # in the middle of a day
AT = "to=2026-11-20T10:00:00Z"
SENSORS = {
    outlets.SO2: (1, "SO2"),
    outlets.COD: (1, "COD"),
    outlets.PLANT_COD: (2, "COD"),
    outlets.INLET_COD: (2, "COD"),
}
MADE = datetime(2026, 11, 20, 10, 5, tzinfo=UTC)


class Truth:
    """Every hour of every sensor."""

    def __init__(self) -> None:
        chance = np.random.default_rng(20)
        self.hours: dict[int, list[tuple[str, float | None]]] = {}
        length = int((END - START) / HOUR)
        for sensor in SENSORS:
            found: list[tuple[str, float | None]] = []
            while len(found) < length:
                status = str(chance.choice(["valid", "none", "short", "stopped"], p=[0.6, 0.15, 0.15, 0.1]))
                run = int(chance.integers(1, 500 if status == "valid" else 40))
                found += [
                    (status, float(chance.gamma(4, 1)) if status == "valid" else None) for _ in range(run)
                ]
            self.hours[sensor] = found[:length]

    def store(self, conn: db.Connection) -> None:
        for sensor, found in self.hours.items():
            outlets.hours(conn, sensor, START, found, made_at=MADE)
            days: dict[datetime, list[tuple[str, float | None]]] = defaultdict(list)
            for number, one in enumerate(found):
                days[local(number).replace(hour=0)].append(one)
            for day, hours in days.items():
                if day + timedelta(days=1) <= END and day.date() < date(
                    2026, 11, 19
                ):  # the last whole day is not made yet
                    masses = [m for _, m in hours if m is not None]
                    outlets.day(
                        conn,
                        sensor,
                        day,
                        sum(masses) if masses else None,
                        made_at=MADE,
                        valid=len(masses) >= 20,
                    )


def local(number: int) -> datetime:
    return (START + number * HOUR).astimezone(ZONE)


@pytest.fixture(scope="module")
def truth() -> Truth:
    return Truth()


@pytest.fixture(scope="module")
def bureau(servers, template, truth):
    """The ecology bureau in a park with a year of hours."""
    with clone(servers, template) as dsn:
        with db.connect(dsn, name="tests") as conn:
            outlets.build(conn)
            park.people(conn)
            truth.store(conn)
            Substituting().turn(conn, MADE)
            conn.execute(
                "insert into calculated_emission (enterprise_id, pollutant, month, source, kg, method, document, changed_by,"
                " changed_at) select 1, 'VOC', make_date(2026, m, 1), 'tanks', 100 * m, 'formula', 'd', 'x', now()"
                " from generate_series(1, 11) m"
            )
            conn.execute(
                "insert into allowance (enterprise_id, station_id, pollutant, year, kg, permit, valid_from, valid_to, document,"
                " changed_by, changed_at) values (1, null, 'SO2', 2026, 34000, 'P1', '2026-01-01', '2026-12-31', 'd', 'x', now()),"
                " (1, 2, 'COD', 2026, 1e9, 'P1', '2026-01-01', '2026-12-31', 'd', 'x', now()),"
                " (2, null, 'COD', 2026, 5000, 'P2', '2026-01-01', '2026-12-31', 'd', 'x', now())"
            )
            conn.execute(
                "insert into reduction (park_id, pollutant, base_year, base_kg, cut_percent, due_year, document, changed_by,"
                " changed_at) values (1, 'COD', 2020, 40000, 10, 2026, 'd', 'x', now()), (1, 'SO2', 2020, 1, 10, 2025, 'd', 'x', now())"
            )
            conn.execute(
                "insert into declared_emission (enterprise_id, pollutant, year, quarter, month, kg, document, changed_by, changed_at)"
                " values (1, 'SO2', 2026, 1, null, 9000, 'd', 'x', now()), (1, 'SO2', 2026, null, 5, 3000, 'd', 'x', now()),"
                " (1, 'SO2', 2026, null, 11, 77, 'd', 'x', now())"
            )
            conn.commit()
        app = create_app(settings.load({"SMARTPARK_DB__DSN": dsn, "SMARTPARK_DB__POOL_SIZE": "4"}, None))
        with TestClient(app):

            def somebody(name: str) -> TestClient:
                token = app.state.house.tokens.sign(name, 1, "bearer", clock.now())
                return TestClient(app, headers={"Authorization": f"Bearer {token}", "Accept-Language": "en"})

            with db.connect(dsn, name="tests") as conn:
                one = somebody("bureau")
                one.somebody, one.dsn = somebody, dsn
                one.substitutes = {
                    (sensor, hour): mass
                    for sensor, hour, mass in conn.execute(
                        "select sensor_id, hour, mass from substitution"
                    ).fetchall()
                }
                yield one


def brute(
    bureau, truth, wanted, start: datetime = START, end: datetime = END
) -> tuple[float, float, int, int]:
    """Add up hour by hour: measured, substituted [kg], missing hours, and those that nothing stands for."""
    measured = substituted = 0.0
    missing = nothing = 0
    for sensor in wanted:
        for number, (status, mass) in enumerate(truth.hours[sensor]):
            hour = START + number * HOUR
            if not start <= hour < end:
                continue
            if mass is not None:
                measured += mass
            elif status != "stopped":
                missing += 1
                stand = bureau.substitutes[sensor, hour]
                nothing += stand is None
                substituted += stand or 0.0
    return measured, substituted, missing, nothing


def calculated(start: datetime = START, end: datetime = END) -> float:
    total = 0.0
    for month in range(1, 12):
        first, after = datetime(2026, month, 1, tzinfo=ZONE), datetime(2026, month + 1, 1, tzinfo=ZONE)
        part = min(end, after) - max(start, first)
        total += 100 * month * max(part, timedelta()) / (after - first)
    return total


def checked(item, measured, substituted, missing, nothing):
    assert item["measured_kg"] == pytest.approx(measured)
    assert item["substituted_kg"] == pytest.approx(substituted)
    assert item["total_kg"] == pytest.approx(measured + substituted + item["calculated_kg"])
    assert (item["missing_hours"], item["unsubstituted_hours"]) == (missing, nothing)
    assert sum(one["kg"] for one in item["methods"]) == pytest.approx(substituted)
    assert sum(one["hours"] for one in item["methods"]) == missing - nothing


def found(bureau, query: str) -> dict:
    answer = bureau.get(f"{P}/emissions{query}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_year_to_date_of_each_enterprise_is_the_sum_of_its_hours(bureau, truth):
    page = found(bureau, f"?{AT}")
    items = {(one["enterprise"]["code"], one["pollutant"]): one for one in page["items"]}
    assert set(items) == {("e1", "SO2"), ("e1", "COD"), ("e1", "VOC"), ("e2", "COD")}
    checked(items["e1", "SO2"], *brute(bureau, truth, [outlets.SO2]))
    checked(items["e1", "COD"], *brute(bureau, truth, [outlets.COD]))
    checked(items["e2", "COD"], *brute(bureau, truth, [outlets.PLANT_COD]))
    assert items["e1", "COD"]["to_plant_kg"] == pytest.approx(items["e1", "COD"]["total_kg"])
    assert items["e1", "VOC"]["calculated_kg"] == pytest.approx(calculated())
    assert items["e1", "VOC"]["calculated_percent"] == 100
    shares = [items["e1", "SO2"][f"{way}_percent"] for way in ("measured", "substituted", "calculated")]
    assert sum(shares) == pytest.approx(100)
    assert page["from"] == "2026-01-01T00:00:00+08:00"
    assert page["substituted_until"] is not None


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (datetime(2026, 3, 3, 5, tzinfo=UTC), datetime(2026, 7, 9, 22, tzinfo=UTC)),
        (datetime(2026, 3, 3, 5, tzinfo=UTC), datetime(2026, 3, 3, 9, tzinfo=UTC)),
        (datetime(2026, 3, 3, 16, tzinfo=UTC), datetime(2026, 3, 4, 16, tzinfo=UTC)),
        (datetime(2026, 3, 3, 14, tzinfo=UTC), datetime(2026, 3, 3, 18, tzinfo=UTC)),
        (datetime(2026, 11, 19, 2, tzinfo=UTC), END),
    ],
)
def test_any_period_is_the_sum_of_its_hours_in_every_group(bureau, truth, start, end):
    span = f"from={start:%Y-%m-%dT%H:%M:%SZ}&to={end:%Y-%m-%dT%H:%M:%SZ}"
    by_outlet = {
        (one["outlet"]["code"] if one["outlet"] else None, one["pollutant"]): one
        for one in found(bureau, f"?{span}&group=outlet")["items"]
    }
    for outlet, sensor in (("stack-1", outlets.SO2), ("ww-1", outlets.COD), ("ww-out", outlets.PLANT_COD)):
        checked(by_outlet[outlet, SENSORS[sensor][1]], *brute(bureau, truth, [sensor], start, end))
    assert by_outlet[None, "VOC"]["calculated_kg"] == pytest.approx(calculated(start, end))
    whole = {one["pollutant"]: one for one in found(bureau, f"?{span}&group=park")["items"]}
    checked(whole["SO2"], *brute(bureau, truth, [outlets.SO2], start, end))
    checked(whole["COD"], *brute(bureau, truth, [outlets.PLANT_COD], start, end))


@pytest.mark.parametrize("period", ["hour", "day", "month", "year"])
def test_a_series_adds_up_to_the_same_total_and_runs_on_from_the_first_of_january(bureau, truth, period):
    start = datetime(2026, 9, 3, 5, tzinfo=UTC)
    span = f"from=2026-09-03T05:00:00Z&{AT}"
    page = bureau.get(f"{P}/emissions/series?pollutant=SO2&enterprise=e1&period={period}&{span}").json()
    measured, substituted, missing, _nothing = brute(bureau, truth, [outlets.SO2], start)
    bars = page["bars"]
    assert sum(one["measured_kg"] for one in bars) == pytest.approx(measured)
    assert sum(one["substituted_kg"] for one in bars) == pytest.approx(substituted)
    assert sum(one["missing_hours"] for one in bars) == missing
    year = brute(bureau, truth, [outlets.SO2])
    assert bars[-1]["running_kg"] == pytest.approx(year[0] + year[1])
    assert (page["allowance_kg"], page["target_kg"]) == (34000, None)
    assert [a["end"] for a in bars[:-1]] == [b["start"] for b in bars[1:]]
    middle = bars[len(bars) // 2]
    begin, end = (datetime.fromisoformat(middle[key]) for key in ("start", "end"))
    checked(middle, *brute(bureau, truth, [outlets.SO2], begin, end))


def test_the_series_of_the_park_is_what_leaves_it_and_the_bars_of_calculated_amounts_add_up(bureau, truth):
    page = bureau.get(f"{P}/emissions/series?pollutant=COD&{AT}").json()
    measured, substituted, *_ = brute(bureau, truth, [outlets.PLANT_COD])
    assert page["bars"][-1]["running_kg"] == pytest.approx(measured + substituted)
    assert page["target_kg"] == 36000
    voc = bureau.get(f"{P}/emissions/series?pollutant=VOC&period=day&{AT}").json()
    assert sum(one["calculated_kg"] for one in voc["bars"]) == pytest.approx(calculated())


def test_an_allowance_says_how_far_it_is_used_and_when_it_runs_out(bureau, truth):
    items = {(one["enterprise"]["code"], one["pollutant"]): one for one in found(bureau, f"?{AT}")["items"]}
    so2 = items["e1", "SO2"]
    used = so2["allowance"]
    assert (used["kg"], used["used_kg"]) == (34000, so2["total_kg"])
    assert used["used_percent"] == pytest.approx(so2["total_kg"] / 340)
    midnight = datetime(2026, 11, 20, tzinfo=ZONE)
    measured, substituted, *_ = brute(bureau, truth, [outlets.SO2], midnight - timedelta(days=30), midnight)
    rate = (measured + substituted) / 30
    assert used["kg_d"] == pytest.approx(rate)
    left = timedelta(days=(34000 - so2["total_kg"]) / rate)
    wanted = (END + left).astimezone(ZONE).date()
    assert (used["exhausted_on"], used["why"]) == (
        (wanted.isoformat(), None) if wanted.year == 2026 else (None, "not_this_year")
    )
    outlet = items["e1", "COD"]["allowance"]
    assert (outlet["exhausted_on"], outlet["why"], outlet["permits"][0]["station_id"]) == (
        None,
        "not_this_year",
        2,
    )
    gone = items["e2", "COD"]["allowance"]
    running, number = 0.0, -1
    while running <= 5000:
        number += 1
        mass = truth.hours[outlets.PLANT_COD][number][1]
        running += (
            mass
            if mass is not None
            else bureau.substitutes.get((outlets.PLANT_COD, START + number * HOUR)) or 0.0
        )
    assert (gone["why"], gone["exhausted_on"]) == ("exhausted", local(number).date().isoformat())


def test_a_permit_is_held_against_the_calendar_year_whatever_period_is_asked_for(bureau):
    year = {one["pollutant"]: one for one in found(bureau, f"?{AT}&enterprise=e1")["items"]}
    part = {
        one["pollutant"]: one
        for one in found(bureau, f"?from=2026-11-01T00:00:00Z&{AT}&enterprise=e1")["items"]
    }
    assert part["SO2"]["total_kg"] < year["SO2"]["total_kg"]
    assert part["SO2"]["allowance"]["used_kg"] == pytest.approx(year["SO2"]["allowance"]["used_kg"])
    early = found(bureau, "?from=2026-01-01T00:00:00Z&to=2026-01-03T00:00:00Z&enterprise=e1&pollutant=SO2")[
        "items"
    ][0]
    assert (early["allowance"]["why"], early["allowance"]["kg_d"]) == ("short", None)


def test_what_was_declared_stands_beside_ours_over_the_same_periods(bureau, truth):
    item = found(bureau, f"?{AT}&enterprise=e1&pollutant=SO2")["items"][0]
    ours = 0.0
    for first, after in ((date(2026, 1, 1), date(2026, 4, 1)), (date(2026, 5, 1), date(2026, 6, 1))):
        bounds = [datetime(d.year, d.month, 1, tzinfo=ZONE) for d in (first, after)]
        ours += sum(brute(bureau, truth, [outlets.SO2], *bounds)[:2])
    said = item["declared"]
    assert said["periods"] == ["2026-Q1", "2026-05"]  # November is not over
    assert (said["kg"], said["ours_kg"]) == (12000, pytest.approx(ours))
    assert said["difference_kg"] == pytest.approx(12000 - ours)
    assert said["difference_percent"] == pytest.approx(100 * (12000 - ours) / ours)


def test_the_park_is_held_against_its_assigned_cut(bureau, truth):
    cuts = {one["pollutant"]: one for one in found(bureau, f"?{AT}")["cuts"]}
    measured, substituted, *_ = brute(bureau, truth, [outlets.PLANT_COD])
    assert (cuts["COD"]["target_kg"], cuts["COD"]["closed"]) == (36000, False)
    assert cuts["COD"]["used_kg"] == pytest.approx(measured + substituted)
    assert cuts["SO2"]["closed"] is True
    assert found(bureau, f"?{AT}&enterprise=e1")["cuts"] is None


def test_the_file_has_the_numbers_of_the_page(bureau):
    answer = bureau.get(f"{P}/emissions?{AT}&format=csv")
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    page = found(bureau, f"?{AT}")["items"]
    assert [(r["enterprise"], r["pollutant"], float(r["total_kg"])) for r in rows] == [
        (one["enterprise"]["code"], one["pollutant"], one["total_kg"]) for one in page
    ]
    assert {(r["from"], r["to"]) for r in rows} == {
        ("2026-01-01 00:00:00+08:00", "2026-11-20 18:00:00+08:00")
    }
    for row, one in zip(rows, page, strict=True):
        methods = one["methods"]
        assert row["verified"] == ("False" if methods else "")
        assert row["methods"].count("待核实") == len(methods) == row["methods"].count("HJ ")
        assert all(f"{method['method']} ({method['standard']}" in row["methods"] for method in methods)
    assert any(row["methods"] for row in rows)
    series = bureau.get(f"{P}/emissions/series?pollutant=SO2&{AT}&format=csv").text
    bars = list(csv.DictReader(io.StringIO(series)))
    assert len(bars) == 11
    assert {bar["verified"] for bar in bars if bar["methods"]} == {"False"}


@pytest.fixture
def closed(bureau):
    """Hours are closed until the end of the data."""
    with db.connect(bureau.dsn, name="tests") as conn:
        conn.execute("insert into record_progress (job, done_until) values ('record hours', %s)", [END])
        conn.commit()
        yield
        conn.execute("delete from record_progress where job = 'record hours'")
        conn.commit()


@pytest.fixture
def uncalculated(bureau):
    """November is not calculated yet; what evaporates is permitted."""
    with db.connect(bureau.dsn, name="tests") as conn:
        conn.execute("update calculated_emission set month = '2025-11-01' where month = '2026-11-01'")
        conn.execute(
            "insert into allowance (enterprise_id, station_id, pollutant, year, kg, permit, valid_from, valid_to, document,"
            " changed_by, changed_at) values (1, null, 'VOC', 2026, 9000, 'P3', '2026-01-01', '2026-12-31', 'd', 'x', now())"
        )
        conn.commit()
        yield
        conn.execute("delete from allowance where permit = 'P3'")
        conn.execute("update calculated_emission set month = '2026-11-01' where month = '2025-11-01'")
        conn.commit()


@pytest.mark.usefixtures("uncalculated")
def test_a_month_that_is_not_calculated_yet_is_named_and_forecast_like_the_others(bureau):
    (voc,) = [one for one in found(bureau, f"?enterprise=e1&{AT}")["items"] if one["pollutant"] == "VOC"]
    use = voc["allowance"]
    rate = 5500 / 304  # ten months
    assert (use["used_kg"], use["uncalculated_months"]) == (pytest.approx(5500), ["2026-11"])
    assert (use["kg_d"], use["projected_kg"]) == (pytest.approx(rate), pytest.approx(rate * 365))
    assert use["why"] == "not_this_year"


@pytest.mark.usefixtures("closed")
@pytest.mark.parametrize("somebody", ["bureau", "enterprise"])
def test_days_that_lie_ahead_do_not_slow_a_forecast(bureau, somebody):
    asker = bureau.somebody(somebody)

    def items(query):
        return [
            {name: one[name] for name in ("pollutant", "allowance", "total_kg")}
            for one in asker.get(f"{P}/emissions?enterprise=e1&{query}").json()["items"]
        ]

    now = items(AT)
    assert now[0]["allowance"]["kg_d"] > 0
    for ahead in ("to=2026-12-15T10:00:00Z", "to=2026-12-31T16:00:00Z"):
        assert items(ahead) == now
    month_ahead = items("from=2026-11-30T16:00:00Z&to=2026-12-31T16:00:00Z")
    assert [one["allowance"] for one in month_ahead if one["allowance"]] == [
        one["allowance"] for one in now if one["allowance"]
    ]
    next_year = items("from=2027-01-31T16:00:00Z&to=2027-02-28T16:00:00Z")
    assert [(one["allowance"], one["total_kg"]) for one in next_year] == [(None, 0)] * len(next_year)


def test_a_permit_that_has_expired_permits_nothing(bureau):
    with db.connect(bureau.dsn, name="tests") as conn:
        conn.execute(
            "insert into allowance (enterprise_id, pollutant, year, kg, permit, valid_from, valid_to, document, changed_by,"
            " changed_at) values (1, 'NOx', 2026, 50, 'P9', '2026-01-01', '2026-06-30', 'd', 'x', now())"
        )
        conn.commit()

        def permits(until):
            items = found(bureau, f"?enterprise=e1&pollutant=NOx&to={until}")["items"]
            return [
                permit["permit"]
                for one in items
                if one["allowance"]
                for permit in one["allowance"]["permits"]
            ]

        assert permits("2026-06-30T16:00:00Z") == ["P9"]  # its last day is over just then
        assert permits("2026-06-30T17:00:00Z") == []
        conn.execute("delete from allowance where permit = 'P9'")
        conn.commit()


def test_an_enterprise_sees_its_own_and_no_park_total(bureau):
    own = bureau.somebody("enterprise")
    page = own.get(f"{P}/emissions?{AT}").json()
    assert {one["enterprise"]["code"] for one in page["items"]} == {"e1"}
    assert page["cuts"] is None
    assert page["items"] == found(bureau, f"?{AT}&enterprise=e1")["items"]
    assert own.get(f"{P}/emissions?enterprise=e2").status_code == 404
    mine = own.get(f"{P}/emissions/series?pollutant=COD&{AT}").json()
    assert mine == bureau.get(f"{P}/emissions/series?pollutant=COD&enterprise=e1&{AT}").json()
    assert mine["target_kg"] is None
    assert {one["station"] for one in own.get(f"{P}/substitutions?{AT}").json()["items"]} == {
        "ww-1",
        "stack-1",
    }
    assert own.get(f"{P}/water-rates").status_code == 403


def test_each_missing_hour_can_be_looked_up(bureau, truth):
    items = bureau.get(f"{P}/substitutions?station=stack-1&{AT}&limit=5000").json()["items"]
    _measured, substituted, missing, _nothing = brute(bureau, truth, [outlets.SO2])
    assert len(items) == missing
    assert sum(one["kg"] or 0 for one in items) == pytest.approx(substituted)
    assert not any(one["verified"] for one in items)
    first = bureau.get(f"{P}/substitutions?station=stack-1&{AT}&limit=3").json()
    rest = bureau.get(f"{P}/substitutions?station=stack-1&{AT}&limit=5000&cursor={first['next']}").json()
    assert first["items"] + rest["items"] == items


@pytest.mark.parametrize(
    "path",
    [
        "/emissions",
        "/emissions?group=outlet",
        "/emissions/series?pollutant=COD",
        "/substitutions",
        "/water-rates",
    ],
)
def test_answers_have_the_shape_of_the_document(bureau, document, path):
    answer = bureau.get(f"{P}{path}{'&' if '?' in path else '?'}{AT}").json()
    route = document["paths"][P + path.partition("?")[0]]["get"]
    schema = route["responses"]["200"]["content"]["application/json"]["schema"]
    assert not list(
        Draft202012Validator({**schema, "components": document["components"]}).iter_errors(answer)
    )


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("/emissions?pollutant=CO2", 422),
        ("/emissions?enterprise=x", 404),
        ("/emissions?station=x", 404),
        ("/emissions?park=x", 404),
        ("/emissions/series?pollutant=SO2&period=hour&from=2020-01-01T00:00:00Z", 422),
        ("/emissions/series", 422),
        ("/water-rates?park=x", 404),
    ],
)
def test_a_question_that_means_nothing_is_refused(bureau, query, status):
    assert bureau.get(P + query).status_code == status
