"""The check is that of HJ 212-2017 appendix A, byte for byte, whatever the length."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartpark.hj212.checksum import checksum, modbus


def as_printed(segment: bytes) -> int:
    """The algorithm as appendix A prints it: the low byte of the state is thrown away before each byte."""
    state = 0xFFFF
    for byte in segment:
        state = (state >> 8) ^ byte
        for _ in range(8):
            low = state & 1
            state >>= 1
            if low:
                state ^= 0xA001
    return state


def test_the_check_of_123456789_is_2f80():
    assert checksum(b"123456789") == 0x2F80


def test_the_check_of_the_standards_own_example_is_1c80():
    segment = (
        b"QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;"
        b"CP=&&RtdInterval=30&&"
    )
    assert len(segment) == 101
    assert checksum(segment) == 0x1C80


@given(st.binary(max_size=300))
def test_any_bytes_have_the_check_of_the_printed_algorithm(segment):
    assert checksum(segment) == as_printed(segment)


@pytest.mark.parametrize("size", [*range(20), 63, 64, 65, 127, 128, 129, 1023, 1024, 1025, 9999])
def test_every_length_folds_to_the_same_check(size):
    segment = bytes(at * 167 % 251 for at in range(size))
    assert checksum(segment) == as_printed(segment)
    assert checksum(b"\x00" * size) == as_printed(b"\x00" * size)
    assert checksum(b"\xff" * size) == as_printed(b"\xff" * size)


def test_there_are_only_256_results():
    found = {checksum(bytes([high, low])) for high in range(256) for low in range(256)}
    assert len(found) == 256
    assert {value & 255 for value in found} == {0x00, 0x01, 0x40, 0x41, 0x80, 0x81, 0xC0, 0xC1}


def test_modbus_is_another_check():
    assert modbus(b"123456789") == 0x4B37
