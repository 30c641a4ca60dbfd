"""The AQI of places over days: by the edition of each day, NA where a pollutant is missing, means from concentrations."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from records.air import indices, tally
from records.air.indices import Measured, Place
from records.air.sand import Episode

ZONE = ZoneInfo("Asia/Shanghai")
CLEAN = {"a21026": 0.010, "a21004": 0.020, "a21005": 0.5, "a05024": 0.080, "a34002": 40.0, "a34004": 20.0}


def at(month: int, day: int, year: int = 2026) -> datetime:
    return datetime(year, month, day, tzinfo=ZONE).astimezone(UTC)


def measured(
    days: dict[datetime, dict[str, float]], station: int = 1, into: Measured | None = None
) -> Measured:
    found = into or Measured()
    for start, values in days.items():
        for code, value in {**CLEAN, **values}.items():
            if value is not None:
                found.add(station, start, code, value)
    return found


def judged(what: Measured, first: datetime, last: datetime, *, place: Place | None = None, episodes=()):
    spans = list(indices.spans(first, last, "day", ZONE))
    return indices.items(place or Place((1,), date(2020, 1, 1)), what, spans, "day", episodes)


@pytest.mark.parametrize(
    ("start", "edition", "aqi"),
    [(at(2, 28), "HJ 633-2012", 85), (at(3, 1), "HJ 633-2026", 100)],
)
def test_the_same_air_is_judged_by_the_edition_of_its_own_day(start, edition, aqi):
    what = measured({start: {"a34002": 120.0}})
    (item,) = judged(what, start, start + timedelta(days=1))
    assert (item.result.edition, item.result.aqi, item.result.primary) == (edition, aqi, ("PM10",))


def test_a_missing_pollutant_makes_a_good_day_na_and_leaves_a_bad_one_published():
    what = measured({at(4, 1): {"a05024": None}, at(4, 2): {"a05024": None, "a34002": 300.0}})
    good, bad = judged(what, at(4, 1), at(4, 3))
    assert (good.result.aqi, good.result.missing) == (None, ("O3",))
    assert good.values["PM10"] == Decimal(40)
    assert (bad.result.aqi, bad.result.primary, bad.result.missing) == (175, ("PM10",), ("O3",))


def test_what_the_plan_leaves_out_is_not_missing():
    what = measured({at(4, 1): {"a05024": None}})
    place = Place((1,), date(2020, 1, 1), frozenset({"O3"}))
    (item,) = judged(what, at(4, 1), at(4, 2), place=place)
    assert (item.result.aqi, item.result.missing) == (40, ())


def test_a_day_without_any_value_is_there_and_na():
    items = judged(Measured(), at(4, 1), at(4, 3))
    assert [(one.day.day, one.result.aqi, len(one.result.missing)) for one in items] == [
        (1, None, 6),
        (2, None, 6),
    ]


def test_nothing_is_told_of_the_days_before_a_station_was_due():
    items = judged(Measured(), at(4, 1), at(4, 5), place=Place((1,), date(2026, 4, 3)))
    assert [one.day.day for one in items] == [3, 4]


def test_the_park_is_the_mean_of_concentrations_and_not_of_indices():
    what = measured({at(4, 1): {"a34004": 10.0}})
    measured({at(4, 1): {"a34004": 110.0}}, station=2, into=what)
    (item,) = judged(what, at(4, 1), at(4, 2), place=Place((1, 2), date(2020, 1, 1)))
    assert item.values["PM2.5"] == Decimal(60)
    assert item.result.aqi == 100  # the mean of the two indices would be 80


def test_a_dust_day_stands_in_one_column_and_not_in_the_other():
    what = measured({at(4, 1): {}, at(4, 2): {"a34002": 500.0}, at(4, 3): {"a34004": 90.0}})
    storm = Episode(5, at(4, 2), at(4, 3))
    both = tally.columns(judged(what, at(4, 1), at(4, 4), episodes=[storm]))
    with_sand, without = both.with_sand, both.without_sand
    assert (with_sand.days, with_sand.good, with_sand.valid, with_sand.good_ratio) == (3, 1, 3, 1 / 3)
    assert (without.days, without.good, without.valid, without.excluded, without.good_ratio) == (
        2,
        1,
        2,
        1,
        0.5,
    )
    assert (with_sand.means["PM10"], without.means["PM10"]) == (
        {"value": 193.0, "days": 3}, {"value": 40.0, "days": 2},
    )  # fmt: skip
    assert (with_sand.levels, without.levels) == ((1, 0, 1, 0, 0, 1), (1, 0, 1, 0, 0, 0))
    assert (with_sand.primary, without.primary) == ({"PM10": 1, "PM2.5": 1}, {"PM2.5": 1})


def test_a_day_without_an_aqi_is_in_no_ratio():
    what = measured({at(4, 1): {}, at(4, 2): {"a21026": None}})
    counts = tally.columns(judged(what, at(4, 1), at(4, 3))).with_sand
    assert (counts.days, counts.valid, counts.na, counts.good_ratio) == (2, 1, 1, 1.0)
    nothing = tally.columns([]).with_sand
    assert (nothing.valid, nothing.good_ratio, nothing.means) == (0, None, {})


def test_months_are_told_apart():
    what = measured({at(4, 30): {}, at(5, 1): {"a34004": 90.0}})
    months = tally.by_month(judged(what, at(4, 30), at(5, 2)))
    assert [(month, both.with_sand.good) for month, both in months] == [("2026-04", 1), ("2026-05", 0)]


def test_hours_are_whole_and_belong_to_the_local_day():
    start = datetime(2026, 2, 28, 15, 30, tzinfo=UTC)
    spans = list(indices.spans(start, datetime(2026, 2, 28, 18, 10, tzinfo=UTC), "hour", ZONE))
    assert [(one[0].hour, one[2]) for one in spans] == [(16, date(2026, 3, 1)), (17, date(2026, 3, 1))]


def test_a_station_out_of_use_has_no_index_after_its_last_day():
    place = Place((1,), date(2026, 4, 1), until=date(2026, 4, 2))
    assert [item.day.day for item in judged(Measured(), at(4, 1), at(4, 5), place=place)] == [1, 2]
