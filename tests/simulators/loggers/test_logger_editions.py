"""Every edition's frames open with the product's codec, and say what was measured."""

import pytest

from simulators.loggers.roster import Member, build
from simulators.loggers.wording import Item, Told
from smartpark.hj212.frame import decode
from smartpark.hj212.times import parse
from tests.simulators.loggers.sample import (
    KEY,
    MIDNIGHT_S,
    OUTLET,
    PARK,
    PLAY,
    STACK,
    ZONE,
    Clock,
    everything,
    leaving,
    logger,
    measured,
    play,
)

FLAGS = {2005: 1, 2017: 5, 2025: 9}


@pytest.mark.parametrize("edition", [2005, 2017, 2025])
@pytest.mark.parametrize("station", [STACK, OUTLET])
def test_an_instant_opens_in_every_edition_and_says_the_measured_values(edition, station):
    one = logger(edition, station)
    play(one, MIDNIGHT_S - 10, MIDNIGHT_S + 10)
    (frame,) = [frame for frame in everything(one) if frame.head.cn == "2011"]
    assert frame.head.flag == FLAGS[edition]
    assert frame.edition == edition
    assert frame.deviations == frozenset()
    assert parse(frame.field("DataTime") or "", ZONE) == MIDNIGHT_S * 1_000_000
    sent = measured(station, MIDNIGHT_S, MIDNIGHT_S + 10)[1][0]
    points = [point for point in PARK.points if point.station == station]
    said = {}
    for code, places in frame.shape.factors.items():
        said |= {(code, suffix): frame.values[at] for suffix, at in places.items()}
    for point, value in zip(points, sent, strict=True):
        old = {"a21026": "02", "w01018": "011", "w00000": "B01"}
        code = old.get(point.quantity, point.quantity) if edition == 2005 else point.quantity
        if edition != 2005 or point.quantity in old:
            assert float(said[code, f"{point.form}Rtd"]) == value
            assert said[code, "Flag"] == "N"


def test_a_logger_of_2005_says_the_old_codes():
    (frame,) = _of_the_hour(_hour(logger(2005, OUTLET)))
    assert {"B01", "011", "060", "001"} <= set(frame.shape.factors)


def test_a_maker_of_2005_says_neither_qn_nor_flag_and_nobody_needs_to_answer():
    one = build(
        Member("A" * 24, STACK, ZONE, 2005, habits=frozenset({"no_qn", "no_flag", "long_time"})),
        PLAY,
        Clock(),
    )
    one.connected = True
    play(one, MIDNIGHT_S + 60, MIDNIGHT_S + 70)
    frames = leaving(one)
    assert {frame.head.cn for frame in frames} >= {"2011"}
    for frame in frames:
        assert (frame.qn, frame.head.flag) == ("", None)
        assert {"no_qn", "no_flag"} <= frame.deviations
    assert len(frames[0].field("DataTime") or "") == 17
    assert one.outbox.unconfirmed == 0


def test_a_key_encrypts_data_and_nothing_else():
    one = logger(2025, key=KEY)
    frames = _hour(one)
    kinds = {(frame.head.cn, frame.encrypted) for frame in frames}
    assert {("2011", True), ("2021", True), ("2051", True), ("2061", True), ("3020", True)} <= kinds
    assert {("9015", False)} <= kinds
    assert {cn for cn, encrypted in kinds if not encrypted} == {"9015"}


def test_an_hour_has_its_minutes_its_instants_and_its_record_each_at_its_start():
    frames = _hour(logger())
    starts = {cn: [f.field("DataTime") for f in frames if f.head.cn == cn] for cn in ("2011", "2051", "2061")}
    minutes = [f"20261122{minute // 60:02}{minute % 60:02}00" for minute in range(60)]
    assert starts["2011"] == minutes
    assert [start for n, start in enumerate(starts["2051"]) if n == 0 or start != starts["2051"][n - 1]] == [
        "20261121235900",
        *minutes,
    ]
    assert starts["2061"][-1] == "20261122000000"


def test_a_message_too_long_for_one_packet_is_cut_and_every_part_has_its_own_qn():
    one = logger()
    items = [
        Item(f"a{n:05}-Avg={n}.00,a{n:05}-Flag=N", (Told(n, "hour", 0, n, n, n, "N"),)) for n in range(60)
    ]
    parcels = one.dialect.parcels("2061", MIDNIGHT_S, items)
    assert [parcel.part for parcel in parcels] == [(3, 1), (3, 2), (3, 3)]
    assert [told.point for parcel in parcels for told in parcel.told] == list(range(60))
    parts = [decode(one.dialect.write(parcel, one.qn())) for parcel in parcels]
    assert [(part.head.pnum, part.head.pno, part.head.flag) for part in parts] == [
        (3, n, 7) for n in (1, 2, 3)
    ]
    assert len({part.qn for part in parts}) == 3
    assert {part.field("DataTime") for part in parts} == {"20261122000000"}
    for part, parcel in zip(parts, parcels, strict=True):
        assert len(part.raw) <= 1024 + 12
        assert len(part.shape.factors) == len(parcel.told)


def test_a_day_is_told_after_midnight_with_the_running_times_of_its_equipment():
    one = logger()
    one.remember(*measured(STACK, MIDNIGHT_S - 600, MIDNIGHT_S))
    play(one, MIDNIGHT_S, MIDNIGHT_S + 10)
    frames = everything(one)
    told = {frame.head.cn: frame for frame in frames}
    assert {"2031", "2041", "2061", "2051", "2021", "3020"} <= told.keys()
    assert told["2031"].field("DataTime") == told["2041"].field("DataTime") == "20261121000000"
    assert told["3020"].values[-1] == "//仪器运行正常//"


def test_the_clock_is_asked_for_once_a_day_and_a_start_is_told():
    one = logger()
    one.started()
    for start_s in range(MIDNIGHT_S, MIDNIGHT_S + 86_400, 3600):
        play(one, start_s, start_s + 3600)
    said = [frame.head.cn for frame in everything(one)]
    assert said.count("1013") == 1
    assert said.count("2081") == 1
    assert said.count("2021") == 24
    assert said.count("9015") == 0


def test_amounts_are_cubic_metres_and_kilograms():
    (frame,) = _of_the_hour(_hour(logger(station=OUTLET)))
    factors = frame.shape.factors
    flow_l_s = float(frame.values[factors["w00000"]["Avg"]])
    cubic_m = float(frame.values[factors["w00000"]["Cou"]])
    assert cubic_m == pytest.approx(3.6 * flow_l_s, abs=0.01)
    cod_mg_l = float(frame.values[factors["w01018"]["Avg"]])
    assert float(frame.values[factors["w01018"]["Cou"]]) == pytest.approx(cod_mg_l * cubic_m / 1000, rel=1e-2)


def _of_the_hour(frames):
    return [f for f in frames if f.head.cn == "2061" and f.field("DataTime") == "20261122000000"]


def _hour(one):
    one.remember(*measured(one.station, MIDNIGHT_S - 60, MIDNIGHT_S))
    play(one, MIDNIGHT_S, MIDNIGHT_S + 3600)
    found = everything(one)
    play(one, MIDNIGHT_S + 3600, MIDNIGHT_S + 3601)
    return [*found, *(f for f in everything(one) if f.field("DataTime") != "20261122010000")]
