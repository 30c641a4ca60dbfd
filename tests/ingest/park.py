"""A small park for the tests of ingest: one station of each feed, a mobile one, and what can go wrong with them."""

import json
from datetime import datetime, timedelta

from smartpark import db

PARK = "t1"
GAS, VOC, MOBILE = "g1", "v1", "m1"

_QUANTITIES = [
    # code, unit, plausible low, plausible high, old codes
    ("x_lel", "%LEL", 0, 200, []),
    ("a24088", "mg/m3", -5, 5000, ["25"]),
    ("a01001", "degC", -60, 70, []),
    ("a21026", "mg/m3", None, None, []),
]


def build(conn: db.Connection, park: str = PARK) -> dict[str, int]:
    """Insert the park; return sensor ids by ``station/key``."""
    conn.execute(
        "insert into park (code, name_zh, name_en, timezone, lat, lon) values (%s, '园', 'Park', 'Asia/Shanghai', 39, 106)",
        [park],
    )
    for code, unit, low, high, old in _QUANTITIES:
        conn.execute(
            "insert into quantity (code, name_zh, name_en, unit, plausible_low, plausible_high, old_codes, source)"
            " values (%s, %s, %s, %s, %s, %s, %s, 'test') on conflict do nothing",
            [code, code, code, unit, low, high, old],
        )
    sensors: dict[str, int] = {}
    for code, kind, feed, stream_class, quantities in (
        (GAS, "gas", "safety", "safety", [("x_lel", "", 0, 100)]),
        (
            VOC,
            "voc",
            "rest",
            "emission",
            [("a24088", "", 0, 1000), ("a01001", "", None, None), ("a21026", "Zs", None, None)],
        ),
        (MOBILE, "mobile", "rest", "ambient", [("a24088", "", None, None)]),
    ):
        row = conn.execute(
            "insert into station (park_id, code, kind, name_zh, name_en, lat, lon, feed, stream_class)"
            " select id, %s, %s, %s, %s, 39, 106, %s, %s from park where code = %s returning id",
            [code, kind, code, code, feed, stream_class, park],
        ).fetchone()
        assert row is not None
        for quantity, form, low, high in quantities:
            got = conn.execute(
                "insert into sensor (station_id, quantity, form, period_s, span_low, span_high, unit)"
                " values (%s, %s, %s, 60, %s, %s, 'u') returning id",
                [row[0], quantity, form, low, high],
            ).fetchone()
            assert got is not None
            sensors[f"{code}/{quantity}{'-' + form if form else ''}"] = got[0]
    conn.commit()
    return sensors


def topic(code: str, park: str = PARK, last: str = "readings") -> str:
    """Return the topic of a station."""
    kind = {GAS: "gas", VOC: "voc", MOBILE: "mobile"}[code]
    return f"smartpark/{park}/{kind}/{code}/{last}"


def message(at: datetime, values: dict[str, object], **more: object) -> bytes:
    """Return a payload of one object."""
    return json.dumps({"time": at.isoformat(), "values": values, **more}).encode()


def minutes_ago(now: datetime, minutes: float) -> datetime:
    """Return an instant before now."""
    return now - timedelta(minutes=minutes)
