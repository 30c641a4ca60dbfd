"""Puts a sheet of facts together from the database: the only place from which a report takes its numbers."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString
from zoneinfo import ZoneInfo

import psycopg
from psycopg.rows import dict_row

from alerts.exceedance import factor
from records.reports import conduct, skies, weights
from records.reports.facts import Cover, Enterprise, Facts, Figure, Limit, Point, Row, Sealed, absent
from records.reports.findings import Compliance, Exceedance
from records.reports.periods import PARTS, WHOLES, Span, following
from records.validity.rates import percent
from smartpark import queries

Q = queries.load("records.reports", "contents.sql")
Found = dict[str, Any]
_FLOWS = ("a00000", "w00000")
_BESIDE = frozenset(
    {*_FLOWS, "a19001", "a01012", "a01014", "w00001", "w01010"}
)  # shown beside the pollutants
_LEFT_OUT = "a01"  # other states of the gas
_JUDGED = ("hour", "day")
_SAMPLES = {"hour": 60, "day": 24}


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose report: of one enterprise, or of the whole park (None)."""

    park_id: int
    enterprise_id: int | None


def rows(conn: psycopg.Connection[Any], query: LiteralString, about: Mapping[str, Any]) -> list[Found]:
    """Return the rows of a query; planned anew, as a plan for any period would look into every chunk."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query, about, prepare=False).fetchall()


def compose(
    conn: psycopg.Connection[Any], subject: Subject, span: Span, now: datetime, pass_rate: float
) -> Facts:
    """Return what the report of a subject says about a period.

    Args:
        conn: sees everything that the subject owns.
        subject: an enterprise or the park.
        span: the period.
        now: the present; a period that is not over is told up to it.
        pass_rate: effective rate that passes [%].

    Raises:
        LookupError: there is no such enterprise or park.

    """
    cover = _cover(conn, subject, span, now)
    about = {
        "park": subject.park_id,
        "enterprise": subject.enterprise_id,
        "from": span.start,
        "to": span.end,
    }
    names = {one["id"]: one["name"] for one in rows(conn, Q.enterprises, about)}
    sensors = [
        one | {"enterprise": names[one["enterprise_id"]]}
        for one in rows(conn, Q.sensors, about)
        if one["quantity"] in _BESIDE or not one["quantity"].startswith(_LEFT_OUT)
    ]
    whose = conduct.Whose(conn, span, ZoneInfo(cover.timezone), sensors, cover.sealed)
    over = _exceedances(conn, sensors, span)
    facts = Facts(
        cover=cover,
        pass_rate=pass_rate,
        points=_points(conn, sensors, span),
        exceedances=over,
        compliance=_compliance(conn, sensors, span, over),
        rates=whose.rates(pass_rate),
        missing=whose.missing(),
        marks=whose.marks(),
        corrections=whose.corrections(),
        revisions=whose.revisions([one["id"] for one in sensors if not _beside(one)]),
        emissions=weights.emissions(conn, (subject.park_id, subject.enterprise_id), span, cover.until, names),
        air=() if subject.enterprise_id else skies.air(conn, cover.park_code, span, cover.until),
        enterprises=(),
    )
    return facts if subject.enterprise_id else _with_enterprises(facts, sensors)


def _with_enterprises(facts: Facts, sensors: Sequence[Found]) -> Facts:
    outlets: dict[str, set[str]] = defaultdict(set)
    for one in sensors:
        outlets[one["enterprise"]].add(one["outlet_code"])
    lines = []
    for name, codes in outlets.items():
        rates = [one for one in facts.rates if one.enterprise == name]
        due = sum(one.due for one in rates)
        over = [one.basis for one in facts.exceedances if one.enterprise == name]
        lines.append(
            Enterprise(
                name=name,
                outlets=len(codes),
                hours_over=over.count("hour"),
                days_over=over.count("day"),
                effective=percent(sum(one.valid for one in rates), due),
                missing_hours=sum(one.hours for one in facts.missing if one.enterprise == name),
                marks=sum(one.enterprise == name for one in facts.marks),
            )
        )
    return Facts(**{name: getattr(facts, name) for name in facts.__slots__} | {"enterprises": tuple(lines)})


def _cover(conn: psycopg.Connection[Any], subject: Subject, span: Span, now: datetime) -> Cover:
    query, number = (Q.park, subject.park_id)
    if subject.enterprise_id is not None:
        query, number = Q.enterprise, subject.enterprise_id
    found = rows(conn, query, {"id": number})
    if not found:
        raise LookupError(f"no enterprise or park {number}")
    one = found[0]
    zone = ZoneInfo(one["timezone"])
    return Cover(
        kind=span.kind,
        park=one["park"],
        park_code=one["park_code"],
        timezone=one["timezone"],
        enterprise=one["name_zh"],
        enterprise_code=one["code"],
        sector=one["sector"],
        zone=one["zone"] or "",
        start=span.start,
        end=span.end,
        until=min(span.end, now.astimezone(zone).replace(minute=0, second=0, microsecond=0)),
        sealed=_sealed(conn, subject, span),
    )


def _sealed(conn: psycopg.Connection[Any], subject: Subject, span: Span) -> Sealed | None:
    if span.kind != "monthly" or subject.enterprise_id is None:
        return None
    found = rows(conn, Q.sealed, {"enterprise": subject.enterprise_id, "month": span.first})
    if not found:
        return None
    one = found[0]
    return Sealed(one["id"], one["sealed_by"], one["sealed_at"].astimezone(span.start.tzinfo))


def _points(conn: psycopg.Connection[Any], sensors: Sequence[Found], span: Span) -> tuple[Point, ...]:
    """Return a point of each quantity; one at reference oxygen lends its mean to the measured one beside it."""
    about = {"sensors": [one["id"] for one in sensors], "from": span.start, "to": span.end}
    parts = _by_start(rows(conn, Q.figures, about | {"period": PARTS[span.kind]}))
    wholes = _by_start(rows(conn, Q.figures, about | {"period": WHOLES[span.kind]}))
    limits: dict[int, list[Limit]] = defaultdict(list)
    for one in rows(conn, Q.limits, about):
        limits[one["sensor_id"]].append(_limit(one))
    by_place: dict[tuple[int, str], dict[str, Found]] = {}
    for one in sensors:
        by_place.setdefault((one["station_id"], one["quantity"]), {})[one["form"]] = one
    points = []
    for forms in by_place.values():
        measured = forms.get("") or forms["Zs"]
        at_oxygen = forms.get("Zs")
        pair = (measured["id"], at_oxygen["id"] if at_oxygen else None)
        made = [Row(a, b, _figure(parts, pair, a, _due(span, a, b))) for a, b in span.parts()]
        whole = Row(span.start, span.end, _figure(wholes, pair, span.start, len(made)))
        points.append(
            Point(
                enterprise=measured["enterprise"],
                outlet_code=measured["outlet_code"],
                outlet=measured["outlet"],
                quantity=measured["quantity"],
                name=measured["name"],
                unit=measured["unit"],
                decimals=measured["decimals"],
                converts=at_oxygen is not None or any(r.figure.converted is not None for r in (*made, whole)),
                auxiliary=_beside(measured),
                weighed=measured["weighed"] or any(r.figure.mass is not None for r in (*made, whole)),
                limits=tuple(dict.fromkeys(x for one in forms.values() for x in limits[one["id"]])),
                rows=tuple(made),
                whole=whole,
            )
        )
    order = {code: number for number, code in enumerate(dict.fromkeys(p.outlet_code for p in points))}
    return tuple(sorted(points, key=lambda point: (order[point.outlet_code], point.auxiliary)))


def _due(span: Span, start: datetime, end: datetime) -> int:
    """Return how many samples are due of a part that has no record."""
    return _SAMPLES.get(PARTS[span.kind], (end.date() - start.date()).days)


def _by_start(found: Iterable[Found]) -> dict[tuple[int, datetime], Found]:
    return {(one["sensor_id"], one["start"]): one for one in found}


def _figure(
    found: Mapping[tuple[int, datetime], Found], pair: tuple[int, int | None], start: datetime, due: int
) -> Figure:
    one = found.get((pair[0], start))
    if one is None:
        return absent(due)
    converted = one["converted"]
    if pair[1] is not None:
        beside = found.get((pair[1], start))
        converted = beside["mean"] if beside else None
    values = {name: one[name] for name in ("status", "mean", "min", "max", "expected", "samples", "flag")}
    return Figure(
        **values, converted=converted, amount=one["amount"], mass=one["mass"], revision=one["revision"]
    )


def _limit(one: Found) -> Limit:
    names = ("basis", "stage", "value", "unit", "kind", "standard", "clause")
    return Limit(**{name: one[name] for name in names}, converted=one["form"] == "Zs")


def _exceedances(
    conn: psycopg.Connection[Any], sensors: Sequence[Found], span: Span
) -> tuple[Exceedance, ...]:
    """Return the hours and days past their limit, in order of time."""
    by_id = {one["id"]: one for one in sensors}
    about = {"sensors": list(by_id), "periods": list(_JUDGED), "from": span.start, "to": span.end}
    found = []
    for one in rows(conn, Q.over, about):
        place = by_id[one["sensor_id"]]
        begin = one["start"].astimezone(span.start.tzinfo)
        exact = factor(one["value"], one["edge"]) if one["stage"].startswith("H") else None
        found.append(
            Exceedance(
                enterprise=place["enterprise"],
                outlet_code=place["outlet_code"],
                outlet=place["outlet"],
                quantity=place["quantity"],
                pollutant=place["name"],
                converted=one["form"] == "Zs",
                basis=one["period"],
                stage=one["stage"],
                start=begin,
                end=following(begin, one["period"]),
                value=one["value"],
                limit=one["edge"],
                unit=place["unit"],
                decimals=place["decimals"],
                standard=one["standard"],
                clause=one["clause"],
                kind=one["kind"],
                factor=float(exact) if exact is not None else None,
                late=one["late"],
            )
        )
    return tuple(sorted(found, key=lambda one: one.start))


def _compliance(
    conn: psycopg.Connection[Any], sensors: Sequence[Found], span: Span, over: Sequence[Exceedance]
) -> tuple[Compliance, ...]:
    by_id = {one["id"]: one for one in sensors}
    about = {"sensors": list(by_id), "periods": list(_JUDGED), "from": span.start, "to": span.end}
    past = Counter((e.outlet_code, e.quantity, e.converted, e.basis) for e in over)
    found = []
    order = {number: place for place, number in enumerate(by_id)}
    for one in sorted(rows(conn, Q.judged, about), key=lambda row: (order[row["sensor_id"]], row["period"])):
        place, converted = by_id[one["sensor_id"]], one["form"] == "Zs"
        key = (place["outlet_code"], place["quantity"], converted, one["period"])
        name = f"{place['name']}(折算)" if converted else place["name"]
        who = (place["enterprise"], place["outlet"], name, one["period"])
        found.append(Compliance(*who, judged=one["judged"], over=past[key]))
    return tuple(found)


def _beside(sensor: Found) -> bool:
    return sensor["quantity"] in _BESIDE
