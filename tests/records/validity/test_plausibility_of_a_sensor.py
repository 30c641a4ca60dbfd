"""Each detector finds what it is for, and nothing in clean data."""

import numpy as np
import pytest

from records.validity import plausibility
from records.validity.clue import runs
from records.validity.station_day import kinds

DAY = 1440


@pytest.fixture
def clean():
    """A day of minute means that wander as such values do."""
    rng = np.random.default_rng(7)
    return 40 + 8 * np.sin(np.arange(DAY) / 200) + rng.normal(0, 1.5, DAY)


@pytest.fixture
def past():
    rng = np.random.default_rng(8)
    return 40 + rng.normal(0, 3, 7 * DAY)


def spans(clues):
    return [(one.kind, one.first, one.end) for one in clues]


def test_clean_data_give_no_clue(clean, past):
    assert plausibility.flat_line(clean, 120) == []
    assert plausibility.repeated_block(clean, past) == []
    assert plausibility.sentinels(clean) == []
    assert plausibility.negative(clean) == []
    assert plausibility.unit_slip(clean, past) == []
    assert plausibility.after_calibration(clean, np.isin(np.arange(DAY), np.arange(600, 620))) == []


def test_a_value_that_stands_for_two_hours_is_found_with_its_ends(clean):
    clean[300:420] = 41.5
    (clue,) = plausibility.flat_line(clean, 120)
    assert (clue.first, clue.end, dict(clue.evidence)) == (300, 420, {"value": 41.5, "minutes": 120})
    clean[360] = np.nan  # data that are missing say nothing
    assert plausibility.flat_line(clean, 120) == []


def test_an_analyser_that_holds_its_result_for_four_hours_is_not_flat(clean):
    held = np.repeat(clean[::240], 240)
    assert plausibility.flat_line(held, 720) == []
    held[100:900] = 3.0
    assert spans(plausibility.flat_line(held, 720)) == [("flat_line", 100, 900)]


def test_a_copied_day_is_found_with_how_far_back_it_stood(clean, past):
    clean[480:720] = past[5 * DAY + 480 : 5 * DAY + 720]
    (clue,) = plausibility.repeated_block(clean, past)
    assert (clue.first, clue.end, clue.evidence["hours_back"]) == (480, 720, 48.0)


def test_a_block_copied_within_the_day_is_found(clean, past):
    clean[600:660] = clean[60:120]
    assert [(one.first, one.evidence["hours_back"]) for one in plausibility.repeated_block(clean, past)] == [
        (600, 9.0)
    ]


def test_equal_blocks_of_few_values_prove_nothing(past):
    assert plausibility.repeated_block(np.tile([1.0, 2.0, 3.0], DAY // 3), past) == []


@pytest.mark.parametrize("code", [-9999.0, -200.0, -1.0])
def test_a_sentinel_is_found_and_is_no_negative_value(clean, code):
    clean[100:105] = code
    assert spans(plausibility.sentinels(clean)) == [("sentinel", 100, 105)]
    assert plausibility.negative(clean) == []


def test_negative_concentrations_are_found(clean):
    clean[200:215] = -0.4
    (clue,) = plausibility.negative(clean)
    assert (clue.first, clue.end, dict(clue.evidence)) == (200, 215, {"minutes": 15, "least": -0.4})


def test_hours_that_cling_just_under_the_limit_are_found():
    rng = np.random.default_rng(1)
    clinging = 50 * rng.uniform(0.955, 0.999, 24)
    (clue,) = plausibility.near_limit(clinging, 50)
    assert (clue.evidence["hours"], clue.evidence["share"]) == (24, 100.0)
    clinging[3] = 51  # who exceeds is not clinging
    assert plausibility.near_limit(clinging, 50) == []
    assert plausibility.near_limit(50 * rng.uniform(0.3, 1.0, 24), 50) == []


@pytest.mark.parametrize("factor", [1000.0, 0.001])
def test_a_slip_of_the_unit_is_found_in_both_directions(clean, past, factor):
    clean[700:760] *= factor
    (clue,) = plausibility.unit_slip(clean, past)
    assert (clue.first, clue.end) == (700, 760)
    assert clue.evidence["times"] == pytest.approx(factor, rel=0.3)


def test_a_tenfold_rise_is_no_slip_of_the_unit(clean, past):
    clean[700:760] *= 10
    assert plausibility.unit_slip(clean, past) == []


def test_a_step_after_a_calibration_is_found(clean):
    calibrating = np.isin(np.arange(DAY), np.arange(600, 620))
    clean[600:620] = np.nan
    clean[620:] *= 0.5
    assert spans(plausibility.after_calibration(clean, calibrating)) == [("after_calibration", 620, 680)]


def test_a_swing_after_a_calibration_is_found(clean):
    calibrating = np.isin(np.arange(DAY), np.arange(600, 620))
    clean[620:700] += 20 * (-1.0) ** np.arange(80)
    (clue,) = plausibility.after_calibration(clean, calibrating)
    assert clue.evidence["swing"] > 5


def test_rows_are_told_with_their_ends():
    where = np.array([True, True, False, True, True, True])
    assert runs(where, 2) == [(0, 2), (3, 6)]


def test_every_kind_of_finding_has_words_a_source_and_accuses_nobody():
    for kind in kinds().values():
        assert kind.name_zh
        assert kind.source
        assert kind.verified is False
        for word in ("造假", "作弊", "fraud", "违法"):
            assert word not in kind.text_zh + kind.text_en + kind.name_zh
