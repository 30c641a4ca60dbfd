"""Emitted mass against what is permitted, and the four water rates."""

from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Response

from api import exports
from api.emission_scope import Asked, Q, asked, csv_file, only_whole_park, seen_in, span_of
from api.emission_shapes import EmissionPage, EmissionSeries, Substitute, WaterRates
from api.problems import InputProblem
from api.routes import emission_registers
from api.routes.places import Code
from api.shapes import Listing
from api.visit import From, Paging, Reads, To, Visit, as_json
from records.emissions import statement as statements
from records.emissions import totals, water_rates
from records.emissions.mass import Mass
from records.emissions.totals import Span
from smartpark import db

router = APIRouter(tags=["emissions"])
router.include_router(emission_registers.router)

_MOST_BARS = 2000
_MASS = (
    *("measured_kg", "substituted_kg", "calculated_kg", "total_kg", "to_plant_kg", "measured_percent"),
    *("substituted_percent", "calculated_percent", "missing_hours", "unsubstituted_hours"),
)
_STANDS = ("methods", "verified")
_ALLOWANCE = ("kg", "used_kg", "used_percent", "kg_d", "projected_kg", "exhausted_on", "why")
_DECLARED = ("kg", "ours_kg", "difference_kg", "difference_percent")
_CSV: dict[int | str, dict[str, Any]] = {
    200: {"content": {exports.CSV_TYPE: {"schema": {"type": "string", "format": "binary"}}}}
}
Format = Annotated[Literal["json", "csv"], Query()]


@router.get("/emissions", response_model=EmissionPage, responses=_CSV)
def emissions(  # noqa: PLR0913 - whose, of what, when, how
    visit: Reads,
    *,
    park: Code = None,
    enterprise: Code = None,
    station: Code = None,
    pollutant: Code = None,
    group: Literal["outlet", "enterprise", "park"] = "enterprise",
    start: From = None,
    to: To = None,
    format: Format = "json",  # noqa: A002 - the word of the contract
) -> Response:
    """Return measured, substituted and calculated mass over [from, to), by default of this year, beside permits and cuts.

    The park's rows and cuts leave out what flows to its own plant: that mass leaves the park at the plant's outlet.
    """
    with visit.open() as conn:
        what = asked(conn, park, enterprise, station, pollutant)
        span = span_of(what.park["timezone"], start, to)
        whole = visit.principal.owner is None and enterprise is None and station is None
        found = statements.statement(conn, what.scope, span, group, whole_park=whole)
        pollutants = conn.execute(totals.Q.pollutants).fetchall()
    if format == "csv":
        return csv_file("emissions", span, *_as_table(found["items"], _period(visit, what, span)))
    about = {**_period(visit, what, span), "group": group, "substituted_until": _followed(visit)}
    return as_json({**about, "pollutants": pollutants, **found})


@router.get("/emissions/series", response_model=EmissionSeries, responses=_CSV)
def emission_series(  # noqa: PLR0913 - whose, of what, when, how
    visit: Reads,
    pollutant: Annotated[str, Query(max_length=100)],
    *,
    period: Literal["hour", "day", "month", "year"] = "month",
    park: Code = None,
    enterprise: Code = None,
    station: Code = None,
    start: From = None,
    to: To = None,
    format: Format = "json",  # noqa: A002 - the word of the contract
) -> Response:
    """Return the mass of each step of [from, to), by default the months of this year, with its running total.

    Without ``enterprise`` and ``station`` it is what leaves the park; an enterprise reads its own.
    """
    owner = visit.principal.owner
    enterprise = enterprise or (None if owner is None else str(owner))
    with visit.open() as conn:
        what = asked(conn, park, enterprise, station, pollutant)
        span = span_of(what.park["timezone"], start, to)
        _check_bars(span, period)
        everything = enterprise is None and station is None
        steps = totals.together(conn, what.scope, span, period, leaving_park=everything)
        bars = list(_bars(conn, what, span, steps, everything=everything))
        about = _series_limits(conn, what, span)
    if format == "csv":
        columns = ("start", "end", *_MASS, "running_kg", *_STANDS)
        rows = (
            [one[name] for name in columns[: -len(_STANDS)]] + _stands(one["methods"])
            for one in seen_in(bars, visit.zone, "start", "end")
        )
        return csv_file(f"emissions_{what.scope.pollutant}", span, columns, rows)
    answer = {**_period(visit, what, span), "period": period, "pollutant": what.pollutant, **about}
    return as_json({**answer, "bars": seen_in(bars, visit.zone, "start", "end")})


