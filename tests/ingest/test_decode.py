"""From bytes to items: golden cases in folders, and whatever bytes there are."""

import json
import tracemalloc
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.batch import Origin
from ingest.check import Bounds, check
from ingest.decode import Decoder
from ingest.directory import LoggerRow, StationRow, build
from ingest.refusal import merged
from tests.ingest.small_directory import directory

GOLDEN = sorted(path for path in (Path(__file__).parent / "golden").iterdir() if path.is_dir())
NOW_US = 1_795_305_600_000_000  # 2026-11-22T00:00:00Z
BOUNDS = Bounds(600_000_000, 90)


def opened(topic: str, payload: bytes, feed: str = "rest"):
    decoder = Decoder(directory(), feed)
    batch = decoder.batch()
    decoder.add(batch, Origin(topic, payload, NOW_US))
    return batch, check(batch, BOUNDS)


def payload_of(case: Path) -> bytes:
    for name in ("payload.json", "payload.bin"):
        if (case / name).exists():
            return (case / name).read_bytes()
    raise AssertionError(f"{case} has no payload")


@pytest.mark.parametrize("case", GOLDEN, ids=lambda path: path.name)
def test_a_golden_message_ends_as_it_should(case):
    feed, topic = (case / "topic.txt").read_text().split()
    _, checked = opened(topic, payload_of(case), feed)
    readings = checked.readings
    columns = zip(
        readings.sensor_id, readings.time_us, readings.value, readings.flag, readings.mark, strict=True
    )
    got = {
        "stored": [[int(s), int(t), float(v), chr(f), chr(m)] for s, t, v, f, m in columns],
        "refused": {r.reason: [r.items, r.detail] for r in merged(checked.refusals)},
    }
    assert got == json.loads((case / "expected.json").read_text())


def identity_holds(topic: str, payload: bytes, feed: str) -> None:
    batch, checked = opened(topic, payload, feed)
    received = sum(items for _, _, items in batch.counted)
    refused = sum(refusal.items for refusal in checked.refusals)
    assert received == len(checked.readings) + refused
    assert received + len(batch.statuses) + len(batch.events) > 0
    for refusal in checked.refusals:
        assert refusal.detail.isprintable()
        assert refusal.detail.encode()


