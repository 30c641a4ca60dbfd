"""The cards of official records say what the pages behind them say."""

from datetime import datetime, timedelta

import pytest

from modules.environment.official import cards
from modules.environment.summary import summary
from modules.overview import overview
from tests.modules.world import MIDNIGHT, NOW, card

pytestmark = pytest.mark.integration

RECORD = """
insert into record (sensor_id, period, start, status, judgeable, mean, expected, received, samples, flag, mass, method, edition,
                    cause, made_at)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s, 'N', %s, 'arithmetic', 't', 'closed', %s)
"""
OCTOBER = datetime.fromisoformat("2026-10-10T00:00:00+08:00")
HOUR = timedelta(hours=1)


def record(world, sensor: int, start: datetime, mean: float | None, **more: object) -> None:
    """One record of a sensor, valid where it has a mean."""
    status = "short" if mean is None else "valid"
    period = more.get("period", "hour")
    received, samples = (60, 0) if mean is None else (60, 60)
    world.conn.execute(
        RECORD,
        [
            *(sensor, period, start, status, mean is not None, mean, 60, received, samples),
            *(more.get("mass"), start + HOUR),
        ],
    )


def shown(view) -> dict[str, object]:
    return {one.key: one.value for one in cards(view())}


def test_without_records_nothing_is_said_to_be_known(view):
    found = {one.key: one for one in cards(view())}
    assert found["exceeded_hours"].value == 0
    for key in ("effective_rate", "allowance", "aqi"):
        assert found[key].value is None
        assert found[key].reason_zh


def test_an_hour_over_its_limit_counts_for_a_week(world, view):
    sensor = world.sensor("stack-dl-1", "a21026", "Zs")
    record(world, sensor, MIDNIGHT - timedelta(days=2), 80.0)
    record(world, sensor, MIDNIGHT - timedelta(days=3), 10.0)
    record(world, sensor, MIDNIGHT - timedelta(days=9), 80.0)
    assert shown(view)["exceeded_hours"] == 1


def test_the_park_today_shows_the_same_figures(world, view):
    record(world, world.sensor("stack-dl-1", "a21026", "Zs"), MIDNIGHT - timedelta(days=2), 80.0)
    for key in ("exceeded_hours", "aqi"):
        assert card(overview(view()), key) == card(summary(view()), key)
    assert card(overview(view()), "exceeded_hours").value == 1


def test_what_official_records_say_is_not_listed_as_missing(view):
    absent = " ".join(one.label_zh for page in (summary(view()), overview(view())) for one in page.missing)
    assert not [
        word for word in ("AQI", "空气质量", "小时", "达标率", "有效率", "排放", "沙尘") if word in absent
    ]


def test_the_effective_rate_is_that_of_last_month(world, view):
    sensor = world.sensor("ww-ws-out", "w01018")
    world.conn.execute("update sensor set admitted_at = due_since")
    for n in range(10):
        record(world, sensor, OCTOBER + n * HOUR, None if n == 3 else 20.0)
    record(world, sensor, MIDNIGHT, None)  # of this month
    assert shown(view)["effective_rate"] == pytest.approx(90.0)


def test_the_fullest_allowance_is_shown_with_its_owner(world, view):
    used = {"ww-hy": 90.0, "ww-ts": 40.0}
    for code, kg in used.items():
        record(world, world.sensor(code, "w01018"), OCTOBER, 20.0, period="day", mass=kg)
        world.conn.execute(
            "insert into allowance (enterprise_id, pollutant, year, kg, permit, valid_from, valid_to, document, changed_by, changed_at)"
            " select enterprise_id, 'COD', 2026, 100, 'p', '2026-01-01', '2027-12-31', 'd', 't', now() from station where code = %s",
            [code],
        )
    (card,) = (one for one in cards(view()) if one.key == "allowance")
    assert card.value == pytest.approx(90.0)
    assert card.status == "orange"
    assert card.source.startswith("恒源氯碱化工")


def test_the_index_of_the_air_is_that_of_the_newest_whole_hour_of_the_parks_stations(world, view):
    values = {
        "a21026": 0.01,
        "a21004": 0.02,
        "a21005": 0.5,
        "a05024": 0.08,
        "a34002": 90.0,
        "a34004": 20.0,
    }
    units = {"a34002": 0.001, "a34004": 0.001}
    (stations,) = world.conn.execute(
        "select array_agg(code order by code) from station where kind = 'air' and enterprise_id is null"
    ).fetchone()
    hour = NOW.replace(minute=0) - HOUR
    for code in stations:
        for quantity, value in values.items():
            unit = world.one("select unit from quantity where code = %s", quantity)
            shown_value = value * (1.0 if unit.startswith("µg") else units.get(quantity, 1.0))
            record(world, world.sensor(code, quantity), hour, shown_value)
    (card,) = (one for one in cards(view()) if one.key == "aqi")
    assert card.value is not None
    assert 50 < card.value < 100
    assert card.at == hour + HOUR
