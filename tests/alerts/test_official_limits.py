"""The limit of an official record: what the database chooses is what judging chooses, whatever the table of limits holds."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from alerts.exceedance import is_over
from alerts.fact import CONVERTED
from alerts.judge import Q as JUDGE
from alerts.limits import Limit, timeline
from alerts.official import Q
from alerts.points import Point, microseconds
from alerts.rules import LIMIT_KINDS, STAGES, Rule, Selector
from smartpark import db
from tests.alerts import small_park
from tests.alerts.small_park import T0

pytestmark = pytest.mark.integration

SENSORS = (11, 12, 13)
INSTANTS = [T0 + timedelta(days=n, hours=h) for n in range(-6, 7) for h in (0, 5)]
LAW = [kind for kind in LIMIT_KINDS if kind != "setpoint"]


@pytest.fixture
def park(conn):
    small_park.build(conn, rules=False)
    conn.execute("delete from limit_value")
    conn.execute(
        "insert into quantity (code, name_zh, name_en, unit, source) values ('q', 'q', 'q', 'u', 't')"
    )
    conn.execute(
        "insert into enterprise (id, park_id, code, name_zh, name_en, sector, lat, lon) values (2, 1, 'e02', 'x', 'x', 'x', 39, 106)"
    )
    for number, enterprise, outlet, region in ((8, 1, "boiler", "special"), (9, 2, "process", "")):
        conn.execute(
            "insert into station (id, park_id, enterprise_id, code, kind, outlet_kind, name_zh, name_en, lat, lon, feed, stream_class,"
            " attributes) values (%s, 1, %s, %s, 'stack', %s, 'x', 'x', 39, 106, 'rest', 'emission', jsonb_build_object('region', %s::text))",
            [number, enterprise, f"st{number}", outlet, region or None],
        )
    for sensor, station, form in ((11, 8, ""), (12, 9, "Zs"), (13, 9, "")):
        conn.execute(
            "insert into sensor (id, station_id, quantity, form, unit, period_s) values (%s, %s, 'q', %s, 'u', 60)",
            [sensor, station, form],
        )
    conn.commit()
    return conn


def any_limits(conn: db.Connection, rng: np.random.Generator, count: int) -> None:
    """Fill the table with limits of every place, kind, form and stage, dated so that they overlap and leave gaps."""
    conn.execute("delete from limit_value")
    for number in range(count):
        start = T0 + timedelta(days=int(rng.integers(-6, 5)), hours=int(rng.choice([0, 5])))
        end = None if rng.random() < 0.4 else start + timedelta(days=int(rng.integers(1, 6)))
        places = {
            "station_id": rng.choice([8, 9]) if rng.random() < 0.2 else None,
            "enterprise_id": rng.choice([1, 2]) if rng.random() < 0.2 else None,
            "outlet_kind": rng.choice(["boiler", "process"]) if rng.random() < 0.3 else None,
            "station_kind": rng.choice(["stack", "voc"]) if rng.random() < 0.4 else None,
        }
        cells = {name: None if v is None else v.item() for name, v in places.items()} | {
            "code": f"l{number}",
            "form": str(rng.choice(["", "Zs"])),
            "basis": str(rng.choice(["hour", "hour", "day", "instant"])),
            "stage": str(rng.choice(["H", "H", "HH", "L"])),
            "value": float(rng.integers(1, 100)),
            "region": str(rng.choice(["", "", "special"])),
            "kind": str(rng.choice(LIMIT_KINDS)),
            "valid_from": start,
            "valid_to": end,
            "verified": bool(rng.random() < 0.85),
        }
        conn.execute(
            "insert into limit_value (code, quantity, form, station_id, enterprise_id, outlet_kind, station_kind, basis, stage, value,"
            " unit, region, kind, standard, clause, valid_from, valid_to, verified, source) values (%(code)s, 'q', %(form)s,"
            " %(station_id)s, %(enterprise_id)s, %(outlet_kind)s, %(station_kind)s, %(basis)s, %(stage)s, %(value)s, 'u', %(region)s,"
            " %(kind)s, 's', 'c', %(valid_from)s, %(valid_to)s, %(verified)s, 't')",
            cells,
        )


def chosen_by_judging(conn: db.Connection) -> dict[tuple, int]:
    """Return the limit at each instant by the code that judges."""
    with conn.cursor(row_factory=db.dict_row) as cursor:
        points = [Point(**row) for row in cursor.execute(Q.points, {"sensors": list(SENSORS)}).fetchall()]
        limits = [Limit(**row) for row in cursor.execute(JUDGE.limits).fetchall()]
    found = {}
    for basis in ("hour", "day"):
        stages = {stage: {"level": "orange"} for stage in STAGES}
        parameters = {"basis": basis, "limit_kinds": LAW, "stages": stages}
        rule = Rule("r", 1, "limit", "alarm", "r", "r", Selector(), parameters)
        for point in points:
            for form in {point.form, CONVERTED} if not point.form else {point.form}:
                line = timeline(rule, replace(point, form=form), limits)
                for at in INSTANTS:
                    for bound in line.at(microseconds(at)) if line else ():
                        found[point.sensor_id, basis, bound.stage, form, at] = bound.limit.id
    return found


def chosen_by_database(conn: db.Connection) -> dict[tuple, int]:
    """Return the limit at each instant by the view of the database."""
    rows = conn.execute(
        "select l.sensor_id, l.basis, l.stage, l.form, i.at, l.limit_id from record_limit l"
        " join unnest(%s::timestamptz[]) as i (at) on i.at >= l.since and i.at < l.until where l.sensor_id = any(%s)",
        [INSTANTS, list(SENSORS)],
    ).fetchall()
    assert len({row[:5] for row in rows}) == len(rows)
    return {row[:5]: row[5] for row in rows}


def test_the_database_chooses_the_limit_that_judging_chooses(park):
    rng = np.random.default_rng(20261122)
    compared = 0
    for _ in range(30):
        any_limits(park, rng, int(rng.integers(1, 25)))
        judged = chosen_by_judging(park)
        assert chosen_by_database(park) == judged
        compared += len(judged)
    assert compared > 1500


def test_the_database_finds_over_what_judging_finds_over(park):
    rng = np.random.default_rng(7)
    edges = [float(v) for v in (*rng.integers(1, 400, 60), *rng.random(60), -1.5, 0.0)]
    cases = [
        (edge + step * abs(edge), edge, stage)
        for edge in edges
        for step in (0.0, 1e-15, 9e-13, 1e-12, 1.1e-12, 1e-9, 0.1, -1e-12, -0.1)
        for stage in STAGES
    ]
    rows = park.execute(
        "select over_limit(v, e, s) from unnest(%s::float8[], %s::float8[], %s::text[]) as c (v, e, s)",
        [list(column) for column in zip(*cases, strict=True)],
    ).fetchall()
    mine = [is_over(value, edge, 1 if stage in {"H", "HH"} else -1) for value, edge, stage in cases]
    assert [over for (over,) in rows] == mine
    assert 0.2 < sum(mine) / len(mine) < 0.8
