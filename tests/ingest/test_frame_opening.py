"""From a logger's frame to items: every item of whatever CP is accepted or refused, and nothing comes out but that."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import frame_opening
from ingest.batch import Origin
from ingest.reported_check import check_reported
from smartpark.hj212.encode import Sender, encode
from tests.ingest.frames import BOUNDS, MN, NOW_US, balance, decoder
from tests.ingest.small_directory import PARK

STRANGER = "C" * 24
KEY = bytes(range(16))


def opened(*frames: bytes):
    one = decoder()
    batch = one.batch()
    for raw in frames:
        one.add(batch, Origin(f"smartpark/{PARK}/hj212/{MN}", raw, NOW_US))
    return batch


def frame(cn: str, cp: str, mn: str = MN, **more) -> bytes:
    return encode(Sender(mn, "31", "123456"), cn, cp, flag=4, qn="20261126080000001", **more)


def test_free_text_with_a_bare_flag_is_a_report_and_no_crash():
    batch = opened(frame("2011", "DataTime=20261126075900;i12001-Info=//abc//;Flag=N"))
    assert [dict(report.data) for report in batch.reports] == [{"i12001-Info": "//abc//", "i12001-Flag": "N"}]
    assert not batch.refusals


@pytest.mark.parametrize("time", ["00010101000000", "99991231235959"])
def test_a_clock_that_was_never_set_refuses_the_frame_alone(time):
    batch = opened(
        frame("2051", f"DataTime={time};a21026-Avg=1"), frame("2011", f"DataTime={time};a21026-Rtd=1")
    )
    assert [refusal.reason for refusal in batch.refusals] == ["malformed", "malformed"]


def test_a_sample_time_that_cannot_be_leaves_the_mean_as_it_is():
    batch = opened(frame("2061", "DataTime=20261126070000;a34013-Avg=3,a34013-SampleTime=00010101000000"))
    assert [(one.mean, one.sample_us) for one in batch.reported] == [(3.0, None)]


def test_a_value_that_is_infinite_in_our_unit_is_refused():
    checked = check_reported(opened(frame("2051", "DataTime=20261126075900;a21026-Avg=1e308")), BOUNDS)
    assert not checked.kept
    assert [refusal.reason for refusal in checked.refusals] == ["not_finite"]


def test_an_encrypted_stranger_waits_for_its_admission():
    raw = encode(
        Sender(STRANGER, "31", "123456", KEY), "2011", "DataTime=20261126075900;a21026-Rtd=1.0", flag=8
    )
    batch = opened(raw)
    assert batch.strangers == {STRANGER}
    assert [refusal.reason for refusal in batch.refusals] == ["bad_crc"]


def test_a_damaged_frame_makes_no_stranger():
    raw = frame("2011", "DataTime=20261126075900;a21026-Rtd=1.0", mn=STRANGER)
    assert not opened(raw.rstrip()[:-4] + b"0000").strangers


def test_what_cannot_be_decoded_for_a_defect_of_ours_is_kept_and_the_rest_goes_on(monkeypatch):
    sound = frame("2011", "DataTime=20261126075900;a34013-Rtd=1.0")
    taking = frame_opening._Items._instants

    def broken(self, plan):
        taking(self, plan)
        if "9" in self._frame.values:
            raise RuntimeError("defect")

    monkeypatch.setattr(frame_opening._Items, "_instants", broken)
    monkeypatch.setattr(frame_opening._Items, "_quickly", lambda *_: False)
    batch = opened(sound, frame("2011", "DataTime=20261126075900;a34013-Rtd=9"), sound)
    assert batch.sent == [1.0, 1.0]
    assert [(r.message, r.reason, r.items) for r in batch.refusals] == [(1, "unsupported", 1)]
    assert balance(batch) == (3, 3)


NAMES = st.one_of(
    st.builds(
        "{}-{}".format,
        st.sampled_from(["a21026", "a34013", "w99999", "i12001", "LA"]),
        st.sampled_from(
            [
                "Rtd",
                "Avg",
                "Min",
                "Max",
                "Cou",
                "ZsRtd",
                "ZsAvg",
                "ZsMin",
                "Flag",
                "EFlag",
                "Info",
                "SN",
                "Data",
                "SampleTime",
                "Bad",
            ]
        ),
    ),
    st.sampled_from(["Flag", "PolId", "DataTime"]),
)
VALUES = st.sampled_from(
    [
        "1",
        "-2.5",
        "1e308",
        "inf",
        "nan",
        "",
        "N",
        "M",
        "Q",
        "//a;b=c//",
        "20261126075900",
        "00010101000000",
        "1_0",
    ]
)
PAIRS = st.lists(st.tuples(NAMES, VALUES, st.sampled_from([",", ";"])), max_size=12)


@settings(max_examples=600, deadline=None)
@given(
    PAIRS, st.sampled_from(["2011", "2051", "2061", "2031", "2021", "2041", "2081", "2111", "3020", "2013"])
)
def test_every_item_of_whatever_cp_is_kept_or_refused(pairs, cn):
    cp = "DataTime=20261126075900" + "".join(f"{sign}{name}={value}" for name, value, sign in pairs)
    batch = opened(frame(cn, cp), frame("2011", "DataTime=20261126075900;a34013-Rtd=1.0"))
    assert not [refusal for refusal in batch.refusals if refusal.reason == "unsupported"]
    received, became = balance(batch)
    assert received == became