TOPICS = st.sampled_from(
    [
        "smartpark/t1/voc/v1/readings",
        "smartpark/t1/gas/g1/readings",
        "smartpark/t1/voc/v1/status",
        "smartpark/t1/events/gate",
        "smartpark/nowhere/voc/v1/readings",
        "smartpark/t1/voc/g1/readings",
        "smartpark/x",
    ]
)
KEYS = st.sampled_from(["a24088", "a01001", "25", "a21026-ZsRtd", "x_lel", "zzz", "\0", "\ud800"])
NUMBERS = st.one_of(
    st.integers(-(2**70), 2**70), st.floats(), st.none(), st.booleans(), st.text(max_size=3), st.just([])
)
TIMES = st.one_of(
    st.sampled_from(["2026-11-22T08:00:00+08:00", "2026-11-22T08:00:00", "2030-01-01T00:00:00Z", "x"]),
    st.sampled_from([NOW_US // 1000, 0, -5, 10**40]),
    NUMBERS,
)
OBJECTS = st.fixed_dictionaries(
    {},
    optional={
        "time": TIMES,
        "values": st.one_of(st.dictionaries(KEYS, NUMBERS, max_size=6), NUMBERS),
        "flags": st.one_of(
            st.dictionaries(KEYS, st.sampled_from(["N", "M", "T", "x", "", 1, None, []]), max_size=4), NUMBERS
        ),
        "seq": NUMBERS,
        "lat": NUMBERS,
        "lon": NUMBERS,
        "id": NUMBERS,
    },
)


@settings(max_examples=300)
@given(TOPICS, st.binary(max_size=200), st.sampled_from(["safety", "rest"]))
def test_binary_noise_always_ends_in_quarantine_and_never_raises(topic, payload, feed):
    identity_holds(topic, payload, feed)


@settings(max_examples=500)
@given(
    TOPICS,
    st.one_of(OBJECTS, st.lists(st.one_of(OBJECTS, NUMBERS), max_size=5)),
    st.sampled_from(["safety", "rest"]),
)
def test_received_is_stored_and_quarantined_whatever_the_json(topic, document, feed):
    identity_holds(topic, json.dumps(document).encode(errors="surrogatepass"), feed)


@pytest.mark.parametrize(
    "payload",
    [b"[" * 100_000, b'{"a":' * 50_000, b"[" * 100_000 + b"]" * 100_000, b"", b"\0", b"\xff\xfe{}", b"nul"],
    ids=["open", "deep", "nested", "empty", "nul", "utf16", "word"],
)
def test_what_cannot_be_opened_counts_one_item(payload):
    batch, checked = opened("smartpark/t1/voc/v1/readings", payload)
    assert [(r.reason, r.items) for r in checked.refusals] == [("malformed", 1)]
    assert [items for _, _, items in batch.counted] == [1]


@pytest.mark.parametrize("depth", [250, 500, 985, 1000, 1020])
@pytest.mark.parametrize("key", ["time", "values", "flags", "seq", "lat", "id"])
@pytest.mark.parametrize("topic", ["voc/v1/readings", "gas/g1/readings", "events/gate", "voc/v1/status"])
def test_json_that_can_be_opened_but_not_walked_never_raises(topic, key, depth):
    """A parser may allow more levels than the stack does: such a message once ended the process, again and again."""
    deep = b"[" * depth + b"]" * depth
    head = b'{"id": "1", "time": %d, "values": {"a24088": 1}, "flags": {"a24088": ' % (NOW_US // 1000)
    for payload in (
        b'{"id":"1","%s":%s}' % (key.encode(), deep),
        head + deep + b"}}",
        head + b'"N"}, "x":%s}' % deep,
    ):
        identity_holds(f"smartpark/t1/{topic}", payload, "rest")


def test_more_than_256_kib_are_not_opened():
    _, checked = opened("smartpark/t1/voc/v1/readings", b" " * (256 * 1024 + 1))
    assert [(r.reason, r.items) for r in checked.refusals] == [("too_large", 1)]


def test_more_than_ten_thousand_readings_are_refused_together():
    many = [{"time": NOW_US // 1000 + k, "values": {"a24088": 1}} for k in range(10_001)]
    payload = b"[" + b",".join(json.dumps(o, separators=(",", ":")).encode() for o in many[:3000]) + b"]"
    _, checked = opened("smartpark/t1/voc/v1/readings", payload)
    assert len(checked.readings) == 3000
    values = {f"k{k}": 1 for k in range(10_001)}
    payload = json.dumps({"time": NOW_US // 1000, "values": values}, separators=(",", ":")).encode()
    _, checked = opened("smartpark/t1/voc/v1/readings", payload)
    assert Counter(r.reason for r in checked.refusals) == {"too_large": 1}
    assert checked.refusals[0].items == 10_001


def test_a_refused_safety_value_is_told_to_judging_whatever_its_reason():
    for document, reason in (
        ({"time": NOW_US // 1000 + 3_600_000, "values": {"x_lel": 80}}, "future"),
        ({"time": "2026-11-22T00:00:00", "values": {"x_lel": 80}}, "no_offset"),
        ({"time": 5, "values": {"x_lel": 80}}, "too_old"),
        ({"time": NOW_US // 1000, "values": {"x_lel": 80}, "flags": {"x_lel": "?"}}, "bad_flag"),
    ):
        _, checked = opened("smartpark/t1/gas/g1/readings", json.dumps(document).encode(), "safety")
        assert [(s.sensor_id, s.value, s.reason) for s in checked.suspects] == [(1, 80.0, reason)]


def test_a_gas_value_on_the_wrong_feed_is_told_to_judging():
    payload = json.dumps({"time": NOW_US // 1000, "values": {"x_lel": 80}}).encode()
    _, checked = opened("smartpark/t1/voc/g1/readings", payload)
    assert [(s.value, s.reason) for s in checked.suspects] == [(80.0, "wrong_feed")]


def test_a_mobile_station_leaves_its_position():
    payload = json.dumps({"time": NOW_US // 1000, "values": {"a24088": 1}, "lat": 39.4, "lon": 106.7})
    _, checked = opened("smartpark/t1/mobile/m1/readings", payload.encode())
    assert [(p.lat, p.lon) for p in checked.positions] == [(39.4, 106.7)]


@pytest.mark.parametrize("time_ms", [NOW_US // 1000 + 3_600_000, 5, 253_402_300_799_999])
def test_a_position_of_a_refused_time_is_not_kept(time_ms):
    """A position of the year 9999 would be the newest for ever."""
    payload = json.dumps({"time": time_ms, "values": {"a24088": 1}, "lat": 39.4, "lon": 106.7})
    _, checked = opened("smartpark/t1/mobile/m1/readings", payload.encode())
    assert checked.positions == []


def test_endless_long_topics_fill_no_memory():
    decoder = Decoder(directory(), "rest")
    batch = decoder.batch()
    tracemalloc.start()
    try:
        for k in range(200):
            decoder.add(batch, Origin(f"smartpark/t1/voc/{k}{'x' * 60_000}/readings", b"", NOW_US))
            batch.origins.clear()
            batch.refusals.clear()
        assert tracemalloc.get_traced_memory()[0] < 2_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("time", "reason"),
    [
        ("9999-12-31T23:59:59Z", "future"),
        (NOW_US // 1000 + 660_000, "future"),
        ("0001-01-01T00:00:00Z", "too_old"),
    ],
)
def test_an_event_of_no_possible_time_is_refused(time, reason):
    """The newest gate passage of the year 9999 would be the newest for ever, and no page could print it."""
    payload = json.dumps({"id": "1", "time": time}).encode()
    batch, checked = opened("smartpark/t1/events/gate", payload)
    assert (batch.events, [r.reason for r in checked.refusals]) == ([], [reason])


def test_an_event_a_little_ahead_or_of_last_year_is_taken():
    for time_ms in (NOW_US // 1000 + 540_000, NOW_US // 1000 - 31_536_000_000):
        payload = json.dumps({"id": "1", "time": time_ms}).encode()
        batch, _ = opened("smartpark/t1/events/gate", payload)
        assert len(batch.events) == 1


def test_a_station_of_a_logger_names_it_to_whoever_else_sends():
    admitted = datetime(2026, 11, 24, 14, tzinfo=UTC)
    logger = LoggerRow(
        "A" * 24, "t1", "g2", None, None, 1, admitted=True, zone="Asia/Shanghai", admitted_at=admitted
    )
    stations = [StationRow(31, "t1", "g2", "gas", "gateway", "safety")]
    for loggers, who in (([logger], f'logger "{"A" * 24}" since 2026-11-24 22:00'), ([], "loggers")):
        decoder = Decoder(build({"t1": 1}, stations, [], [], loggers), "safety")
        batch = decoder.batch()
        decoder.add(batch, Origin("smartpark/t1/gas/g2/readings", b'{"time":1,"values":{"x_lel":1}}', NOW_US))
        (refusal,) = batch.refusals
        assert refusal.reason == "wrong_feed"
        told = f'station "g2" takes its data from HJ 212 {who}; end that admission or stop sending here'
        assert refusal.detail == told
