"""What the platform above gets to read, opened with the one codec there is."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.upward import message
from records.upward.figures import Figures
from records.upward.message import Factor, Terms
from records.upward.periods import Going, Item
from smartpark.hj212.frame import decode

START = datetime(2026, 11, 22, 0, 15, tzinfo=UTC)
SENT = datetime(2026, 11, 22, 0, 17, 10, 250_000, tzinfo=UTC)
MN = "888888800000000000000001"
ITEM = Item(
    1,
    "stack-1",
    "stack",
    MN,
    "31",
    "minute",
    START,
    START + timedelta(minutes=1),
    resent=False,
    first_sent_at=None,
)
SHANGHAI = ZoneInfo("Asia/Shanghai")
TERMS = Terms(2017, "123456", None, SHANGHAI)
KEY = b"0" * 16


def factor(code="a21026", form="", mean=10.0, flag="N", amount=None, decimals=1):
    return Factor(code, form, decimals, Figures(mean, mean - 1, mean + 1, flag, amount))


def sent(factors, terms=TERMS, item=ITEM, *, resent=False):
    cps = message.contents(item, message.content(factors), terms.zone)
    return message.frames(Going(item, SENT, resent), cps, terms)


def test_a_minute_is_a_2051_with_the_start_of_its_period_in_local_time():
    [(qn, raw)] = sent([factor(), factor(form="Zs", mean=14.25), factor("w00000", amount=1.5)]).items()
    frame = decode(raw)
    assert (frame.qn, qn) == ("20261122081710250",) * 2
    assert (frame.head.cn, frame.head.st, frame.head.mn, frame.head.pw) == ("2051", "31", MN, "123456")
    assert (frame.edition, frame.wants_answer, frame.head.pnum, frame.head.resent) == (
        2017,
        True,
        None,
        False,
    )
    assert frame.deviations == frozenset()
    assert frame.field("DataTime") == "20261122081500"
    assert raw.decode().partition("CP=&&")[2].rpartition("&&")[0] == (
        "DataTime=20261122081500;"
        "a21026-Min=9,a21026-Avg=10,a21026-Max=11,a21026-ZsMin=13.25,a21026-ZsAvg=14.25,a21026-ZsMax=15.25,a21026-Flag=N;"
        "w00000-Cou=1.5,w00000-Min=9,w00000-Avg=10,w00000-Max=11,w00000-Flag=N"
    )


@pytest.mark.parametrize(("period_name", "cn"), [("hour", "2061"), ("day", "2031")])
def test_hours_and_days_have_their_commands(period_name, cn):
    item = Item(
        1,
        "s",
        "stack",
        MN,
        "31",
        period_name,
        START,
        START + timedelta(hours=1),
        resent=False,
        first_sent_at=None,
    )
    [raw] = sent([factor()], item=item).values()
    assert decode(raw).head.cn == cn


@pytest.mark.parametrize(
    ("edition", "resent", "said"), [(2017, True, False), (2025, True, True), (2025, False, False)]
)
def test_only_the_2025_edition_has_a_word_for_re_sent_data(edition, resent, said):
    [raw] = sent([factor()], Terms(edition, "123456", None, SHANGHAI), resent=resent).values()
    assert decode(raw).head.resent is said
    assert decode(raw).edition == edition


def test_a_key_encrypts_and_only_in_the_2025_edition():
    [secret] = sent([factor()], Terms(2025, "123456", KEY, SHANGHAI)).values()
    assert b"a21026-Avg" not in secret  # the last bytes that fill no block stay clear
    frame = decode(secret, lambda _: KEY)
    assert frame.encrypted
    assert frame.field("DataTime") == "20261122081500"
    [plain] = sent([factor()], Terms(2017, "123456", KEY, SHANGHAI)).values()
    assert b"a21026-Avg=10" in plain


def test_what_is_too_long_is_split_and_every_part_stands_alone():
    codes = [f"a{number:05}" for number in range(40)]
    made = sent([factor(code) for code in codes])
    frames = [decode(raw) for raw in made.values()]
    assert len(frames) > 2
    assert [frame.qn for frame in frames] == list(made)
    assert len(set(made)) == len(frames)
    assert [(f.head.pnum, f.head.pno) for f in frames] == [(len(frames), n + 1) for n in range(len(frames))]
    assert {frame.field("DataTime") for frame in frames} == {"20261122081500"}
    assert [code for frame in frames for code in frame.shape.factors] == codes
    assert all(len(raw.partition(b"CP=&&")[2].rpartition(b"&&")[0]) <= 950 for raw in made.values())


def test_a_factor_without_values_is_left_out():
    assert message.content([Factor("a21026", "", 1, Figures(None, None, None, "D"))]) == []


def test_the_same_item_makes_the_same_bytes():
    assert sent([factor(), factor("w01018")]) == sent([factor(), factor("w01018")])


@given(st.floats(-1e9, 1e9, allow_nan=False), st.integers(0, 4))
def test_numbers_are_plain_and_as_exact_as_shown(value, decimals):
    text = message.content([factor(mean=value, decimals=decimals)])[0].partition("Avg=")[2].partition(",")[0]
    assert "e" not in text
    assert text != "-0"
    assert abs(float(text) - value) <= 0.5 * 10.0 ** -max(4, decimals + 2) + abs(value) * 1e-15
