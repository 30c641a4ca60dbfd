"""Defects come at their rate, and are what they claim: the codec bears them, or refuses them for that reason."""

import pytest

from simulators.faults import FaultError
from simulators.loggers import defects
from simulators.loggers.defects import WORDS, Defects, segments
from simulators.loggers.dialogue import information
from smartpark.hj212.frame import FrameError, decode
from smartpark.hj212.framing import Splitter
from tests.simulators.loggers.sample import MIDNIGHT_S, OUTLET, frames, leaving, logger, play

BORNE = {
    "lower_case_crc": "lower_case_check",
    "three_digit_length": "three_digit_length",
    "trailing_semicolon": "separators",
    "no_qn": "no_qn",
    "no_flag": "no_flag",
}


def written(name: str, edition: int = 2017) -> bytes:
    one = logger(edition, OUTLET)
    parcel = one.dialect.parcels("2011", MIDNIGHT_S, one.wording.instant(MIDNIGHT_S, *_values(one)))[0]
    return one.dialect.write(parcel, one.qn(), frozenset({name}))


def _values(one):
    play(one, MIDNIGHT_S, MIDNIGHT_S + 10)
    newest = one.memory.instants[-1]
    return newest.sent, newest.flags


@pytest.mark.parametrize("name", BORNE)
def test_what_the_codec_bears_is_known_by_its_name(name):
    assert decode(written(name)).deviations == {BORNE[name]}


@pytest.mark.parametrize(
    ("name", "words"), [("wrong_crc", "is right; the frame was damaged"), ("modbus_crc", "CRC-16/MODBUS")]
)
def test_a_wrong_check_is_refused_for_what_it_is(name, words):
    with pytest.raises(FrameError, match=words) as refused:
        decode(written(name))
    assert refused.value.reason == "bad_crc"


def test_milliseconds_of_a_time_are_written_and_read():
    assert decode(written("long_time")).field("DataTime") == "20261122000000000"


def test_a_chinese_text_in_gb18030_keeps_its_length_in_bytes():
    one = logger()
    raw = one.dialect.write(information(one.dialect, MIDNIGHT_S, "a21026"), one.qn(), frozenset({"gb18030"}))
    frame = decode(raw)
    assert frame.deviations == {"text_in_gb18030"}
    assert frame.values[-1] == "//仪器运行正常//"


def test_a_half_frame_is_refused_and_spoils_no_more_than_the_next():
    whole = written("")
    lines = segments([(whole, frozenset({"half_frames"})), (whole, frozenset()), (whole, frozenset())])
    splitter = Splitter()
    pieces = [piece for line in lines for piece in splitter.feed(line.data)] + splitter.finish()
    opened, refused = 0, []
    for piece in pieces:
        try:
            decode(piece)
            opened += 1
        except FrameError as error:
            refused.append(error.reason)
    assert opened >= 1
    assert refused == ["bad_frame"]


@pytest.mark.parametrize("name", ["slow_loris", "torn"])
def test_a_frame_in_pieces_rests_after_each_and_arrives_whole(name):
    whole = written("")
    lines = segments([(whole, frozenset({name}))])
    assert len(lines) == (len(whole) if name == "slow_loris" else pytest.approx(12, abs=1))
    assert all(line.rest_s > 0 for line in lines)
    assert b"".join(line.data for line in lines) == whole


def test_glued_frames_leave_in_one_piece_and_none_waits_for_ever():
    whole = written("")
    glued = frozenset({"glued"})
    assert segments([(whole, glued), (whole, frozenset())]) == [(whole + whole, 0.0)]
    assert segments([(whole, glued)]) == [(whole, 0.0)]
    assert len(frames(segments([(whole, glued)] * 3)[0].data)) == 3


def test_a_logger_that_splits_says_everything_in_packets_that_are_whole_by_themselves():
    one = logger(rates={"split": 1.0})
    play(one, MIDNIGHT_S + 60, MIDNIGHT_S + 70)
    parts = [frame for frame in leaving(one) if frame.head.cn == "2011"]
    assert len(parts) > 1
    assert [part.head.pno for part in parts] == list(range(1, len(parts) + 1))
    assert {part.field("DataTime") for part in parts} == {"20261122000100"}


@pytest.mark.parametrize("name", sorted(WORDS))
def test_a_defect_strikes_at_its_rate(name):
    dice = Defects({name: 0.2}, seed=3, name="one")
    assert sum(name in dice.strike() for _ in range(5000)) == pytest.approx(1000, abs=150)


def test_the_same_seed_strikes_the_same_frames_and_no_rate_strikes_none():
    draws = [[Defects({"torn": 0.5}, 3, "one").strike() for _ in range(1)] for _ in range(2)]
    assert draws[0] == draws[1]
    one, other = (Defects({"torn": 0.5}, 3, name) for name in ("one", "two"))
    assert [one.strike() for _ in range(64)] != [other.strike() for _ in range(64)]
    assert Defects().strike() == frozenset()


@pytest.mark.parametrize("text", ["wrong_crcs:0.1", "torn:2", "torn:x"])
def test_a_list_of_defects_that_cannot_be_read_says_what_to_write(text):
    with pytest.raises(FaultError, match="write"):
        defects.parse(text)


def test_a_defect_without_a_rate_strikes_always():
    assert defects.parse("torn, glued:0.5") == {"torn": 1.0, "glued": 0.5}
