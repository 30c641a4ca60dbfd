"""The index is exact, follows the edition of its day, and says NA where a pollutant is missing."""

import itertools
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartpark.science.aqi import (
    POLLUTANT_OF,
    POLLUTANTS,
    Edition,
    concentration_of,
    daily,
    edition_of,
    hourly,
    iaqi,
    level_of,
)
from smartpark.science.tables import rows

OLD, NEW = Edition.HJ_633_2012, Edition.HJ_633_2026
CLEAN = {"SO2": 10, "NO2": 20, "CO": Decimal("0.5"), "O3": 60, "PM10": 40, "PM2.5": 20}


def columns():
    found = {}
    for row in rows("iaqi.csv"):
        place = (row["edition"], row["pollutant"], row["average"])
        found.setdefault(place, []).append((int(row["concentration"]), int(row["iaqi"])))
    return found


COLUMNS = columns()


@pytest.mark.parametrize(
    ("day", "edition"),
    [
        (date(2016, 1, 14), OLD),
        (date(2026, 2, 28), OLD),
        (date(2026, 3, 1), NEW),
        (date(2031, 1, 1), NEW),
    ],
)
def test_the_edition_is_that_of_the_day_of_the_data(day, edition):
    assert edition_of(day) is edition
    assert edition_of(day) == edition.value


