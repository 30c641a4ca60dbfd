"""An ordinary day looks like one: in its bounds, with its cycles, and with quantities that agree with each other."""

from dataclasses import replace

import numpy as np
import pytest

from simulators.play import Play, Plot, weather_of
from simulators.signals import stack
from simulators.signals.levels import table
from simulators.weather import Weather
from tests.simulators.small_park import small_park

MIDNIGHT_S = 1_795_276_800.0  # 2026-11-22T00:00+08:00
DAY_S = MIDNIGHT_S + np.arange(0, 86400.0, 60.0)


@pytest.fixture(scope="module")
def day() -> dict[str, np.ndarray]:
    park = small_park()
    values = Play(park, 11, Plot("quiet_day", 86400)).ordinary.values(
        np.arange(len(park.points)), DAY_S[None, :]
    )
    return {point.name: values[n] for n, point in enumerate(park.points)}


def test_every_value_is_finite_and_inside_its_span(day):
    park = small_park()
    for point in park.points:
        assert np.isfinite(day[point.name]).all()
        if point.span is not None:
            low, high = point.span
            assert day[point.name].min() >= low
            assert day[point.name].max() <= high


def test_gas_detectors_rest_near_zero(day):
    assert day["gas-e01-001/x_lel"].max() < 2.5
    assert day["gas-e01-002/a21022"].max() < 0.08


def test_a_meter_never_runs_backwards_and_agrees_with_its_power(day):
    energy, power = day["pow-e01/x_energy"], day["pow-e01/x_power"]
    assert (np.diff(energy) > 0).all()
    assert energy[-1] - energy[0] == pytest.approx(power[:-1].sum() / 60.0, rel=0.05)


def course(station: str, quantity: str, form: str = "", **more: object) -> np.ndarray:
    park = small_park()
    n = next(
        n for n, p in enumerate(park.points) if (p.station, p.quantity, p.form) == (station, quantity, form)
    )
    points = tuple(
        replace(p, **more) if (p.station, p.quantity) == (station, quantity) else p for p in park.points
    )
    park = replace(park, points=points)
    return Play(park, 11, Plot("quiet_day", 86400)).ordinary.values(np.asarray([n]), DAY_S[None, :])[0]


def test_a_meter_runs_at_what_its_plant_calls_usual_and_its_register_counts_it():
    flow, register = (course("ww-e01", q, normal=n) for q, n in (("w00000", 50.0), ("w00001", 180.0)))
    assert flow.mean() == pytest.approx(50.0, rel=0.02)
    assert register[-1] - register[0] == pytest.approx(flow[:-1].sum() * 60 / 1000.0, rel=0.02)


def test_a_concentration_that_is_held_lies_just_under_its_limit_all_day_and_agrees_with_the_oxygen(day):
    held = course("stack-e01-1", "a21002", "Zs", normal=48.25, reference_o2_pct=6.0)
    measured = course("stack-e01-1", "a21002", normal=48.25, reference_o2_pct=6.0)
    assert 0.93 * 50 < held.min() < held.max() < 50
    assert held == pytest.approx(measured * (21 - 6) / (21 - day["stack-e01-1/a19001"]), rel=1e-9)


def test_the_converted_concentration_follows_the_oxygen(day):
    measured, oxygen = day["stack-e01-1/a21002"], day["stack-e01-1/a19001"]
    assert day["stack-e01-1/a21002-Zs"] == pytest.approx(measured * (21 - 6) / (21 - oxygen), rel=1e-9)
    assert 4 < oxygen.min() < oxygen.max() < 10


def test_conversion_to_reference_oxygen_is_that_of_the_standard():
    converted = stack.to_reference_o2(np.asarray([30.0]), np.asarray([11.0]), np.asarray([6.0]))
    assert converted == pytest.approx([45.0])


def test_ozone_peaks_in_the_afternoon_and_is_low_at_night(day):
    hours = day["air-1/a05024"].reshape(24, 60).mean(axis=1)
    assert 10 <= int(hours.argmax()) <= 16
    assert hours[2] < 0.6 * hours.max()


def test_tanks_breathe_between_their_alarm_levels(day):
    level = day["tank-e02-1/x_level"]
    assert 30 < level.min() < level.max() < 80
    assert level.max() - level.min() > 3
    assert np.abs(np.diff(level)).max() < 1.5


def test_summer_is_warm_winter_is_cold_and_days_are_warmer_than_nights():
    weather = Weather(3)
    january, july = 1_767_621_600.0, 1_783_260_000.0  # 2026-01-05 and 2026-07-05, 22:00 at Greenwich
    hours = np.arange(0, 30 * 86400.0, 3600.0)
    cold, hot = weather.at(january + hours), weather.at(july + hours)
    assert -16 < cold.temperature_c.mean() < -2
    assert 19 < hot.temperature_c.mean() < 33
    noon = np.abs(weather.solar_hour(july + hours) - 15) < 1
    night = np.abs(weather.solar_hour(july + hours) - 4) < 1
    assert hot.temperature_c[noon].mean() > hot.temperature_c[night].mean() + 6
    assert hot.sun_w_m2[night].max() < 60
    assert 0 <= hot.wind_from_deg.min() <= hot.wind_from_deg.max() < 360
    assert hot.wind_speed_m_s.min() > 0


def test_all_stations_feel_one_wind(day):
    other = weather_of(small_park(), 11).at(DAY_S)
    gap = (day["air-1/a01008"] - other.wind_from_deg + 180) % 360 - 180
    assert np.abs(gap).max() < 8


def test_levels_name_their_source():
    import csv
    from importlib.resources import files

    rows = list(
        csv.DictReader(files("simulators.signals").joinpath("levels.csv").read_text("utf-8").splitlines())
    )
    assert len(rows) == len(table())
    assert all(row["source"].strip() for row in rows)
