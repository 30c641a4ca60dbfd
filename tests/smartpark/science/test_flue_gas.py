"""Flue gas: by units, by hand-made numbers, and at the edges where the formulas end."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartpark.science import flue_gas as gas


def test_a_concentration_is_referred_to_the_oxygen_of_the_standard():
    assert gas.at_reference_oxygen(20.0, 12.0, 9.0) == pytest.approx(20 * 12 / 9)
    assert gas.at_reference_oxygen(20.0, 6.0, 6.0) == 20
    assert gas.at_reference_oxygen([20.0, 20.0], [6.0, 13.5], 6.0) == pytest.approx([20, 40])


@pytest.mark.parametrize("oxygen", [21.0, 21.5, -0.1, float("nan")])
def test_oxygen_of_air_and_beyond_has_no_converted_value(oxygen):
    assert np.isnan(gas.at_reference_oxygen(20.0, oxygen, 9.0))
    both = gas.at_reference_oxygen([20.0, 20.0], [oxygen, 9.0], 9.0)
    assert np.isnan(both[0])
    assert both[1] == 20


def test_nitrogen_oxides_count_as_dioxide():
    assert gas.nox_mg_m3(30.0, 4.0) == 50


def test_hot_wet_gas_becomes_dry_gas_at_standard_state():
    assert gas.at_standard_state(100.0, 0.0, 0.0, 101.325) == 100
    assert gas.at_standard_state(100.0, 273.0, 0.0, 101.325) == pytest.approx(200)
    assert gas.at_standard_state(100.0, 0.0, -10.0, 60.6625) == pytest.approx(200)
    assert gas.dry(90.0, 10.0) == pytest.approx(100)
    assert gas.dry_flow_m3_h(1000.0, 273.0, 0.0, 101.325, 20.0) == pytest.approx(400)


@pytest.mark.parametrize("moisture", [100.0, 120.0, -1.0])
def test_moisture_that_cannot_be_has_no_dry_value(moisture):
    assert np.isnan(gas.dry(1.0, moisture))


@pytest.mark.parametrize(("temperature", "atmosphere"), [(-273.0, 101.0), (-300.0, 101.0), (20.0, 0.0)])
def test_a_state_that_cannot_be_has_no_standard_value(temperature, atmosphere):
    assert np.isnan(gas.at_standard_state(1.0, temperature, 0.0, atmosphere))
    assert np.isnan(gas.dry_flow_m3_h(1.0, temperature, 0.0, atmosphere, 5.0))


def test_concentration_and_flow_become_mass():
    assert gas.rate_kg_h(35.0, 200_000.0) == pytest.approx(7.0)
    assert gas.rate_kg_h([35.0, np.nan], 200_000.0) == pytest.approx([7.0, np.nan], nan_ok=True)


@given(
    st.floats(1, 5000),
    st.floats(1, 1e6),
    st.floats(-20, 400),
    st.floats(-5, 5),
    st.floats(80, 105),
    st.floats(0, 50),
)
def test_the_mass_is_the_same_however_the_state_is_changed(
    actual, wet, temperature, static, atmosphere, moisture
):
    """Wet mass in the duct = dry mass at standard state: concentration and flow change inversely."""
    concentration = gas.dry(gas.at_standard_state(actual, temperature, static, atmosphere), moisture)
    flow = gas.dry_flow_m3_h(wet, temperature, static, atmosphere, moisture)
    assert gas.rate_kg_h(concentration, flow) == pytest.approx(actual * wet * 1e-6)