@router.get("/substitutions", response_model=Listing[Substitute])
def substitutions(
    visit: Reads,
    page: Paging,
    *,
    park: Code = None,
    station: Code = None,
    pollutant: Code = None,
    start: From = None,
    to: To = None,
) -> Response:
    """List missing hours of emission sensors within [from, to), by default of this year, and what stands for each."""
    after_hour, after_sensor = page.after("substitutions", datetime, int)
    with visit.open() as conn:
        what = asked(conn, park, None, station, pollutant)
        span = span_of(what.park["timezone"], start, to)
        about = {"station": what.scope.station_id, "pollutant": pollutant, "park_id": what.park["id"]}
        after = {"after_hour": after_hour, "after_sensor": after_sensor, "limit": page.limit + 1}
        about |= {"from": span.start, "to": span.end}
        rows = conn.execute(Q.substitutions, about | after).fetchall()
    return as_json(page.answer("substitutions", rows, "start", "sensor_id"))


@router.get("/water-rates", response_model=WaterRates)
def rates_of_water(visit: Reads, *, park: Code = None, start: From = None, to: To = None) -> Response:
    """Return 收集率 集中处置率 再生水率 回用率 over [from, to), by default of this year, each with its meters."""
    only_whole_park(visit)
    with visit.open() as conn:
        what = asked(conn, park)
        span = span_of(what.park["timezone"], start, to)
        found = water_rates.rates(conn, what.park["id"], span)
    return as_json({**_period(visit, what, span), **found})


def _period(visit: Visit, what: Asked, span: Span) -> dict[str, Any]:
    place = ZoneInfo(visit.zone)
    return {"park": what.park_shown, "from": span.start.astimezone(place), "to": span.end.astimezone(place)}


def _followed(visit: Visit) -> datetime | None:
    with visit.house.whole(visit.zone) as conn:
        row = conn.execute(totals.Q.followed).fetchone()
    return row["done_until"] if row else None


def _check_bars(span: Span, period: totals.Step) -> None:
    seconds = {"hour": 3600, "day": 86_400, "month": 28 * 86_400, "year": 365 * 86_400}[period]
    if (span.end - span.start).total_seconds() / seconds > _MOST_BARS:
        raise InputProblem(
            "query.from",
            f"超过 {_MOST_BARS} 个时段; 请缩短时间或改用更长的 period",
            f"makes more than {_MOST_BARS} steps; ask for less time or a longer period",
        )


def _bars(
    conn: db.DictConnection, what: Asked, span: Span, steps: dict[datetime, Mass], *, everything: bool
) -> Iterator[dict[str, Any]]:
    """Yield the steps with their running total, which begins anew with each calendar year."""
    first_year = totals.year_of(span.start, span.zone)
    running = 0.0
    if first_year < span.start:
        before = Span(first_year, span.start, span.zone)
        found = totals.together(conn, what.scope, before, "year", leaving_park=everything)
        running = sum(mass.total_kg for mass in found.values())
    year = first_year
    for start, end in pairwise([*steps, span.end]):
        if totals.year_of(start, span.zone) != year:
            year, running = totals.year_of(start, span.zone), 0.0
        mass = steps[start]
        running += mass.total_kg
        yield {"start": start, "end": end, **statements.shown(mass), "running_kg": running}


def _series_limits(conn: db.DictConnection, what: Asked, span: Span) -> dict[str, Any]:
    """Return whose the series is, and what may be emitted in the year it ends in."""
    owner, outlet = what.scope.enterprise_id, what.scope.station_id
    refs = {
        "enterprise": conn.execute(totals.Q.enterprises, {"ids": [owner]}).fetchone() if owner else None,
        "outlet": conn.execute(totals.Q.outlets, {"ids": [outlet]}).fetchone() if outlet else None,
    }
    if owner is None and outlet is None:
        return {**refs, "allowance_kg": None, "target_kg": statements.target_kg(conn, what.scope, span)}
    return {**refs, "allowance_kg": statements.allowed_kg(conn, what.scope, span), "target_kg": None}


def _stands(methods: list[dict[str, Any]]) -> list[Any]:
    """Return in two cells what stands for missing hours by which rule, and whether each rule is verified."""
    words = [
        f"{one['method']} ({one['standard']}{'' if one['verified'] else ', 待核实'}): {one['hours']} h, {one['kg']:g} kg"
        for one in methods
    ]
    return ["; ".join(words), all(one["verified"] for one in methods) if methods else None]


def _as_table(items: list[dict[str, Any]], period: dict[str, Any]) -> tuple[list[str], Iterator[list[Any]]]:
    columns = [
        "from",
        "to",
        "enterprise",
        "enterprise_zh",
        "outlet",
        "outlet_zh",
        "pollutant",
        *_MASS,
        *_STANDS,
    ]
    columns += [f"allowance_{name}" for name in _ALLOWANCE] + [f"declared_{name}" for name in _DECLARED]

    def rows() -> Iterator[list[Any]]:
        for one in items:
            places = [
                (one[kind] or {}).get(key) for kind in ("enterprise", "outlet") for key in ("code", "name_zh")
            ]
            allowance, declared = one["allowance"] or {}, one["declared"] or {}
            yield [
                period["from"],
                period["to"],
                *places,
                one["pollutant"],
                *(one[name] for name in _MASS),
                *_stands(one["methods"]),
                *(allowance.get(name) for name in _ALLOWANCE),
                *(declared.get(name) for name in _DECLARED),
            ]

    return columns, rows()
