"""Roses: every wind is counted once, and calm apart."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartpark.science.roses import SECTORS, SECTORS_ZH, pollution_rose, sector_of, wind_rose


def test_a_sector_lies_around_its_direction():
    centres = np.arange(16) * 22.5
    assert sector_of(centres).tolist() == list(range(16))
    assert sector_of([348.74, 348.75, 0.0, 11.24, 11.25, 360.0]).tolist() == [15, 0, 0, 0, 1, 0]
    assert len(SECTORS) == len(SECTORS_ZH) == 16
    assert dict(zip(SECTORS, SECTORS_ZH, strict=True))["WSW"] == "西西南"


def test_calm_needs_no_direction_and_wind_does():
    rose = wind_rose([0.0, 0.49, 0.5, 3.0, np.nan, -1.0], [np.nan, 90.0, 90.0, np.nan, 10.0, 10.0])
    assert rose.count == 3
    assert rose.calm_pct == pytest.approx(200 / 3)
    assert rose.frequency_pct[4, 0] == pytest.approx(100 / 3)


def test_a_speed_on_an_edge_belongs_to_the_class_above():
    rose = wind_rose([1.99, 2.0, 50.0], [0.0, 0.0, 0.0])
    assert rose.frequency_pct[0] == pytest.approx([100 / 3, 100 / 3, 0, 0, 100 / 3])


def test_nothing_measured_is_not_calm():
    rose = wind_rose([np.nan], [np.nan])
    assert rose.count == 0
    assert np.isnan(rose.calm_pct)
    assert np.isnan(rose.frequency_pct).all()


@pytest.mark.parametrize("edges", [(4.0, 2.0), (0.5, 2.0), (2.0, 2.0)])
def test_edges_that_do_not_ascend_are_refused(edges):
    with pytest.raises(ValueError, match="ascend"):
        wind_rose([1.0], [0.0], edges)


winds = st.lists(
    st.tuples(
        st.one_of(st.just(np.nan), st.floats(0, 40)),
        st.one_of(st.just(np.nan), st.floats(0, 360)),
        st.one_of(st.just(np.nan), st.floats(0, 500)),
    ),
    min_size=1,
    max_size=60,
)


@given(winds)
def test_the_frequencies_sum_to_one_hundred(rows):
    speed, direction, _ = np.array(rows).T
    rose = wind_rose(speed, direction)
    if rose.count:
        assert rose.frequency_pct.sum() + rose.calm_pct == pytest.approx(100)


@given(winds)
def test_the_pollution_rose_is_the_mean_of_each_sector(rows):
    speed, direction, value = np.array(rows).T
    rose = pollution_rose(speed, direction, value)
    for sector in range(16):
        inside = [
            v
            for s, d, v in rows
            if s >= 0.5 and np.isfinite(d) and np.isfinite(v) and int((d + 11.25) // 22.5) % 16 == sector
        ]
        assert rose.count[sector] == len(inside)
        expected = sum(inside) / len(inside) if inside else np.nan
        assert rose.mean[sector] == pytest.approx(expected, nan_ok=True)
    calm = [v for s, _, v in rows if s < 0.5 and np.isfinite(v)]
    assert rose.calm_count == len(calm)
    assert rose.calm_mean == pytest.approx(sum(calm) / len(calm) if calm else np.nan, nan_ok=True)
