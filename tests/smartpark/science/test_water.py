"""Waste water: the examples of the standard, the zero-flow rule, and a fortnight of a published plant."""

import csv
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartpark.science import water

INFLUENT = Path(__file__).resolve().parents[4] / "shared" / "data" / "wastewater" / "dryinfluent.csv"


@pytest.mark.parametrize(("seconds", "volume"), [(600, 10.5), (3600, 63.0), (86400, 1512.0)])
def test_the_flow_of_the_standards_example_has_the_volumes_of_its_example(seconds, volume):
    assert water.slice_volume_m3(17.5, seconds) == pytest.approx(volume)


def test_the_mean_weighs_by_flow():
    assert water.flow_weighted_mean_mg_l([10.0, 100.0], [9.0, 1.0]) == pytest.approx(19)
    assert water.load_kg([10.0, 100.0], [9.0, 1.0]).sum() == pytest.approx(0.19)


def test_without_water_there_is_no_load_and_no_concentration():
    assert water.load_kg([50.0, np.nan], 0.0).tolist() == [0, 0]
    assert np.isnan(water.flow_weighted_mean_mg_l([50.0, 60.0], [0.0, 0.0]))
    assert water.flow_weighted_mean_mg_l([50.0, 9999.0], [3.0, 0.0]) == 50


def test_what_is_below_zero_or_missing_is_left_out_of_both_sums():
    assert water.flow_weighted_mean_mg_l([10.0, -1.0, np.nan, 30.0], [1.0, 5.0, 5.0, -2.0]) == 10
    assert np.isnan(water.load_kg([-1.0, 1.0, np.nan], [1.0, -1.0, 1.0])).all()
    assert np.isnan(water.slice_volume_m3(-0.1, 3600))


def test_many_periods_are_averaged_at_once():
    means = water.flow_weighted_mean_mg_l([[1.0, 3.0], [np.nan, np.nan]], [[1.0, 1.0], [1.0, 1.0]])
    assert means == pytest.approx([2, np.nan], nan_ok=True)


slices = st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 500)), min_size=1, max_size=40)


@given(slices)
def test_the_mean_times_the_volume_is_the_load(pairs):
    concentration, volume = (np.array(column, float) for column in zip(*pairs, strict=True))
    mass = sum(Fraction(c * v) for c, v in pairs)
    total = sum(v for _, v in pairs)
    mean = water.flow_weighted_mean_mg_l(concentration, volume)
    assert water.load_kg(concentration, volume).sum() == pytest.approx(float(mass) / 1000)
    assert mean == pytest.approx(float(mass / total) if total else float("nan"), nan_ok=True)


def test_a_fortnight_of_a_published_plant_has_one_load_by_slices_and_by_days():
    """BSM1 dry-weather influent: 15-minute slices, flow in the last column [m³/d], soluble nitrogen in the eleventh [g/m³]."""
    if not INFLUENT.exists():
        pytest.skip("the influent lies beside the project")
    lines = list(csv.reader(INFLUENT.read_text("utf-8-sig").splitlines()))
    table = np.array([[float(cell) for cell in line] for line in lines])[: 14 * 96]
    flow_m3_d = table[:, 15]
    nitrogen = table[:, 10]
    volume = water.slice_volume_m3(flow_m3_d / 86.4, 900)
    assert volume == pytest.approx(flow_m3_d / 96)
    load = water.load_kg(nitrogen, volume)
    by_day = water.flow_weighted_mean_mg_l(nitrogen.reshape(14, 96), volume.reshape(14, 96))
    assert (by_day * volume.reshape(14, 96).sum(axis=1) / 1000).sum() == pytest.approx(load.sum())
    assert nitrogen.mean() * volume.sum() / 1000 != pytest.approx(load.sum(), rel=0.01)
