"""The one transaction against the real database."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest import loading
from ingest.batch import Origin
from ingest.check import Bounds
from ingest.decode import Decoder
from ingest.housekeeping import keep_house
from ingest.judging import Silence
from ingest.poison import DefectError, Poison
from ingest.release import ReleaseError, Releasing
from ingest.store import Store
from smartpark.settings import Ingest
from tests.ingest import park

pytestmark = pytest.mark.integration

NOW = datetime(2026, 11, 22, 0, 0, tzinfo=UTC)
NOW_US = int(NOW.timestamp()) * 1_000_000
VOC = park.topic(park.VOC)


class Bench:
    """A park in a database of its own, and what ingest makes of messages."""

    def __init__(self, conn):
        self.conn = conn
        self.sensors = park.build(conn)
        self.open()

    def open(self, feed="rest"):
        self.decoder = Decoder(loading.directory(self.conn), feed)
        self.store = Store(self.conn, self.decoder.directory, Bounds(600_000_000, 90))
        self.conn.commit()

    def write(self, *messages, judge=None, **how):
        batch = self.decoder.batch()
        for message in messages:
            topic, payload = message if isinstance(message, tuple) else (VOC, message)
            raw = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
            self.decoder.add(batch, Origin(topic, raw, NOW_US))
        return self.store.write(batch, judge or Silence(), NOW, **how)

    def rows(self, sql):
        return self.conn.execute(sql).fetchall()

    def ledger(self):
        return self.rows(
            "select coalesce(sum(received), 0)::int, coalesce(sum(stored), 0)::int,"
            " coalesce(sum(duplicate), 0)::int, coalesce(sum(quarantined), 0)::int from ledger"
        )[0]


@pytest.fixture
def bench(conn):
    return Bench(conn)


def at(seconds, **values):
    return {"time": NOW_US // 1000 + int(seconds * 1000), "values": values}


def test_a_reading_is_stored_counted_rolled_up_and_latest(bench):
    bench.write(at(-10, a24088=1.0, a01001=20), at(-5, a24088=3.0))
    sensor = bench.sensors["v1/a24088"]
    assert bench.rows("select count(*) from reading")[0][0] == 3
    assert bench.rows(f"select value, flag, mark from latest where sensor_id = {sensor}") == [(3.0, "N", "-")]
    assert bench.rows(
        f"select n, n_valid, mean, min, max, last, flags from minute where sensor_id = {sensor}"
    ) == [(2, 2, 2.0, 1.0, 3.0, 3.0, "N")]
    assert bench.ledger() == (3, 3, 0, 0)
    assert bench.rows(f"select lag_s from reading where sensor_id = {sensor} order by time") == [(10,), (5,)]


def test_a_repeated_message_is_a_duplicate_and_changes_nothing(bench):
    message = at(-10, a24088=1.0, a01001=20)
    bench.write(message)
    before = bench.rows("select * from minute order by 1"), bench.rows("select * from latest order by 1")
    bench.write(message, message)
    assert (
        bench.rows("select * from minute order by 1"),
        bench.rows("select * from latest order by 1"),
    ) == before
    assert bench.ledger() == (6, 2, 4, 0)
    assert bench.rows("select count(*) from reading_conflict")[0][0] == 0


def test_of_equal_keys_in_one_batch_the_first_stays(bench):
    bench.write(at(-10, a24088=1.0), at(-10, a24088=2.0), at(-10, a24088=1.0))
    assert bench.rows("select value from reading") == [(1.0,)]
    assert bench.rows("select value, other_value from reading_conflict") == [(1.0, 2.0)]
    assert bench.ledger() == (3, 1, 2, 0)


def test_a_duplicate_with_another_flag_is_a_conflict_noted_once(bench):
    bench.write(at(-10, a24088=1.0))
    changed = {**at(-10, a24088=1.0), "flags": {"a24088": "M"}}
    assert bench.write(changed).conflicts == 1
    assert bench.write(changed).conflicts == 0
    assert bench.rows("select flag, other_flag from reading_conflict") == [("N", "M")]


def test_late_data_correct_the_minute_and_not_the_latest(bench):
    bench.write(at(-10, a24088=10.0))
    bench.write({**at(-20, a24088=99.0), "flags": {"a24088": "M"}})
    bench.write(at(-30, a24088=20.0))
    assert bench.rows("select n, n_valid, mean, min, max, last, flags from minute") == [
        (3, 2, 15.0, 10.0, 20.0, 10.0, "MN")
    ]
    assert bench.rows("select value from latest") == [(10.0,)]


def test_judging_sees_only_what_is_new_sorted_by_sensor_and_time(bench):
    seen = []

    class Watching(Silence):
        def judge(self, new, *_):
            seen.append(list(zip(new.sensor_id.tolist(), new.value.tolist(), strict=True)))

    bench.write(at(-10, a24088=1.0), judge=Watching())
    bench.write(at(-5, a24088=3.0, a01001=9), at(-10, a24088=1.0), at(-20, a24088=0.5), judge=Watching())
    nmhc, temperature = bench.sensors["v1/a24088"], bench.sensors["v1/a01001"]
    assert seen == [[(nmhc, 1.0)], [(nmhc, 0.5), (nmhc, 3.0), (temperature, 9.0)]]


def test_what_judging_refuses_rolls_everything_back(bench):
    class Failing(Silence):
        def judge(self, *_):
            raise ArithmeticError("a defect")

    with pytest.raises(ArithmeticError):
        bench.write(at(-10, a24088=1.0), b"garbage", judge=Failing())
    for table in ("reading", "minute", "latest", "ledger", "quarantine"):
        assert bench.rows(f"select count(*) from {table}") == [(0,)]
    bench.write(at(-10, a24088=1.0))
    assert bench.ledger() == (1, 1, 0, 0)


def test_a_redelivered_refusal_is_one_row_that_was_seen_twice(bench):
    bench.write(b"garbage", b"garbage")
    bench.write(b"garbage")
    assert bench.rows("select reason, items, seen from quarantine") == [("malformed", 1, 3)]
    assert bench.ledger() == (3, 0, 0, 3)


def test_every_reason_of_a_message_has_its_own_row(bench):
    bench.write({"time": NOW_US // 1000, "values": {"a24088": 1, "zzz": 2, "yyy": 3, "a01001": "x"}})
    assert bench.rows("select reason, items from quarantine order by 1") == [
        ("malformed", 1),
        ("unknown_quantity", 2),
    ]
    assert bench.ledger() == (4, 1, 0, 3)


def test_another_writer_is_found_out_by_the_careful_way(bench):
    bench.write(at(-10, a24088=1.0))
    bench.rows(
        f"insert into reading values ({bench.sensors['v1/a24088']}, 0, '{NOW.isoformat()}', 5, 'N', '-') returning 1"
    )
    bench.conn.commit()
    batch = bench.decoder.batch()
    bench.decoder.add(batch, Origin(VOC, json.dumps(at(0, a24088=1.0)).encode(), NOW_US))
    writer = Poison(bench.decoder, bench.store, Silence())
    outcome = writer.write(batch, NOW)
    assert (outcome.totals.duplicate, outcome.conflicts, writer.reload) == (1, 1, True)


def test_one_poisonous_message_is_set_aside_and_the_others_are_stored(bench):
    class Allergic(Silence):
        def judge(self, new, *_):
            if 13.0 in new.value:
                raise ArithmeticError("a defect that one value finds")

    batch = bench.decoder.batch()
    for k in range(20):
        bench.decoder.add(batch, Origin(VOC, json.dumps(at(-k - 1, a24088=k)).encode(), NOW_US))
    writer = Poison(bench.decoder, bench.store, Allergic())
    writer.write(batch, NOW)
    assert bench.ledger() == (20, 19, 0, 1)
    assert bench.rows("select reason from quarantine") == [("unsupported",)]


def test_a_whole_back_fill_of_poison_from_one_station_never_stops_the_others(bench):
    class Allergic(Silence):
        def judge(self, new, *_):
            if (new.value > 100).any():
                raise ArithmeticError("a defect that one station finds")

    batch = bench.decoder.batch()
    for k in range(30):
        bench.decoder.add(batch, Origin(VOC, json.dumps(at(-k - 1, a24088=200 + k)).encode(), NOW_US))
    bench.decoder.add(batch, Origin(VOC, json.dumps(at(-0.5, a24088=7)).encode(), NOW_US))
    Poison(bench.decoder, bench.store, Allergic()).write(batch, NOW)
    assert bench.ledger() == (31, 1, 0, 30)


def test_a_value_that_the_database_client_refuses_is_poison_and_not_a_database_away(bench):
    class Refused(Silence):
        def write(self, conn, *_):
            if conn.execute("select 1 from reading where value = 13").fetchone():
                conn.execute("select %s::text", ["a\0b"])
            return 0

    batch = bench.decoder.batch()
    for k in (1, 13):
        bench.decoder.add(batch, Origin(VOC, json.dumps(at(-k, a24088=k)).encode(), NOW_US))
    Poison(bench.decoder, bench.store, Refused()).write(batch, NOW)
    assert bench.ledger() == (2, 1, 0, 1)


def test_a_defect_of_ours_is_not_blamed_on_the_messages(bench):
    class Broken(Silence):
        def judge(self, new, *_):
            if len(new):
                raise ArithmeticError("always")

    batch = bench.decoder.batch()
    for k in range(64):
        topic = f"smartpark/{park.PARK}/kind{k}/{park.VOC}/readings"
        bench.decoder.add(batch, Origin(topic, json.dumps(at(-k - 1, a24088=k)).encode(), NOW_US))
    with pytest.raises(DefectError, match="in a row"):
        Poison(bench.decoder, bench.store, Broken()).write(batch, NOW)
    assert bench.rows("select count(*) from reading") == [(0,)]


def test_a_gap_is_seen_across_a_restart(bench):
    bench.write({**at(-10, a24088=1), "seq": 5})
    bench.open()
    bench.write({**at(-9, a24088=1), "seq": 9})
    assert bench.rows("select sum(gap)::int from ledger") == [(3,)]


def test_status_events_and_positions_are_kept_once(bench):
    bench.write(
        (park.topic(park.VOC, last="status"), b"online"),
        (f"smartpark/{park.PARK}/events/gate", {"id": "7", "plate": "蒙C"}),
        (f"smartpark/{park.PARK}/events/gate", {"id": "7", "plate": "蒙C"}),
        (park.topic(park.MOBILE), {**at(-1, a24088=1), "lat": 39.4, "lon": 106.7}),
    )
    assert bench.rows("select online from station_status") == [(True,)]
    assert bench.rows("select id, data from park_event") == [("7", {"id": "7", "plate": "蒙C"})]
    assert bench.rows("select lat, lon from station_position") == [(39.4, 106.7)]
    assert bench.ledger() == (1, 1, 0, 0)


def test_a_released_message_is_a_new_receipt_and_old_minutes_stay(bench):
    bench.write({"time": NOW_US // 1000, "values": {"a24088": 1, "a99999": 2}})
    before = bench.rows("select * from ledger where source = 'mqtt'")
    bench.conn.execute(
        "insert into quantity (code, name_zh, name_en, unit, source) values ('a99999', 'x', 'x', 'u', 't')"
    )
    bench.conn.execute(
        "insert into sensor (station_id, quantity, period_s, unit) select id, 'a99999', 60, 'u' from station where code = 'v1'"
    )
    bench.conn.commit()
    identity = bench.rows("select id from quarantine")[0][0]
    done = Releasing(bench.conn).release(identity, "olga", NOW + timedelta(minutes=3))
    assert (done.received, done.stored, done.duplicate, done.quarantined) == (2, 1, 1, 0)
    assert bench.rows("select released_by from quarantine") == [("olga",)]
    assert bench.rows("select * from ledger where source = 'mqtt'") == before
    assert bench.rows("select count(*) from rejudge") == [(1,)]
    with pytest.raises(ReleaseError, match="released at"):
        Releasing(bench.conn).release(identity, "olga", NOW)


def test_a_released_message_that_is_still_wrong_is_open_again(bench):
    bench.write(b"garbage")
    identity = bench.rows("select id from quarantine")[0][0]
    assert Releasing(bench.conn).release(identity, "olga", NOW).quarantined == 1
    assert bench.rows("select released_at, seen from quarantine") == [(None, 2)]


def test_house_is_kept_by_whole_chunks_and_ahead(bench):
    bench.write(at(-10, a24088=1.0))
    later = NOW + timedelta(days=95)
    first = keep_house(bench.conn, NOW, Ingest())
    assert (first.ours, first.readings) == (True, 0)
    assert bench.rows("select count(*) from reading") == [(1,)]
    assert bench.rows("select count(*) from show_chunks('reading')")[0][0] >= 4
    assert keep_house(bench.conn, later, Ingest()).readings >= 1
    assert bench.rows("select count(*) from reading") == [(0,)]


def test_raw_frames_go_after_their_five_years(bench):
    bench.conn.execute(
        "insert into raw_frame (received_at, mn, cn, resent, source, frame)"
        " select %s - make_interval(days => days), 'M', '2011', false, 'tcp', '##' from unnest(array[1, 1900]) days",
        [NOW],
    )
    assert keep_house(bench.conn, NOW, Ingest()).frames == 1
    assert bench.rows("select count(*) from raw_frame") == [(1,)]


def test_only_the_minutes_being_written_get_room_to_change(bench):
    bench.write(at(-86_400 * 30, a24088=1.0))
    bench.write(at(-1, a24088=1.0))
    keep_house(bench.conn, NOW, Ingest())
    keep_house(bench.conn, NOW, Ingest())
    chunks = bench.conn.execute(
        "select range_end > %s, reloptions from timescaledb_information.chunks"
        " join pg_class on oid = format('%%I.%%I', chunk_schema, chunk_name)::regclass"
        " where hypertable_name = 'minute'",
        [NOW],
    ).fetchall()
    assert {(live, *(options or ())) for live, options in chunks} == {(True, "fillfactor=50"), (False,)}


VALUES = st.one_of(st.integers(-5, 5), st.floats(), st.text(max_size=2), st.none())
MESSAGES = st.lists(
    st.one_of(
        st.binary(max_size=20),
        st.builds(
            lambda k, values: json.dumps({"time": NOW_US // 1000 - k * 1000, "values": values}).encode(),
            st.integers(-700, 60),
            st.dictionaries(st.sampled_from(["a24088", "a01001", "zzz"]), VALUES, max_size=3),
        ),
    ),
    max_size=8,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(MESSAGES, min_size=1, max_size=3))
def test_stored_and_duplicate_and_quarantined_are_received_for_any_garbage(bench, batches):
    for messages in batches:
        outcome = bench.write(*messages)
        totals = outcome.totals
        assert outcome.imbalances == 0
        assert totals.received == totals.stored + totals.duplicate + totals.quarantined
    received, stored, duplicate, quarantined = bench.ledger()
    assert received == stored + duplicate + quarantined
    assert stored == bench.rows("select count(*) from reading")[0][0]
    assert stored == bench.rows("select sum(n)::int from minute")[0][0] or stored == 0
