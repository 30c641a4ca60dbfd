import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartpark.catalogue import geometry

SQUARE = {
    "type": "Polygon",
    "coordinates": [[[106.0, 39.0], [106.01, 39.0], [106.01, 39.01], [106.0, 39.01], [106.0, 39.0]]],
}
# The same square with its north-east quarter cut out, and one with a hole in the middle.
ELL = {
    "type": "Polygon",
    "coordinates": [
        [
            *([106.0, 39.0], [106.01, 39.0], [106.01, 39.005], [106.005, 39.005]),
            *([106.005, 39.01], [106.0, 39.01], [106.0, 39.0]),
        ]
    ],
}
HOLE = [[106.004, 39.004], [106.006, 39.004], [106.006, 39.006], [106.004, 39.006], [106.004, 39.004]]
RING = {"type": "Polygon", "coordinates": [SQUARE["coordinates"][0], HOLE]}


def test_a_degree_of_latitude_is_111_kilometres():
    assert geometry.distance_m(39, 106, 40, 106) == pytest.approx(111_195, rel=1e-4)
    assert geometry.distance_m(39, 106, 39, 107) == pytest.approx(86_414, rel=1e-3)
    assert geometry.distance_m(39, 106, 39, 106) == 0


def test_a_place_in_a_notch_or_a_hole_is_outside():
    assert geometry.contains(SQUARE, 39.007, 106.007)
    assert not geometry.contains(ELL, 39.007, 106.007)
    assert geometry.contains(ELL, 39.002, 106.007)
    assert not geometry.contains(RING, 39.005, 106.005)


def test_a_multipolygon_is_any_of_its_parts():
    shifted = [[[lon + 0.1, lat] for lon, lat in SQUARE["coordinates"][0]]]
    both = {"type": "MultiPolygon", "coordinates": [SQUARE["coordinates"], shifted]}
    assert geometry.contains(both, 39.005, 106.005)
    assert geometry.contains(both, 39.005, 106.105)
    assert not geometry.contains(both, 39.005, 106.05)


def test_the_distance_outside_is_to_the_nearest_edge_or_corner():
    assert geometry.outside_m(SQUARE, 39.005, 106.005) == 0
    assert geometry.outside_m(SQUARE, 39.011, 106.005) == pytest.approx(111.2, rel=1e-2)
    assert geometry.outside_m(SQUARE, 39.011, 106.011) == pytest.approx(141.2, rel=2e-2)


def test_the_middle_of_a_plot_is_its_centroid():
    assert geometry.middle(SQUARE) == (39.005, 106.005)
    lat, lon = geometry.middle(ELL)
    assert (lat, lon) == (pytest.approx(39.004167, abs=1e-6), pytest.approx(106.004167, abs=1e-6))


def test_the_area_of_a_hundredth_of_a_degree_squared():
    assert geometry.area_km2(SQUARE) == pytest.approx(1.11195**2 * 0.777, rel=2e-3)


@given(st.floats(38.99, 39.02), st.floats(105.99, 106.02))
def test_inside_and_no_distance_outside_are_the_same(lat, lon):
    assert (geometry.outside_m(ELL, lat, lon) == 0) >= geometry.contains(ELL, lat, lon)
    if geometry.outside_m(ELL, lat, lon) > 1e-6:
        assert not geometry.contains(ELL, lat, lon)
