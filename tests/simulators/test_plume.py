"""The plume agrees with the published curves, and the train of puffs with the plume."""

import csv
from pathlib import Path

import numpy as np
import pytest

from simulators.plume import Release, plume_kg_m3, plume_sigmas_m, puff_kg_m3, puff_sigmas_m
from simulators.weather import Weather

VECTORS = Path(__file__).resolve().parents[3] / "shared" / "data" / "plume" / "vectors.tsv"
START_S = 1_795_312_800.0
STILL = Weather(1, wind_from_deg=270.0, wind_speed_m_s=2.0)


class Steady(Weather):
    """A wind to the east that never turns."""

    def drift_m_s(self, time_s):
        return np.full_like(time_s, 2.0), np.zeros_like(time_s)


def vectors(wanted: str) -> list[dict[str, str]]:
    if not VECTORS.exists():
        pytest.skip("the vectors lie beside the project")
    rows = csv.DictReader(VECTORS.read_text("utf-8").splitlines(), delimiter="\t")
    return [row for row in rows if row["set"].startswith(wanted)]


def test_sigmas_of_open_country_are_those_of_the_vectors():
    rows = vectors("CCPSRural")
    assert len(rows) == 6
    for row in rows:
        got = plume_sigmas_m(row["stability"], np.asarray(float(row["x_m"])))
        assert got == pytest.approx([float(x) for x in row["expected"].split(";")], rel=0.01)


def test_puff_sigmas_and_centre_are_those_of_the_vectors():
    (row,) = vectors("Gaussian puff")
    sigma_y, sigma_z = puff_sigmas_m(row["stability"], np.asarray(float(row["x_m"])))
    expected = [float(x) for x in row["expected"].split(";")[:2]]
    assert [float(sigma_y), float(sigma_z)] == pytest.approx(expected, rel=0.01)
    centre = 1.0 / (np.sqrt(2 * np.pi) * np.pi * expected[0] ** 2 * expected[1])
    assert float(puff_kg_m3(1.0, sigma_y, sigma_z)) == pytest.approx(centre, rel=0.01)


def test_briggs_by_hand():
    sigma_y, sigma_z = plume_sigmas_m("D", np.asarray(1000.0))
    assert float(sigma_y) == pytest.approx(0.08 * 1000 / 1.1**0.5)
    assert float(sigma_z) == pytest.approx(0.06 * 1000 / 2.5**0.5)
    assert float(plume_kg_m3(0.1, 2.0, sigma_y, sigma_z)) == pytest.approx(
        0.1 / (np.pi * 76.277 * 37.947 * 2), rel=1e-3
    )


@pytest.mark.parametrize("distance_m", [20.0, 100.0, 400.0, 1000.0])
def test_a_long_release_settles_at_the_plume_equation(distance_m):
    release = Release(
        39.45, 106.68, 0.5, START_S, START_S + 3600, Steady(1), height_m=0.0, source_m=0.0, held="D"
    )
    late = np.asarray([START_S + 3000.0])
    train = release.mg_m3(np.asarray([distance_m]), np.asarray([0.0]), 0.0, late)[0]
    sigmas = plume_sigmas_m("D", np.asarray(distance_m))
    assert train == pytest.approx(float(plume_kg_m3(0.5, 2.0, *sigmas)) * 1e6, rel=0.03)


def test_a_cloud_reaches_far_stations_later_than_near_ones():
    release = Release(39.45, 106.68, 0.5, START_S, START_S + 600, Steady(1), held="D")
    times = START_S + np.arange(0, 900.0, 5.0)
    near = release.mg_m3(np.full_like(times, 200.0), np.zeros_like(times), 2.0, times)
    far = release.mg_m3(np.full_like(times, 800.0), np.zeros_like(times), 2.0, times)
    first_near, first_far = times[near > 1.0][0], times[far > 1.0][0]
    assert first_near - START_S == pytest.approx(100, abs=35)
    assert first_far - START_S == pytest.approx(400, abs=120)
    assert near.max() > far.max() > 0


def test_nothing_is_smelt_upwind_or_before_the_release():
    release = Release(39.45, 106.68, 5.0, START_S, START_S + 600, STILL, held="D")
    times = np.asarray([START_S + 300.0, START_S - 1.0])
    assert release.mg_m3(np.asarray([-200.0, 200.0]), np.zeros(2), 2.0, times) == pytest.approx(
        [0, 0], abs=1e-6
    )


def test_stability_follows_sun_and_wind():
    noon, night = 1_783_224_000.0, 1_783_267_200.0  # 2026-07-05 12:00 and 2026-07-06 00:00 in China
    assert Weather(1, wind_speed_m_s=1.0, wind_from_deg=0).stability(noon) == "A"
    assert Weather(1, wind_speed_m_s=7.0, wind_from_deg=0).stability(noon) in {"C", "D"}
    assert Weather(1, wind_speed_m_s=1.0, wind_from_deg=0).stability(night) == "F"
    assert Weather(1, wind_speed_m_s=7.0, wind_from_deg=0).stability(night) == "D"