@pytest.mark.parametrize("place", COLUMNS)
def test_every_concentration_up_to_the_last_breakpoint_has_the_index_of_the_formula(place):
    """All rounded concentrations by brute force: the smallest whole index that is not below the line."""
    points, scale = COLUMNS[place], 10 if place[1] == "CO" else 1
    for tenths in range(points[-1][0] * scale + 1):
        exact = Fraction(tenths, scale)
        index = next(
            index0 + (exact - low) * Fraction(index1 - index0, high - low)
            for (low, index0), (high, index1) in itertools.pairwise(points)
            if exact <= high
        )
        got = iaqi(*place, Decimal(tenths) / scale)
        assert got == -(-index.numerator // index.denominator), (place, exact)


@pytest.mark.parametrize("place", COLUMNS)
def test_a_breakpoint_has_exactly_its_index(place):
    assert [iaqi(*place, high) for high, _ in COLUMNS[place]] == [index for _, index in COLUMNS[place]]


@pytest.mark.parametrize(
    ("pollutant", "average", "concentration", "old", "new"),
    [
        ("CO", "day", 2.2, 55, 55),
        ("CO", "1h", 65.4, 218, 218),
        ("CO", "1h", 66.9, 223, 223),
        ("CO", "1h", 129.3, 431, 431),
        ("PM2.5", "day", 35.5, 52, 52),  # to the even 36
        ("PM2.5", "day", 34.5, 49, 49),  # to the even 34
        ("PM2.5", "day", 60, 82, 100),
        ("PM2.5", "day", 75, 100, 114),
        ("PM10", "day", 120, 85, 100),
        ("PM10", "day", 150, 100, 112),
        ("CO", "1h", 1.507, 16, 15),  # the old real-time report did not round CO to one decimal
        ("SO2", "1h", 800, 200, 200),
        ("SO2", "1h", 801, None, 200),
        ("O3", "8h", 800, 300, 300),
        ("O3", "8h", 800.4, 300, 300),
        ("O3", "8h", 801, None, 300),
        ("O3", "1h", 1201, 500, 500),
        ("PM10", "day", 3000, 500, 500),
        ("PM10", "day", -0.6, 0, 0),
        ("PM10", "day", None, None, None),
        ("PM10", "day", float("nan"), None, None),
    ],
)
def test_known_indices_of_both_editions(pollutant, average, concentration, old, new):
    assert iaqi(OLD, pollutant, average, concentration) == old
    assert iaqi(NEW, pollutant, average, concentration) == new


def test_breakpoints_that_do_not_exist_are_named():
    with pytest.raises(LookupError, match=r"PM2.5.*1h"):
        iaqi(NEW, "PM2.5", "1h", 10)
    with pytest.raises(LookupError, match="H2S"):
        hourly(NEW, {"H2S": 1})
    with pytest.raises(LookupError, match="HJ 633-2013"):
        hourly("HJ 633-2013", CLEAN)


@given(st.sampled_from(sorted(COLUMNS)), st.decimals(0, 4000, places=2), st.decimals(0, 4000, places=2))
def test_more_pollution_never_has_the_lower_index(place, one, other):
    low, high = (iaqi(*place, value) for value in sorted((one, other)))
    assert low is None or high is None or low <= high


def test_a_clean_hour_has_no_primary_pollutant():
    found = hourly(NEW, CLEAN)
    assert (found.aqi, found.level.name_zh, found.primary, found.missing) == (40, "优", (), ())
    assert found.published
    assert found.level.rgb == (0, 228, 0)


def test_all_pollutants_with_the_greatest_index_are_primary():
    found = daily(NEW, CLEAN | {"PM10": 120, "PM2.5": 60, "NO2": 80})
    assert (found.aqi, found.primary) == (100, ("NO2", "PM10", "PM2.5"))


@pytest.mark.parametrize("edition", [OLD, NEW])
def test_a_primary_pollutant_is_named_only_above_50(edition):
    assert (hourly(edition, CLEAN | {"PM10": 50}).aqi, hourly(edition, CLEAN | {"PM10": 50}).primary) == (
        50,
        (),
    )
    assert (hourly(edition, CLEAN | {"O3": 161}).primary) == ("O3",)


def test_the_2012_text_and_the_2026_text_judge_the_same_day_differently():
    day = CLEAN | {"PM2.5": 70}
    assert daily(OLD, day).level.name_zh == "良"
    assert daily(NEW, day).level.name_zh == "轻度污染"


@pytest.mark.parametrize("report", [hourly, daily])
def test_with_a_pollutant_missing_the_new_text_publishes_only_above_100(report):
    rest = {name: value for name, value in CLEAN.items() if name != "PM2.5"}
    unsaid = report(NEW, rest)
    assert (unsaid.aqi, unsaid.level, unsaid.primary, unsaid.missing) == (None, None, (), ("PM2.5",))
    assert not unsaid.published
    assert unsaid.iaqi["PM10"] == 40
    assert report(NEW, rest | {"PM10": 120}).aqi is None
    assert report(NEW, rest | {"PM10": 121}).aqi == 101
    assert report(OLD, rest).aqi == 40


def test_what_is_not_monitored_by_plan_is_not_missing():
    rest = {name: value for name, value in CLEAN.items() if name != "CO"}
    found = hourly(NEW, rest, not_monitored=["CO"])
    assert (found.aqi, found.missing) == (40, ())
    assert hourly(NEW, {}, not_monitored=POLLUTANTS).aqi is None


def test_sulfur_dioxide_beyond_800_falls_back_to_its_day_under_the_old_text_only():
    hour = CLEAN | {"SO2": 900}
    assert hourly(OLD, hour).missing == ("SO2",)
    assert hourly(OLD, hour, sulfur_dioxide_day=475).aqi == 150
    assert hourly(OLD, CLEAN | {"SO2": 300}, sulfur_dioxide_day=475).aqi == 72
    assert hourly(OLD, CLEAN | {"SO2": float("nan")}, sulfur_dioxide_day=475).aqi == 40
    assert hourly(NEW, hour, sulfur_dioxide_day=2620).aqi == 200


def test_the_old_day_looks_at_the_greatest_hour_of_ozone_too():
    assert daily(OLD, CLEAN, ozone_hour=300).aqi == 150
    assert daily(OLD, CLEAN | {"O3": 900}, ozone_hour=1000).aqi == 400
    assert daily(NEW, CLEAN, ozone_hour=300).aqi == 40


def test_the_new_index_begins_at_one():
    nothing = dict.fromkeys(POLLUTANTS, 0)
    assert hourly(NEW, nothing).aqi == 1
    assert hourly(OLD, nothing).aqi == 0


def test_levels_change_just_above_their_ends():
    names = [level_of(aqi).number for aqi in (0, 50, 51, 100, 101, 150, 151, 200, 201, 300, 301, 500)]
    assert names == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6]
    with pytest.raises(ValueError, match="501"):
        level_of(501)


def test_stored_values_become_the_units_of_the_index_exactly():
    assert concentration_of("a21026", 0.0235) == Decimal("23.5")
    assert concentration_of("a05024", 0.1) == 100
    assert concentration_of("a21005", 2.2) == Decimal("2.2")
    assert concentration_of("a34004", 35.5) == Decimal("35.5")
    assert set(POLLUTANT_OF.values()) == set(POLLUTANTS)
    with pytest.raises(LookupError, match="a24088"):
        concentration_of("a24088", 1.0)


def test_the_stored_unit_is_the_one_the_registry_names():
    from smartpark.quantities import registry

    units = {name: registry()[code].unit for code, name in POLLUTANT_OF.items()}
    assert units == dict.fromkeys(("SO2", "NO2", "CO", "O3"), "mg/m³") | dict.fromkeys(
        ("PM10", "PM2.5"), "µg/m³"
    )


def test_a_gas_in_milligrams_that_lies_half_way_is_rounded_to_the_even_microgram():
    mean = (0.050 + 0.050 + 0.071 + 0.051) / 4  # 0.055499999999999994
    assert concentration_of("a21004", mean) == Decimal("55.5")
