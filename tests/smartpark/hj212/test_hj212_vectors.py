"""Published frames, and the examples of the standard's appendix C; both lie beside the project as ../shared/data/hj212."""

import csv
import re
from pathlib import Path

import pytest

from smartpark.hj212.checksum import checksum
from smartpark.hj212.content import joined
from smartpark.hj212.frame import Frame, FrameError, decode
from smartpark.hj212.framing import Splitter

FOLDER = Path(__file__).resolve().parents[4] / "shared" / "data" / "hj212"
REASONS = {
    "bad_crc": "bad_crc",
    "modbus_crc": "bad_crc",
    "crc_not_4_hex": "bad_crc",
    "truncated_or_unterminated_CP": "bad_frame",
}


def rows(name: str) -> list[dict[str, str]]:
    if not (FOLDER / name).exists():
        pytest.skip("the frames lie beside the project")
    text = (FOLDER / name).read_text("utf-8")
    return list(csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))


def said(text: str) -> list[tuple[str, str]]:
    """What a CP says, read without any care for its grammar."""
    pairs = [pair.strip().partition("=") for pair in re.split("[;,]", text)]
    return [(name.strip(), value.strip()) for name, _, value in pairs if name]


def naive(frame: str) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """Header and CP of a frame, read without any care."""
    head, _, rest = frame[2:].lstrip("0123456789").partition("CP=&&")
    return dict(said(head)), said(rest.rpartition("&&")[0])


def shown(found: Frame) -> list[tuple[str, str]]:
    return list(zip(found.shape.names, found.values, strict=True))


def test_every_valid_frame_opens_with_the_values_it_carries():
    valid = [row for row in rows("frames.tsv") if row["verdict"] == "valid"]
    assert len(valid) >= 40
    for row in valid:
        found = decode(row["frame"].encode())
        head, cp = naive(row["frame"])
        assert shown(found) == cp, row["id"]
        assert (found.head.st, found.head.cn, found.head.mn) == (head.get("ST", ""), head["CN"], head["MN"])
        assert found.qn == head.get("QN", ""), row["id"]
        assert str("" if found.head.flag is None else found.head.flag) == row["Flag"], row["id"]
        assert (found.head.pnum or 0, found.head.pno or 0) == (int(row["PNUM"] or 0), int(row["PNO"] or 0))
        for code, places in found.shape.factors.items():
            for suffix, at in places.items():
                bare = suffix == "Flag" and found.shape.names[at] == "Flag"
                assert bare or found.shape.names[at] == f"{code}-{suffix}", row["id"]


def test_every_defective_frame_is_refused_for_its_defect():
    defective = [row for row in rows("frames.tsv") if row["verdict"] != "valid"]
    assert {row["verdict"] for row in defective} == set(REASONS)
    for row in defective:
        with pytest.raises(FrameError) as refused:
            decode(row["frame"].encode())
        assert refused.value.reason == REASONS[row["verdict"]], (row["id"], str(refused.value))
        assert ("MODBUS" in str(refused.value)) == (row["verdict"] == "modbus_crc"), row["id"]


@pytest.mark.parametrize("end", [b"\r\n", b""])
def test_all_frames_in_one_stream_come_out_one_by_one(end):
    published = [row["frame"].encode() for row in rows("frames.tsv")]
    splitter = Splitter()
    pieces = splitter.feed(b"".join(raw + end for raw in published)) + splitter.finish()
    assert pieces == published


def test_the_examples_of_appendix_c_open_and_its_misprints_harm_nobody():
    examples = rows("annexC_segments.tsv")
    refused = set()
    for row in examples:
        segment = row["segment"].encode()
        raw = b"##%04d%b%04X\r\n" % (len(segment), segment, checksum(segment))
        try:
            found = decode(raw)
        except FrameError:
            refused.add(row["segment"])
            continue
        head, cp = naive("##" + row["segment"])
        assert shown(found) == cp, row["table"]
        assert (found.head.mn, found.head.cn) == (head["MN"], head["CN"])
        assert found.edition == 2017
        assert joined(found.shape, found.values) == dict(reversed(cp))
    assert len(examples) > 150
    assert [segment for segment in refused if "…" not in segment] == []
