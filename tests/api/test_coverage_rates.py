"""The 8th of the month: the effective rate of twenty outlets, hour by hour as it was scripted, before and after the 10th."""

import csv
import io
from collections import Counter

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from records.marks import deadlines
from smartpark import clock, db, settings
from tests.api import validity_park as staged
from tests.api.validity_park import DUE, HOUR, HOURS, OUTLETS, T0, truth
from tests.databases import clone

pytestmark = pytest.mark.integration
P = "/api/v1"
MONTH = "month=2026-10"


@pytest.fixture(scope="module")
def staged_readers(servers, founded):
    """Somebody of a role in the staged month, which nobody changes."""
    with clone(servers, founded) as dsn:
        with db.connect(dsn, name="tests") as conn:
            staged.stage(conn)
        app = create_app(settings.load({"SMARTPARK_DB__DSN": dsn, "SMARTPARK_DB__POOL_SIZE": "4"}, None))

        def somebody(username: str) -> TestClient:
            token = app.state.house.tokens.sign(username, 1, "bearer", clock.now())
            return TestClient(app, headers={"Authorization": f"Bearer {token}", "Accept-Language": "en"})

        with TestClient(app):
            yield somebody


@pytest.fixture
def months(staged_readers):
    """The bureau in the staged month."""
    return staged_readers("bureau")


