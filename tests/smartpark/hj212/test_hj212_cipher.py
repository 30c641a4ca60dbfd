"""SM4 of HJ 212-2025: whole blocks are encrypted, the tail is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartpark.hj212 import cipher

KEY = bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")
# GB/T 32907-2016 appendix A, example 1.
ENCRYPTED = bytes.fromhex("681EDF34D206965E86B3E94F536E4246")


def test_the_example_of_the_standard_is_encrypted_as_printed():
    assert cipher.encrypt(KEY, KEY) == ENCRYPTED
    assert cipher.decrypt(ENCRYPTED, KEY) == KEY


def test_equal_blocks_look_equal_because_the_standard_says_ecb():
    assert cipher.encrypt(KEY * 3, KEY) == ENCRYPTED * 3


@pytest.mark.parametrize("tail", range(16))
def test_the_tail_behind_the_last_whole_block_stays_clear(tail):
    assert cipher.encrypt(KEY + b"DataTime=2026112"[:tail], KEY) == ENCRYPTED + b"DataTime=2026112"[:tail]
    assert cipher.encrypt(b"DataTime=2026112"[:tail], KEY) == b"DataTime=2026112"[:tail]


@given(st.binary(max_size=200), st.binary(min_size=16, max_size=16))
def test_decrypting_gives_back_what_was_encrypted(region, key):
    encrypted = cipher.encrypt(region, key)
    assert len(encrypted) == len(region)
    assert cipher.decrypt(encrypted, key) == region


def test_a_key_is_written_as_32_hexadecimal_digits():
    assert cipher.key_of("30" * 16) == b"0" * 16
    assert cipher.key_of("0123456789abcdefFEDCBA9876543210") == KEY


@pytest.mark.parametrize("text", ["", "30", "30" * 15, "30" * 17, "g0" * 16, "0x" + "30" * 16, "密" * 16])
def test_another_key_is_refused_with_what_to_write(text):
    with pytest.raises(cipher.KeyFormError, match="an SM4 key is 32 hexadecimal digits, such as 3030"):
        cipher.key_of(text)
