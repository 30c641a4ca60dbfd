"""Which limit counts: by place, by kind, by the time of the data."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.limits import KIND_ORDER, Limit, timeline
from alerts.points import Point
from alerts.rules import Rule, Selector
from tests.alerts.small_park import SECOND, T0, T0_US

POINT = Point(
    sensor_id=1,
    quantity="w01018",
    quantity_zh="化学需氧量",
    quantity_en="COD",
    unit="mg/L",
    station_id=7,
    station="w7",
    station_kind="wastewater",
    stream_class="emission",
    outlet_kind="to_plant",
    station_zh="排口",
    station_en="outlet",
    enterprise_id=3,
    enterprise="e3",
    span_low=0.0,
    span_high=1000.0,
)
RULE = Rule(
    "r",
    1,
    "limit",
    "alarm",
    "规",
    "r",
    Selector(),
    {"basis": "instant", "stages": {"H": {"level": "orange"}, "L": {"level": "yellow"}}},
)
EVERYWHERE = Limit(
    id=1,
    code="a",
    quantity="w01018",
    stage="H",
    value=500,
    kind="integrated",
    standard="GB 8978-1996",
    clause="table 4",
    valid_from=T0 - timedelta(days=9),
)
PLACES = (
    {"station_id": 7},
    {"enterprise_id": 3},
    {"outlet_kind": "to_plant"},
    {"station_kind": "wastewater"},
    {},
)


def picked(*limits, at_us=T0_US, rule=RULE):
    found = timeline(rule, POINT, limits)
    return None if found is None else [bound.limit.id for bound in found.at(at_us)]


@pytest.mark.parametrize("narrow", range(4))
def test_the_most_specific_place_wins_over_any_kind(narrow):
    wide = replace(EVERYWHERE, **PLACES[narrow + 1], kind="permit")
    assert picked(wide, replace(EVERYWHERE, **PLACES[narrow], id=2)) == [2]


@pytest.mark.parametrize(
    ("stronger", "weaker"), [(a, b) for n, a in enumerate(KIND_ORDER) for b in KIND_ORDER[n + 1 :]]
)
def test_at_one_place_the_kind_decides(stronger, weaker):
    assert picked(replace(EVERYWHERE, kind=weaker), replace(EVERYWHERE, kind=stronger, id=2)) == [2]


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"station_id": 8},
        {"enterprise_id": 4},
        {"outlet_kind": "direct"},
        {"station_kind": "rain"},
        {"quantity": "w21003"},
        {"form": "Zs"},
        {"basis": "hour"},
        {"verified": False},
        {"region": "special"},
        {"stage": "HH"},
    ],
)
def test_a_limit_of_another_place_quantity_basis_or_without_a_check_never_counts(elsewhere):
    assert picked(replace(EVERYWHERE, **elsewhere)) is None


def test_a_special_region_has_its_own_limits():
    special = replace(EVERYWHERE, region="special", id=2, kind="local")
    assert timeline(RULE, replace(POINT, region="special"), [EVERYWHERE, special]).at(T0_US)[0].limit.id == 2


def test_the_edition_of_the_datas_own_day_is_picked_half_open():
    ends = T0 + timedelta(seconds=5)
    old = replace(EVERYWHERE, valid_to=ends)
    new = replace(EVERYWHERE, id=2, valid_from=ends, value=300)
    assert picked(old, new, at_us=T0_US + 5 * SECOND - 1) == [1]
    assert picked(old, new, at_us=T0_US + 5 * SECOND) == [2]
    assert picked(old, at_us=T0_US + 5 * SECOND) == []


def test_a_legal_limit_is_exceeded_and_a_set_point_is_reached():
    (legal,) = timeline(RULE, POINT, [EVERYWHERE]).at(T0_US)
    (setpoint,) = timeline(RULE, POINT, [replace(EVERYWHERE, kind="setpoint")]).at(T0_US)
    assert not legal.edge < 500.0
    assert setpoint.edge < 500.0
    assert np.nextafter(500.0, 501) > legal.edge


@given(
    band=st.sampled_from([{}, {"deadband": 10.0}, {"deadband_of_limit": 0.1}, {"deadband_of_span": 0.02}]),
    stage=st.sampled_from("LH"),
    kind=st.sampled_from(KIND_ORDER),
)
def test_a_violating_value_is_never_back_within_the_deadband(band, stage, kind):
    rule = replace(RULE, parameters={**RULE.parameters, **band})
    (bound,) = timeline(rule, POINT, [replace(EVERYWHERE, stage=stage, kind=kind)]).at(T0_US)
    assert bound.reset <= bound.edge
    width = {"deadband": 10.0, "deadband_of_limit": 50.0, "deadband_of_span": 20.0}.get(
        next(iter(band), ""), 0.0
    )
    assert bound.sign * 500.0 - bound.reset == pytest.approx(width)


def test_a_special_limit_goes_before_the_general_one_where_the_station_says_so():
    general, special = EVERYWHERE, replace(EVERYWHERE, id=2, region="special", value=300)
    assert picked(general, special) == [1]
    found = timeline(RULE, replace(POINT, region="special"), (general, special))
    assert [bound.limit.id for bound in found.at(T0_US)] == [2]
