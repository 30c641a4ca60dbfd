"""The sheet of a month of an enterprise (月度数据表): per outlet and pollutant the month's record, mass and effective rate.

One composition for the page, the report and what is frozen when a person finalises the month.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from psycopg.rows import dict_row

from records.emissions import totals
from records.emissions.totals import Scope, Span
from records.validity.rates import CAUSES, COUNTED, INVALID, Hours, percent
from smartpark import queries

_Q = queries.load("records.corrections", "months.sql")
_RECORD = [
    "revision",
    "status",
    "mean",
    "min",
    "max",
    "expected",
    "received",
    "samples",
    "flag",
    "converted",
    "reference_o2",
    "amount",
    "mass",
    "method",
    "edition",
    "cause",
    "made_at",
]
_SENSOR = ["sensor_id", "quantity", "form", "name_zh", "name_en", "unit", "decimals"]

AnyConnection = psycopg.Connection[Any]


@dataclass(frozen=True, slots=True)
class Month:
    """A month of an enterprise: [starts_at, ends_at) in its park's zone."""

    id: int  # of the enterprise
    park_id: int
    code: str
    name_zh: str
    name_en: str
    timezone: str
    month: date
    starts_at: datetime
    ends_at: datetime

    @property
    def label(self) -> str:
        """YYYY-MM."""
        return f"{self.month:%Y-%m}"

    @property
    def enterprise(self) -> dict[str, Any]:
        """Whose it is."""
        return {"id": self.id, "code": self.code, "name_zh": self.name_zh, "name_en": self.name_en}

    @property
    def about(self) -> dict[str, Any]:
        """What queries of it are asked with."""
        return {"id": self.id, "month": self.month, "starts_at": self.starts_at, "ends_at": self.ends_at}


def month_of(conn: AnyConnection, enterprise: str, month: date) -> Month | None:
    """Return a month of an enterprise by code or number; None: there is no such enterprise to see."""
    row = _one(conn, _Q.place, {"enterprise": enterprise, "month": month})
    return None if row is None else Month(**row, month=month)


def sensors_of(conn: AnyConnection, month: Month) -> list[dict[str, Any]]:
    """Return the sensors that owed data at the outlets of the enterprise, each with its record of the month."""
    return _all(conn, _Q.sensors, month.about)


def compose(conn: AnyConnection, month: Month) -> dict[str, Any]:
    """Return the figures of a month as they stand.

    ``{enterprise, month, timezone, from, to, outlets, masses}``; an outlet has its ``rates`` over the pollutants that the
    effective rate counts, and ``sensors``, each with ``record`` (null: none was made), ``rates`` and ``substituted``
    [kg, hours]; ``masses`` are the sums [kg] of the outlets by pollutant, measured and substituted, as every page has them.
    """
    sensors = sensors_of(conn, month)
    about = month.about | {"sensors": [row["sensor_id"] for row in sensors]}
    hours: dict[int, Hours] = {}
    for row in _all(conn, _Q.counted, about):
        counted = hours.setdefault(row["sensor_id"], Hours())
        counted.add(row["class"], row["cause"], row["status"], row["came"], row["number"])
    stands = {row["sensor_id"]: row for row in _all(conn, _Q.substituted, about)}
    outlets: dict[int, dict[str, Any]] = {}
    for row in sensors:
        outlet = outlets.setdefault(row["station_id"], _outlet(row))
        outlet["sensors"].append(
            _line(row, hours.get(row["sensor_id"], Hours()), stands.get(row["sensor_id"]))
        )
    for outlet in outlets.values():
        counting = [
            one["sensor_id"] for one in outlet["sensors"] if one["quantity"] in COUNTED and one["form"] == ""
        ]
        outlet["rates"] = rates(Hours.together(hours[one] for one in counting if one in hours))
    return {
        "enterprise": month.enterprise,
        "month": month.label,
        "timezone": month.timezone,
        "from": month.starts_at,
        "to": month.ends_at,
        "outlets": list(outlets.values()),
        "masses": _masses(conn, month),
    }


def rates(hours: Hours) -> dict[str, Any]:
    """Return counts and rates [%] of hours as they are counted for the enterprise."""
    return {
        "due": hours.due,
        "received": hours.received,
        "valid": hours.valid,
        "stopped": hours.classes["stopped"],
        "no_flow": hours.classes["no_flow"],
        "exempt": hours.classes["exempt"],
        "invalid": {status: hours.statuses[status] for status in INVALID},
        "missing": {cause: hours.causes[cause] for cause in CAUSES} | {"platform": hours.classes["platform"]},
        "transmission": percent(hours.received, hours.due),
        "validity": percent(hours.valid, hours.received),
        "effective": percent(hours.valid, hours.due),
    }


def _outlet(row: dict[str, Any]) -> dict[str, Any]:
    names = {"code": row["station"], "name_zh": row["station_zh"], "name_en": row["station_en"]}
    return {
        "id": row["station_id"],
        **names,
        "kind": row["kind"],
        "outlet_kind": row["outlet_kind"],
        "sensors": [],
    }


def _line(row: dict[str, Any], hours: Hours, stands: dict[str, Any] | None) -> dict[str, Any]:
    record = {name: row[name] for name in _RECORD} if row["revision"] is not None else None
    put = None if stands is None else {name: stands[name] for name in ("mass", "hours", "missing")}
    return {
        **{name: row[name] for name in _SENSOR},
        "record": record,
        "rates": rates(hours),
        "substituted": put,
    }


def _masses(conn: AnyConnection, month: Month) -> list[dict[str, Any]]:
    span = Span(month.starts_at, month.ends_at, ZoneInfo(month.timezone))
    amounts = totals.amounts(conn, Scope(month.park_id, month.id), span, "month")
    sums = totals.grouped((one for one in amounts if one.station_id is not None), lambda one: one.pollutant)
    return [
        {name: row[name] for name in ("quantity", "name_zh", "name_en")}
        | {"measured": sums[row["code"]].measured_kg, "substituted": sums[row["code"]].substituted_kg}
        for row in totals.rows(conn, totals.Q.pollutants, {})
        if row["code"] in sums
    ]


def _all(conn: AnyConnection, query: Any, about: dict[str, Any]) -> list[dict[str, Any]]:
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query, about).fetchall()


def _one(conn: AnyConnection, query: Any, about: dict[str, Any]) -> dict[str, Any] | None:
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query, about).fetchone()
