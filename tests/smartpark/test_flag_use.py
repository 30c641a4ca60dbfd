"""Flag x mark x stream class: every combination is decided, and decided as the sources say."""

from itertools import product

import numpy as np
import pytest

from smartpark.flag_use import (
    AVERAGE,
    CLEAR,
    FLAGS,
    MARKED,
    MARKED_UPPER,
    MARKS,
    OVER_RANGE,
    RAISE,
    REPORT,
    STREAM_CLASSES,
    class_number,
    table,
    use_of,
    uses,
)

EVERY = list(product(STREAM_CLASSES, FLAGS, MARKS))


@pytest.mark.parametrize(("stream_class", "flag", "mark"), EVERY)
def test_the_look_up_array_says_what_the_row_says(stream_class, flag, mark):
    found = uses(
        np.array([class_number(stream_class)]),
        np.array([ord(flag)], np.uint8),
        np.array([ord(mark)], np.uint8),
    )
    assert found[0] == use_of(stream_class, flag, mark).bits


def test_every_row_has_a_source_and_decides_something():
    reached = {id(use_of(*combination)) for combination in EVERY}
    assert all(row.source for row in table())
    assert {id(row) for row in table()} == reached


def bits(stream_class, flag, mark="-"):
    return use_of(stream_class, flag, mark).bits


def test_nothing_but_a_normal_reading_without_doubt_clears_anything():
    clearing = {(c, flag, mark) for c, flag, mark in EVERY if bits(c, flag, mark) & CLEAR}
    means = {(c, "N", "R") for c in STREAM_CLASSES if c != "safety"}
    assert clearing == {(c, "N", "-") for c in STREAM_CLASSES} | means


def test_on_safety_streams_normal_and_saturated_readings_raise_whatever_their_mark():
    raising = {(flag, mark) for flag, mark in product(FLAGS, MARKS) if bits("safety", flag, mark) & RAISE}
    assert raising == set(product("NT", MARKS))


def test_over_range_raises_hh_on_safety_streams_alone():
    over = {c for c in EVERY if bits(*c) & OVER_RANGE}
    assert over == {("safety", "T", mark) for mark in MARKS} | {("safety", "N", "O")}


def test_a_muting_flag_past_a_limit_is_an_item_on_safety_streams_alone():
    marked = {(c, flag) for c, flag, mark in EVERY if bits(c, flag, mark) & MARKED_UPPER}
    assert marked == {("safety", flag) for flag in "MCFSDB"}
    assert {flag for flag in FLAGS if bits("safety", flag) & MARKED == MARKED} == set("MCFS")


@pytest.mark.parametrize("stream_class", ["emission", "ambient", "meter"])
def test_elsewhere_only_normal_readings_are_judged_and_implausible_ones_never(stream_class):
    raising = {(flag, mark) for flag, mark in product(FLAGS, MARKS) if bits(stream_class, flag, mark) & RAISE}
    assert raising == {("N", mark) for mark in MARKS if mark != "I"}


@pytest.mark.parametrize("stream_class", STREAM_CLASSES)
def test_only_normal_readings_are_averaged_and_not_those_that_cannot_be(stream_class):
    averaged = {c for c in product(FLAGS, MARKS) if bits(stream_class, *c) & AVERAGE}
    assert averaged == {("N", mark) for mark in MARKS if mark not in "IK"}


def test_a_reading_the_platform_doubts_as_implausible_is_not_reported_as_valid():
    assert not bits("emission", "N", "I") & REPORT
    assert bits("emission", "N") & REPORT


def test_a_letter_outside_the_vocabulary_may_do_nothing():
    assert uses(np.array([0]), np.array([ord("X")], np.uint8), np.array([ord("-")], np.uint8))[0] == 0
