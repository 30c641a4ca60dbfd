"""The program in the pack computes what the engine computes: every medium, every kind of trouble, marks and corrections."""

import io
import zipfile
from datetime import timedelta

import pytest

from records.corrections import chain
from records.evidence import hour as hours
from records.evidence import pack, verify
from records.periods.engine import Periods
from tests.records.periods import park
from tests.records.periods.park import DAY0, HOUR

pytestmark = pytest.mark.integration

HOURS = 10
SENSORS = (
    *(park.SO2, park.O2, park.GAS_FLOW, park.NO, park.NO2, park.NOX, park.COD, park.WATER_FLOW, park.PH),
    *(park.PM10, park.WIND_SPEED, park.WIND_DIRECTION, park.POWER, park.ENERGY, park.LEQ),
)
CORRECTION = (
    "insert into correction (sensor_id, kind, starts_at, ends_at, factor, shift, value, reason, before, after, state, made_by, made_at,"
    " decided_by, decided_at) values (%s, %s, %s, %s, %s, 0, %s, 'r', '[]', '[]', 'confirmed', 'a', %s, 'b', %s) returning id"
)


@pytest.fixture
def conn(conn):
    """Ten hours of a park in trouble, two of them under marks, some corrected."""
    park.build(conn)
    park.insert(conn, list(park.troubled(DAY0, HOURS, 20261122)))
    now = DAY0 + (HOURS + 1) * HOUR
    for number, (sensor, kind, hour, factor, value) in enumerate(
        (
            (park.SO2, "scale", 1, -0.5, None),
            (park.O2, "enter", 2, None, 9.0),
            (park.COD, "exclude", 3, None, None),
            (park.WATER_FLOW, "enter", 4, None, 12.0),
        )
    ):
        span = [DAY0 + hour * HOUR + timedelta(minutes=5), DAY0 + (hour + 1) * HOUR]
        at = now + timedelta(minutes=number)
        (made,) = conn.execute(CORRECTION.encode(), [sensor, kind, *span, factor, value, at, at]).fetchone()
        chain.append(conn, at=at, actor="b", action="confirm", object=f"correction {made}", content={})
    for sensor, hour in ((None, 5), (park.GAS_FLOW, 6)):
        (made,) = conn.execute(
            "insert into data_mark (station_id, sensor_id, kind, code, effect, starts_at, ends_at, reason, filed_by, filed_at,"
            " voucher_due, state) values (%s, %s, 'device', 'fault', 'invalid', %s, %s, 'r', 'a', %s, %s, 'filed') returning id",
            [park.STACK, sensor, DAY0 + hour * HOUR, DAY0 + (hour + 1) * HOUR, now, now],
        ).fetchone()
        chain.append(conn, at=now, actor="a", action="mark.file", object=f"mark {made}", content={})
    conn.commit()
    Periods(300, 19.0, lambda *_: None).turn(conn, now + timedelta(hours=1))
    return conn


def test_every_hour_of_every_medium_comes_out_of_its_pack(conn, tmp_path):
    statuses = set()
    digests = hours.digests(conn)
    for sensor in SENSORS:
        for number in range(HOURS):
            hour = DAY0 + number * HOUR
            found = hours.gather(
                conn, sensor, hour, zone="Asia/Shanghai", exact=True, oxygen_not_running=19.0
            )
            statuses.add(found["record"]["status"])
            entries = chain.entries_of(conn, found["objects"])
            folder = tmp_path / f"{sensor}-{number}"
            content, _ = pack.pack(found, entries, digests, made_by="x", now=DAY0)
            with zipfile.ZipFile(io.BytesIO(content)) as file:
                file.extractall(folder)
            notes: list[str] = []
            assert [*verify.hashes(folder), *verify.contents(folder, notes)] == [], (sensor, number)
            assert notes == []
    assert statuses >= {"valid", "short", "abnormal", "marked", "none"}
