"""Instants are local digits: 14, or 17 with milliseconds."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartpark.hj212.times import Memory, TimeFormError, digits, parse, qn

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")


def us(*parts: int) -> int:
    return int(datetime(*parts, tzinfo=UTC).timestamp()) * 1_000_000


def test_fourteen_digits_are_local_time_of_the_park():
    assert parse("20261122080000", SHANGHAI) == us(2026, 11, 22)
    assert parse("20261122080000", BERLIN) == us(2026, 11, 22, 7)


def test_three_more_digits_are_milliseconds():
    assert parse("20261122080000817", SHANGHAI) == us(2026, 11, 22) + 817_000


def test_years_before_1986_know_the_summer_time_of_those_days():
    assert parse("19880701120000", SHANGHAI) == us(1988, 7, 1, 3)  # China had summer time from 1986 to 1991


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026",
        "2026112208000",
        "202611220800001",
        "2026-11-22 0800",
        "2026112208000x",
        "２０２６１１２２０８００００",
    ],
)
def test_anything_but_14_or_17_digits_is_refused_with_what_to_write(text):
    with pytest.raises(TimeFormError, match=r"is no instant; write 14 digits YYYYMMDDhhmmss"):
        parse(text, SHANGHAI)


@pytest.mark.parametrize(
    "text",
    [
        "20260230080000",
        "20261322080000",
        "20261122240000",
        "20261122086000",
        "20261122080060",
    ],
)
def test_an_instant_that_does_not_exist_is_refused_with_what_to_do(text):
    with pytest.raises(TimeFormError, match=r"does not exist .*; check the clock of the logger"):
        parse(text, SHANGHAI)


@pytest.mark.parametrize("text", ["00000000000000", "00010101000000", "19691231235959", "21010101000000"])
def test_a_year_of_no_logger_is_refused_with_what_to_do(text):
    with pytest.raises(TimeFormError, match=f"is of the year {text[:4]}; check the clock of the logger"):
        parse(text, SHANGHAI)


def test_the_first_and_the_last_year_are_read():
    assert parse("21001231235959", SHANGHAI) == us(2100, 12, 31, 15, 59, 59)
    assert parse("19700101080000", SHANGHAI) == 0
    assert digits(parse("20261122080000", SHANGHAI), SHANGHAI) == "20261122080000"


@given(st.datetimes(min_value=datetime(1992, 1, 1), max_value=datetime(2099, 12, 31)))  # noqa: DTZ001 - local digits
def test_written_instants_read_back_the_same(local):
    text = local.strftime("%Y%m%d%H%M%S") + f"{local.microsecond // 1000:03d}"
    found = parse(text, SHANGHAI)
    assert qn(found, SHANGHAI) == text
    assert digits(found, SHANGHAI) == text[:14]


def test_a_memory_says_the_same_the_second_time_and_refuses_the_same():
    memory = Memory(SHANGHAI)
    for _ in range(2):
        assert memory.parse("20261122080000") == us(2026, 11, 22)
        with pytest.raises(TimeFormError):
            memory.parse("20260230080000")


def test_a_memory_does_not_grow_without_end():
    memory = Memory(SHANGHAI)
    for second in range(21_000):
        memory.parse(digits(us(2026, 11, 22) + second * 1_000_000, SHANGHAI))
    assert len(memory._known) <= 20_000
