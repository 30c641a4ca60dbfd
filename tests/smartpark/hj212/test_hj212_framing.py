"""Frames come out of a stream whole, however it is cut, and a liar harms nobody behind him."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartpark.hj212.checksum import checksum
from smartpark.hj212.encode import Sender, encode
from smartpark.hj212.frame import FrameError, decode
from smartpark.hj212.framing import Splitter

MN = "010000A8900016F000169DC0"
KEY = b"0" * 16
BOUND = 10_100


def good(n: int = 0, end: bytes = b"\r\n", key: bytes | None = None) -> bytes:
    cp = f"DataTime=20260801085857;a21026-Rtd={n},a21026-Flag=N"
    raw = encode(
        Sender(MN, "31", key=key), "2011", cp, flag=9 if key else 5, qn=f"20260801085857{n % 1000:03d}"
    )
    return raw.removesuffix(b"\r\n") + end


def with_length(raw: bytes, length: int) -> bytes:
    return raw[:2] + b"%04d" % length + raw[6:]


def fed(stream: bytes, size: int = 1 << 20) -> list[bytes]:
    splitter = Splitter()
    pieces = [piece for at in range(0, len(stream), size) for piece in splitter.feed(stream[at : at + size])]
    assert splitter.held <= BOUND
    return pieces + splitter.finish()


def sound(pieces: list[bytes]) -> list[str]:
    """The values of the pieces that open."""
    found = []
    for piece in pieces:
        try:
            frame = decode(piece, {MN: KEY}.get)
        except FrameError:
            continue
        found.append(frame.values[1])
    return found


SCRAPS = st.sampled_from(
    [
        *(good(1), good(2, b""), good(3, b"\n"), good(4, key=KEY), good(5).replace(b"##0", b"##", 1)),
        *(
            b"##",
            b"#",
            b"&&",
            b"&&AB01\r\n",
            b"\r\n",
            b"\r",
            b"##0101",
            b"##9999",
            b"##00",
            b"##x",
            b"\0",
            b"7",
        ),
        *(
            good(6)[:50],
            good(7)[50:],
            with_length(good(8), 50),
            with_length(good(9), 500),
            b"GET / HTTP/1.1\r\n\r\n",
        ),
    ]
)
CUTS = st.lists(st.integers(1, 40), min_size=1, max_size=30)


def cut(stream: bytes, sizes: list[int]) -> list[bytes]:
    places = [0]
    while places[-1] < len(stream):
        places.append(places[-1] + sizes[len(places) % len(sizes)])
    return [stream[a:b] for a, b in pairwise(places)]


@given(st.lists(SCRAPS, max_size=12), CUTS)
def test_the_pieces_are_the_same_however_the_stream_is_cut(scraps, sizes):
    stream = b"".join(scraps)
    splitter = Splitter()
    pieces = [piece for chunk in cut(stream, sizes) for piece in splitter.feed(chunk)]
    assert pieces + splitter.finish() == fed(stream)
    assert splitter.held == 0


@given(st.binary(max_size=400), CUTS)
def test_nothing_but_blanks_between_pieces_is_lost(stream, sizes):
    splitter = Splitter()
    pieces = [piece for chunk in cut(stream, sizes) for piece in splitter.feed(chunk)] + splitter.finish()
    strip = bytes.maketrans(b"", b"")
    assert b"".join(pieces).translate(strip, b"\r\n \t\0") == stream.translate(strip, b"\r\n \t\0")


@given(st.lists(st.sampled_from([b"\r\n", b"", b"\n", b"\r\n\r\n", b" "]), min_size=1, max_size=20), CUTS)
def test_frames_with_whatever_line_end_come_out_one_by_one(ends, sizes):
    stream = b"".join(good(n, end) for n, end in enumerate(ends))
    splitter = Splitter()
    pieces = [piece for chunk in cut(stream, sizes) for piece in splitter.feed(chunk)]
    assert pieces == [good(n, b"") for n in range(len(ends))]
    assert splitter.held == 0


def test_one_byte_after_the_other_gives_every_frame_as_soon_as_it_is_whole():
    splitter = Splitter()
    raw = good()
    whole = [at for at in range(len(raw)) if splitter.feed(raw[at : at + 1])]
    assert whole == [len(raw) - 3]  # with the last digit of the check; the line's end is not waited for
    assert splitter.held == 0


def test_an_encrypted_frame_with_delimiters_inside_comes_out_whole():
    made = [good(n, key=KEY) for n in range(30_000)]
    for wanted in (b"##", b"&&", b"\r\n"):
        raw = next(raw for raw in made if wanted in raw[100:-8])
        assert Splitter().feed(good(1) + raw + good(2)) == [good(1, b""), raw[:-2], good(2, b"")]


@pytest.mark.parametrize(
    "length", [0, 1, 50, 119, 120, 121, 122, 123, 124, 125, 126, 130, 200, 240, 300, 1000, 9999]
)
@pytest.mark.parametrize("end", [b"\r\n", b""])
def test_behind_a_lying_length_the_next_frames_are_found(length, end):
    liar = with_length(good(1, end), length)
    right = len(good(1, b"")) - 10
    assert length != right
    pieces = fed(liar + b"".join(good(n, end) for n in range(2, 80)))
    assert sound(pieces) == [str(n) for n in range(2, 80)]
    assert pieces[0].startswith(b"##%04d" % length)


def test_a_length_that_lies_costs_its_own_frame_alone_and_one_refusal():
    for length in (50, 500):
        pieces = fed(good(1) + with_length(good(2), length) + good(3))
        assert [piece[:6] for piece in pieces] == [good(1)[:6], b"##%04d" % length, good(3)[:6]]


def test_a_frame_that_breaks_off_is_handed_on_when_the_next_begins():
    for at in range(8, len(good()) - 2):
        broken = good(1)[:at]
        assert fed(broken + b"\r\n" + good(2)) == [broken, good(2, b"")]
    assert fed(good(1)[:60] + good(2)) == [good(1)[:60], good(2, b"")]


def test_half_a_frame_waits_and_is_handed_on_when_nothing_more_comes():
    splitter = Splitter()
    assert splitter.feed(good()[:70]) == []
    assert splitter.held == 70
    assert splitter.finish() == [good()[:70]]
    assert splitter.held == 0
    assert splitter.feed(good(2)) == [good(2, b"")]


def test_a_shorter_check_takes_nothing_from_the_next_frame():
    for check in (b"", b"1", b"12", b"123", b"CRC", b"-1"):
        for end in (b"\r\n", b""):
            broken = good(1, b"")[:-4] + check
            assert fed(broken + end + good(2)) == [broken, good(2, b"")], (check, end)


def test_garbage_before_between_and_behind_frames_is_handed_on_as_it_is():
    assert fed(b"hello" + good(1) + b"noise\r\nmore noise" + good(2) + b"###") == [
        b"hello",
        good(1, b""),
        b"noise\r\nmore noise",
        good(2, b""),
        b"###",
    ]


def test_a_hash_too_many_does_not_cost_the_frame():
    assert fed(b"#" + good(1) + b"##" + good(2)) == [b"#", good(1, b""), b"##", good(2, b"")]


def test_keep_alive_bytes_between_frames_are_passed_over():
    assert fed(b"\0\0" + good(1) + b"\r\n \t\0" + good(2)) == [good(1, b""), good(2, b"")]


@pytest.mark.parametrize(
    "noise",
    [b"x", b"#", b"##", b"##9999", b"##9999&&", b"##0005&&", b"\0", b"##12", b"##999\r", b"&&ABCD\r"],
    ids=repr,
)
@pytest.mark.parametrize("size", [1, 7, 4096])
def test_what_waits_is_bounded_whatever_comes(noise, size):
    stream = noise * (25_000 // len(noise))
    splitter = Splitter()
    for at in range(0, len(stream), size):
        pieces = splitter.feed(stream[at : at + size])
        assert splitter.held <= BOUND
        assert all(len(piece) <= BOUND for piece in pieces)
    splitter.finish()
    assert splitter.held == 0


def test_the_longest_frame_that_four_digits_can_say_comes_out():
    before = b"QN=1;ST=31;CN=2013;MN=A;CP=&&a-Info="
    segment = before + b"9" * (9999 - len(before) - 2) + b"&&"
    raw = b"##9999%b%04X" % (segment, checksum(segment))
    assert fed(raw + b"\r\n" + good(1), 1000) == [raw, good(1, b"")]
    assert decode(raw).head.cn == "2013"