def rates(reader, query: str = MONTH) -> dict:
    answer = reader.get(f"{P}/effective-rates?{query}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def hours_of(reader, what: str, query: str = MONTH) -> list[dict]:
    found, cursor = [], ""
    while True:
        page = reader.get(f"{P}/effective-rates/hours?{query}&what={what}&limit=400{cursor}").json()
        found += page["items"]
        if page["next"] is None:
            return found
        cursor = f"&cursor={page['next']}"


def share(part: int, whole: int) -> float:
    return round(100 * part / whole, 2)


def check_against_script(reader, *, after_deadline: bool) -> None:
    """Hold every figure of every outlet against the script, counted by brute force."""
    for one in rates(reader)["items"]:
        outlet = one["station"]["id"] - 100
        script = [truth(outlet, hour, after_deadline=after_deadline) for hour in range(HOURS)] * 2
        classes = Counter(place for place, _ in script)
        causes = Counter(cause for place, cause in script if place == "missing")
        due = classes["valid"] + classes["invalid"] + classes["missing"]
        received = classes["valid"] + classes["invalid"]
        assert (one["hours"], one["due"], one["received"], one["valid"]) == (
            96,
            due,
            received,
            classes["valid"],
        )
        assert (one["stopped"], one["exempt"]) == (classes["stopped"], classes["exempt"])
        assert one["missing"] == {
            "enterprise": causes["enterprise"],
            "network": causes["network"],
            "platform": classes["platform"],
            "unknown": 0,
        }, outlet
        assert one["effective"] == share(classes["valid"], due)
        assert one["raw"]["effective"] == share(classes["valid"], due + classes["platform"])
        assert one["running"] == share(96 - classes["stopped"], 96)
        assert one["capture"] == one["effective"]  # the quarter has no other month


def test_every_hour_is_attributed_as_scripted_and_every_number_has_its_list(months):
    check_against_script(months, after_deadline=False)
    total = rates(months)["total"]
    expected = {
        (staged.sensors(outlet)[number], T0 + hour * HOUR): truth(outlet, hour, after_deadline=False)
        for outlet in OUTLETS
        for hour in range(HOURS)
        for number in (0, 1)
    }
    for what, number in {
        "missing": sum(total["missing"].values()) - total["missing"]["platform"],
        "platform": total["missing"]["platform"],
        "invalid": sum(total["invalid"].values()),
        "stopped": total["stopped"],
        "exempt": total["exempt"],
        "valid": total["valid"],
    }.items():
        found = {
            (one["sensor_id"], staged.datetime.fromisoformat(one["start"])): one
            for one in hours_of(months, what)
        }
        assert len(found) == number, what
        assert found.keys() == {key for key, (place, _) in expected.items() if place == what}
        if what == "missing":
            assert {key: one["cause"] for key, one in found.items()} == {
                key: expected[key][1] for key in found
            }
    first = hours_of(months, "platform")[0]
    assert (first["label"], first["start"][:16]) == ("14:00-15:00", "2026-10-20T14:00")


def test_on_the_tenth_unproved_marks_fall_back_and_the_rates_change(as_role, park_conn):
    staged.stage(park_conn)
    months = as_role("bureau")
    before = rates(months)
    waiting = {one["station"]["code"] for one in before["items"] for m in one["marks"] if m["note_zh"]}
    assert waiting == {"o01", "o17", "o18", "o19"}
    (mark,) = next(one["marks"] for one in before["items"] if one["station"]["code"] == "o17")
    assert (mark["note_zh"], mark["vouchers"]) == ("缺凭证, 10 日自动恢复", 0)
    assert deadlines.turn(park_conn, DUE - HOUR) == 0
    assert deadlines.turn(park_conn, DUE) == 4
    staged.remake(park_conn, staged.NOW)
    check_against_script(months, after_deadline=True)
    after = {one["station"]["code"]: one for one in rates(months)["items"]}
    changed = {
        one["station"]["code"]
        for one in before["items"]
        if after[one["station"]["code"]]["due"] != one["due"]
    }
    assert changed == {"o17", "o18", "o19"}
    assert (
        after["o19"]["effective"]
        < 100
        == next(one["effective"] for one in before["items"] if one["station"]["code"] == "o19")
    )
    assert after["o01"]["invalid"] == {"short": 0, "abnormal": 12, "marked": 0}
    assert after["o00"]["invalid"] == {"short": 0, "abnormal": 0, "marked": 12}


def test_our_stop_lowers_no_rate_of_an_enterprise_and_no_rate_is_above_a_hundred(months):
    found = rates(months)
    for one in (*found["items"], *found["enterprises"], found["total"]):
        assert one["raw"]["effective"] <= one["effective"] <= 100
    clean = next(one for one in found["items"] if one["station"]["code"] == "o15")
    assert (clean["effective"], clean["missing"]["platform"], clean["grade"]) == (100.0, 8, "good")
    assert clean["raw"]["effective"] < 100


def test_the_worst_come_first_and_enterprises_are_the_sum_of_their_outlets(months):
    found = rates(months)
    order = [one["effective"] for one in found["items"]]
    assert order == sorted(order)
    for owner in found["enterprises"]:
        mine = [one for one in found["items"] if one["enterprise"]["code"] == owner["enterprise"]["code"]]
        assert owner["outlets"] == len(mine) == 10
        assert owner["due"] == sum(one["due"] for one in mine)
    assert found["total"]["valid"] == sum(one["valid"] for one in found["enterprises"])


def test_pollutants_and_places_can_be_chosen(months):
    found = rates(months, f"{MONTH}&pollutant=a21026&enterprise=e1")
    assert found["pollutants"] == ["a21026"]
    assert {one["hours"] for one in found["items"]} == {48}
    assert len(found["items"]) == 10
    assert len(rates(months, f"{MONTH}&station=o05")["items"]) == 1


def test_an_enterprise_sees_its_own_rates_alone(staged_readers):
    found = rates(staged_readers("enterprise"))
    assert {one["enterprise"]["code"] for one in found["items"]} == {"e1"}
    assert [one["enterprise"]["code"] for one in found["enterprises"]] == ["e1"]


def test_the_file_has_the_figures_of_the_page(months):
    text = months.get(f"{P}/effective-rates?{MONTH}&format=csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    shown = [str(one["effective"]) for one in rates(months)["items"]]
    assert [row["传输有效率%"] for row in rows] == shown


def test_a_month_that_has_not_begun_is_refused(months):
    answer = months.get(f"{P}/effective-rates?month=2199-01")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "query.month")


def test_coverage_counts_the_same_hours_by_station_and_day(months):
    query = "from=2026-10-20T00:00:00%2B08:00&to=2026-10-22T00:00:00%2B08:00"
    found = months.get(f"{P}/coverage?{query}&station=o05&letters=true").json()
    assert found["days"] == ["2026-10-20", "2026-10-21"]
    (line,) = found["items"]
    first, second = line["days"]
    assert (first["due"], first["received"], first["valid"], first["platform"]) == (48, 32, 32, 6)
    assert (first["valid_rate"], second["valid_rate"]) == (66.67, 95.83)
    assert first["letters"] == "VVV-----VVVVVVPPPVVVVVVV"
    assert second["letters"] == "VVVPVVVVVVVVVVVVVVVVVVVV"
    by_sensor = months.get(f"{P}/coverage?{query}&station=o05&by=sensor").json()["items"]
    assert [line["days"][0]["due"] for line in by_sensor] == [24, 24]
    assert [line["sensor"]["quantity"] for line in by_sensor] == ["w01018", "w21003"]
    assert by_sensor[0]["days"][0]["letters"] is None


def test_coverage_of_every_outlet_and_day_is_as_scripted(months):
    query = "from=2026-10-20T00:00:00%2B08:00&to=2026-10-22T00:00:00%2B08:00&kind=stack&kind=wastewater"
    items = months.get(f"{P}/coverage?{query}").json()["items"]
    assert len(items) == len(OUTLETS)
    for line in items:
        outlet = line["station"]["id"] - 100
        for number, day in enumerate(line["days"]):
            hours = range(24 * number, 24 * number + 24)
            classes = Counter(truth(outlet, hour, after_deadline=False)[0] for hour in hours)
            still = classes["stopped"] + classes["exempt"]
            received = classes["valid"] + classes["invalid"] + (staged.HICCUP in hours)
            expected = (
                2 * (24 - still),
                2 * received,
                2 * classes["valid"],
                2 * classes["platform"],
                2 * still,
            )
            assert (
                tuple(day[name] for name in ("due", "received", "valid", "platform", "not_due")) == expected
            ), outlet


def test_coverage_of_a_time_without_records_is_empty_and_a_long_one_is_refused(months):
    old = months.get(f"{P}/coverage?from=2026-08-01T00:00:00Z&to=2026-08-02T00:00:00Z&station=o05").json()
    assert old["items"][0]["days"] == [None, None]
    long = months.get(f"{P}/coverage?from=2026-01-01T00:00:00Z&to=2026-10-02T00:00:00Z&letters=true")
    assert long.status_code == 422
