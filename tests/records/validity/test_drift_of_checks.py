"""Drift against what HJ 75 asks, as far as it is known."""

import pytest

from records.validity import drift


@pytest.mark.parametrize(
    ("percent", "passed", "in_control"),
    [(2.5, True, True), (-2.5, True, True), (2.51, False, True), (-5.0, False, True), (5.01, False, False)],
)
def test_a_zero_check_of_a_gas_passes_within_its_limit_of_either_sign(percent, passed, in_control):
    found = drift.judged("a21026", "zero", percent)
    assert (found["passed"], found["in_control"]) == (passed, in_control)


def test_a_limit_that_was_not_read_says_so():
    for one in drift.limits().values():
        assert one.source.strip()
        assert one.limit <= one.out_of_control
        assert one.verified is False


def test_a_quantity_without_a_limit_is_not_judged():
    assert set(drift.judged("w01018", "zero", 50.0).values()) == {None}
