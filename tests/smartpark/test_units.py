import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartpark.quantities import registry
from smartpark.units import Conversion, UnitError, conversion, current_loop, units


@pytest.mark.parametrize(
    ("sent", "stored", "value", "expected"),
    [
        ("µg/m³", "mg/m³", 1500, 1.5),
        ("ng/m3", "µg/m³", 2500, 2.5),
        ("ug/m3", "mg/m³", 12, 0.012),
        ("μg/m³", "mg/m³", 12, 0.012),  # Greek mu, not the micro sign
        ("m³/s", "m³/h", 2, 7200),
        ("m3/h", "L/s", 36, 10),
        ("kPa", "MPa", 600, 0.6),
        ("bar", "MPa", 6, 0.6),
        ("kgf/cm²", "MPa", 1, 0.0980665),
        ("K", "°C", 293.15, 20),
        ("℃", "°C", 20, 20),
        ("°F", "°C", 212, 100),
        ("mS/cm", "µS/cm", 1.2, 1200),
        ("MWh", "kWh", 3, 3000),
        ("t/d", "t/h", 48, 2),
        ("km/h", "m/s", 36, 10),
        ("LEL%", "%LEL", 25, 25),
        ("ppm", "%", 209_500, 20.95),
        ("", "", 7.2, 7.2),
    ],
)
def test_linear_units_convert(sent, stored, value, expected):
    assert conversion(sent, stored).apply(value) == pytest.approx(expected, rel=1e-12, abs=1e-9)


@pytest.mark.parametrize(
    ("code", "at_20", "at_25", "at_0"),
    [
        ("a21022", 2.95, 2.90, 3.16),
        ("a21001", 0.708, 0.696, 0.760),
        ("a21028", 1.417, 1.393, 1.521),
        ("a21005", 1.164, 1.145, 1.250),
        ("a25002", 3.247, 3.193, 3.485),
    ],
)
def test_one_ppm_is_three_masses_at_three_temperatures(code, at_20, at_25, at_0):
    quantity = registry()[code]
    for unit, expected in (("ppm@20C", at_20), ("ppm@25C", at_25), ("ppm@0C", at_0)):
        assert conversion(unit, quantity.unit, quantity.molar_mass).apply(1) == pytest.approx(
            expected, rel=2e-3
        )


def test_parts_per_billion_convert_too():
    ozone = registry()["a05024"]
    assert conversion("ppb@25C", "µg/m³", ozone.molar_mass).apply(100) == pytest.approx(196.2, rel=1e-3)


@pytest.mark.parametrize(
    ("sent", "stored", "molar_mass", "words"),
    [
        ("ppm", "mg/m³", 70.906, "must name its temperature; write one of: ppm@0C, ppm@20C, ppm@25C"),
        ("ppm@30C", "mg/m³", 70.906, "must name its temperature"),
        ("ppm@20C", "µg/m³", None, "needs a molar mass, and this quantity has none; write 'µg/m³'"),
        ("mgm3", "mg/m³", None, "is not a known unit; did you mean mg/m3"),
        ("furlong", "mg/m³", None, "is not a known unit"),
        ("kPa", "°C", None, "does not convert to '°C' [(]temperature[)]; write one of: °C, K, °F"),
        ("%LEL", "mg/m³", 16.043, "does not convert"),
    ],
)
def test_what_does_not_convert_says_what_to_write(sent, stored, molar_mass, words):
    with pytest.raises(UnitError, match=words):
        conversion(sent, stored, molar_mass)


def test_a_current_loop_spans_the_measuring_range():
    loop = current_loop(-40, 60)
    assert [loop.apply(ma) for ma in (4, 12, 20)] == [-40, 10, 60]


@pytest.mark.parametrize("span", [(None, 1), (0, None), (1, 1), (2, 1)])
def test_a_current_loop_without_a_span_is_refused(span):
    with pytest.raises(UnitError, match="write span_low and, above it, span_high"):
        current_loop(*span)


def test_every_unit_and_every_conversion_has_a_source():
    assert all(len(unit.source) > 5 for unit in units().values())
    assert conversion("ppm@20C", "mg/m³", 70.906).source.startswith("293.15 K")


SYMBOLS = sorted({unit.symbol for unit in units().values()})


@given(st.sampled_from(SYMBOLS), st.sampled_from(SYMBOLS), st.floats(-1e6, 1e6))
def test_a_conversion_there_and_back_is_the_same_value(one, other, value):
    if units()[one].dimension != units()[other].dimension:
        return
    there, back = conversion(one, other), conversion(other, one)
    scale = max(abs(value), abs(back.shift), abs(there.shift * back.factor), 1e-9)
    assert math.isclose(back.apply(there.apply(value)), value, rel_tol=1e-9, abs_tol=1e-9 * scale)


def test_a_conversion_is_the_documented_line():
    assert Conversion(2.0, 1.0, "test").apply(3.0) == 7.0
