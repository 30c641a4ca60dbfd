"""What is written opens as what was meant, in every edition."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartpark.hj212 import encode
from smartpark.hj212.content import joined
from smartpark.hj212.encode import LARGEST_CP, Sender, answer, parts
from smartpark.hj212.frame import decode
from smartpark.hj212.framing import Splitter

MN = "010000A8900016F000169DC0"
QN = "20260801085857223"
KEY = b"0" * 16
NUMBERS = st.floats(-1e6, 1e6).map(lambda value: f"{value:.4f}")
VALUES = st.dictionaries(
    st.from_regex(r"[aw][0-9]{5}-(Rtd|Avg|Max|Min|ZsRtd)", fullmatch=True), NUMBERS, max_size=20
)


@given(
    values=VALUES,
    edition=st.sampled_from(sorted(encode.VERSION_BITS)),
    bits=st.integers(0, 3),
    qn=st.none() | st.from_regex(r"20[0-9]{15}", fullmatch=True),
    resent=st.booleans(),
    key=st.none() | st.binary(min_size=16, max_size=16),
    text=st.text(st.characters(exclude_characters="/\x00", exclude_categories=["Cs"]), max_size=20),
)
def test_what_is_written_opens_as_it_was_meant(*, values, edition, bits, qn, resent, key, text):
    said = {"DataTime": "20260801085857", **values, "i11001-Info": f"//{text}//"}
    cp = ";".join(f"{name}={value}" for name, value in said.items())
    flag = None if edition == 2005 and not bits else encode.VERSION_BITS[edition] | bits
    part = (3, 2) if bits & encode.SPLIT else None
    sender = Sender(MN, "31", "654321", key)
    raw = encode.encode(sender, "2011", cp, flag=flag, qn=qn, part=part, resent=resent)
    found = decode(raw, {MN: key}.get)
    assert joined(found.shape, found.values) == said
    assert found.head[:8] == ("31", "2011", "654321", MN, flag, *(part or (None, None)), resent)
    assert (found.qn, found.edition, found.wants_answer) == (qn or "", edition, bool((flag or 0) & 1))
    assert found.deviations <= ({"no_qn"} if qn is None else set()) | ({"no_flag"} if flag is None else set())
    assert Splitter().feed(raw) == [raw.rstrip(b"\r\n")]


@given(
    st.lists(st.integers(1, 400), max_size=40), st.sampled_from(["DataTime=20260801085857", "DataTime=采样"])
)
def test_parts_hold_every_item_once_and_none_is_longer_than_allowed(sizes, first):
    items = [f"a{at:05d}-Rtd={'9' * size}" for at, size in enumerate(sizes)]
    made = parts(items, first)
    assert all(part.startswith(first) for part in made)
    assert [item for part in made for item in part.split(";")[1:]] == items
    assert max(len(part.encode()) for part in made) <= LARGEST_CP
    for part, following in pairwise(made):
        assert len(part.encode()) + len(following.split(";")[1]) + 1 > LARGEST_CP  # none is split too early


def test_one_item_that_is_too_long_stays_whole():
    long = "a00000-Info=" + "9" * 1000
    assert parts(["a-Rtd=1", long, "b-Rtd=2"], "DataTime=1") == [
        "DataTime=1;a-Rtd=1",
        f"DataTime=1;{long}",
        "DataTime=1;b-Rtd=2",
    ]


def test_parts_of_nothing_are_the_one_that_says_when():
    assert parts([], "DataTime=1") == ["DataTime=1"]


@pytest.mark.parametrize(("edition", "flag"), [(2005, 1), (2017, 5), (2017, 7), (2025, 9)])
def test_an_answer_repeats_the_qn_and_edition_and_asks_for_none_itself(edition, flag):
    part = (2, 1) if flag & encode.SPLIT else None
    asked = decode(
        encode.encode(Sender(MN, "31", "654321"), "2011", "DataTime=1", flag=flag, qn=QN, part=part)
    )
    found = decode(answer(asked, "9014"))
    assert found.head == ("91", "9014", "654321", MN, flag & ~3, None, None, False, frozenset())
    assert (found.qn, found.edition, found.wants_answer) == (QN, edition, False)
    assert found.shape.names == ()


def test_an_answer_carries_its_fields_in_order_and_no_qn_where_none_was_said():
    asked = decode(encode.encode(Sender("LD130133000015", "32"), "2011", "DataTime=1"))
    raw = answer(asked, "9012", [("ExeRtn", "1"), ("Reason", "x")])
    assert re.fullmatch(
        rb"##\d{4}ST=91;CN=9012;PW=123456;MN=LD130133000015;Flag=0;CP=&&ExeRtn=1;Reason=x&&[0-9A-F]{4}\r\n",
        raw,
    )


def test_the_length_counts_bytes_and_is_that_of_the_plain_segment():
    raw = encode.encode(Sender(MN, "31", key=KEY), "3020", "i-Info=//中文//", flag=9, qn=QN)
    assert int(raw[2:6]) == len(raw) - 2 - 4 - 4 - 2
    assert decode(raw, {MN: KEY}.get).encrypted
