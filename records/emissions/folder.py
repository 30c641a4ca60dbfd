"""Emission files of a park's folder: permits, assigned cuts, declared and calculated amounts, meters of its water."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, LiteralString

from psycopg.types.json import Jsonb

from records.emissions.water_rates import ROLES
from smartpark import db, queries
from smartpark.catalogue.fields import Fields
from smartpark.catalogue.folder import reference
from smartpark.catalogue.problems import Problems, choose
from smartpark.catalogue.tables import Columns, rows

_Q = queries.load("records.emissions", "folder.sql")

WATER_QUANTITIES = ("w00000", "w00001", "x_water", "x_water_total", "x_flow")  # their amount is in m³
YEARS = (2000, 2100)

ALLOWANCES = Columns(
    ("enterprise", "pollutant", "year", "kg", "permit", "valid_from", "valid_to", "document"), ("station",)
)
REDUCTIONS = Columns(("pollutant", "base_year", "base_kg", "cut_percent", "due_year", "document"), ())
DECLARED = Columns(("enterprise", "pollutant", "year", "kg", "document"), ("quarter", "month"))
CALCULATED = Columns(("enterprise", "pollutant", "month", "source", "kg", "method", "document"), ())
WATER = Columns(("role", "station", "quantity"), ("sign",))


Declaration = tuple[
    int | None, str, int, int | None, int | None
]  # enterprise, pollutant, year, quarter, month


@dataclass(frozen=True, slots=True)
class Known:
    """What the files may name."""

    park_id: int
    enterprises: Mapping[str, int]
    stations: Mapping[str, tuple[int, int | None]]
    meters: Mapping[str, int]  # by station and quantity
    pollutants: tuple[str, ...]
    declared: frozenset[Declaration] = frozenset()


@dataclass(slots=True)
class Listed:
    """What the files hold."""

    allowances: list[dict[str, Any]] = field(default_factory=list)
    reductions: list[dict[str, Any]] = field(default_factory=list)
    declared: list[dict[str, Any]] = field(default_factory=list)
    calculated: list[dict[str, Any]] = field(default_factory=list)
    meters: list[dict[str, Any]] | None = None  # None: there is no such file


def load(conn: db.Connection, folder: Path, park: str, actor: str, now: datetime) -> dict[str, int]:
    """Bring the database to the files of a folder in one transaction; return how many rows of each changed.

    Rows that a person changed in the database stay; meters that are in the file no more leave the balance.

    Raises:
        CatalogueError: every problem as ``file:line: what is wrong; what to write instead``.
        LookupError: the park is not loaded.

    """
    with conn.transaction():
        row = conn.execute(_Q.park, {"code": park}).fetchone()
        if row is None:
            raise LookupError(park)
        known = _known(conn, row[0])
        listed = read(folder, known)
        changed = {
            name: _put(conn, query, found, known.park_id, now)
            for name, query, found in (
                ("allowances", _Q.put_allowance, listed.allowances),
                ("reductions", _Q.put_reduction, listed.reductions),
                ("declared", _Q.put_declared, listed.declared),
                ("calculated", _Q.put_calculated, listed.calculated),
                ("meters", _Q.put_meter, listed.meters or []),
            )
        }
        if listed.meters is not None:
            there = {key: [one[name] for one in listed.meters] for key, name in _METER}
            changed["meters"] += conn.execute(_Q.drop_meters, {"park_id": known.park_id, **there}).rowcount
        if any(changed.values()):
            conn.execute(_Q.audit, {"now": now, "actor": actor, "object": park, "detail": Jsonb(changed)})
    return changed


_METER = (("roles", "role"), ("sensors", "sensor_id"))


def read(folder: Path, known: Known) -> Listed:
    """Read and check the files; each may be absent.

    Raises:
        CatalogueError: every problem with file, line and what to write instead.

    """
    problems = Problems()
    said = set(known.declared)
    listed = Listed(
        _each(folder / "allowances.csv", ALLOWANCES, problems, lambda row: _allowance(row, known)),
        _each(folder / "reductions.csv", REDUCTIONS, problems, lambda row: _reduction(row, known)),
        _each(folder / "declared.csv", DECLARED, problems, lambda row: _declared(row, known, said)),
        _each(folder / "calculated.csv", CALCULATED, problems, lambda row: _calculated(row, known)),
    )
    if (folder / "water_balance.csv").exists():
        listed.meters = _each(folder / "water_balance.csv", WATER, problems, lambda row: _meter(row, known))
    problems.raise_if_any()
    return listed


def _known(conn: db.Connection, park_id: int) -> Known:
    about = {"park_id": park_id, "quantities": list(WATER_QUANTITIES)}
    row = conn.execute(_Q.known, about).fetchone()
    enterprises, stations, meters, pollutants, declared = row if row is not None else ({}, {}, {}, [], [])
    there = frozenset((owner, code, year, quarter, month) for owner, code, year, quarter, month in declared)
    return Known(park_id, enterprises, stations, meters, tuple(pollutants), there)


def _put(
    conn: db.Connection, query: LiteralString, found: list[dict[str, Any]], park_id: int, now: datetime
) -> int:
    return sum(conn.execute(query, {**one, "park_id": park_id, "now": now}).rowcount for one in found)


def _each(
    path: Path, columns: Columns, problems: Problems, make: Callable[[Fields], dict[str, Any]]
) -> list[dict[str, Any]]:
    return [make(row) for row in rows(path, columns, problems, needed=False)]


def _allowance(row: Fields, known: Known) -> dict[str, Any]:
    enterprise = reference(row, "enterprise", known.enterprises, "enterprises.csv", needed=True)
    station = reference(row, "station", known.stations, "stations.csv")
    station_id, owner = known.stations[station] if station else (None, None)
    if station and owner != known.enterprises.get(enterprise or ""):
        row.wrong("station", f"station {station!r} is not of {enterprise!r}", "write one of its own outlets")
    since, until = _day(row, "valid_from"), _day(row, "valid_to")
    if until < since:
        row.wrong("valid_to", "valid_to is before valid_from", "write the last day of the permit")
    year = _year(row, "year")
    if since > date.min and until > date.min and not since.year <= year <= until.year:
        row.wrong(
            "year", f"the permit is not valid in {year}", f"write a year from {since.year} to {until.year}"
        )
    return {
        "enterprise_id": known.enterprises.get(enterprise or ""),
        "station_id": station_id,
        "pollutant": row.choice("pollutant", known.pollutants),
        "year": year,
        "kg": _amount(row, "kg"),
        "permit": row.text("permit"),
        "valid_from": since,
        "valid_to": until,
        "document": row.text("document"),
    }


def _reduction(row: Fields, known: Known) -> dict[str, Any]:
    base, due = _year(row, "base_year"), _year(row, "due_year")
    if due <= base:
        row.wrong("due_year", "due_year is not after base_year", "write the year in which the cut is due")
    cut = _amount(row, "cut_percent")
    if cut > 100:
        row.wrong("cut_percent", f"cut_percent {cut:g} is more than all", "write 0 to 100")
    return {
        "pollutant": row.choice("pollutant", known.pollutants),
        "base_year": base,
        "base_kg": _amount(row, "base_kg"),
        "cut_percent": cut,
        "due_year": due,
        "document": row.text("document"),
    }


def _declared(row: Fields, known: Known, said: set[Declaration]) -> dict[str, Any]:
    parts = {name: row.number(name) for name in ("quarter", "month")}
    if (parts["quarter"] is None) == (parts["month"] is None):
        row.wrong("quarter", "neither or both of quarter and month are written", "write one of them")
    for name, most in (("quarter", 4), ("month", 12)):
        value = parts[name]
        if value is not None and value not in range(1, most + 1):
            row.wrong(name, f"{name} {value:g} does not exist", f"write 1 to {most}")
    enterprise = reference(row, "enterprise", known.enterprises, "enterprises.csv", needed=True)
    quarter, month = (None if value is None else int(value) for value in parts.values())
    owner, pollutant = known.enterprises.get(enterprise or ""), row.choice("pollutant", known.pollutants)
    year = _year(row, "year")
    others: list[Declaration]
    if quarter is not None:
        others = [(owner, pollutant, year, None, 3 * quarter - 2 + number) for number in range(3)]
    else:
        others = [(owner, pollutant, year, ((month or 1) + 2) // 3, None)]
    if said & set(others):
        row.wrong(
            "month" if quarter is None else "quarter",
            "this time is declared already: a quarter and its months exclude each other",
            "keep either the quarter or its months",
        )
    said.add((owner, pollutant, year, quarter, month))
    return {
        "enterprise_id": owner,
        "pollutant": pollutant,
        "year": year,
        "quarter": quarter,
        "month": month,
        "kg": _amount(row, "kg"),
        "document": row.text("document"),
    }


def _calculated(row: Fields, known: Known) -> dict[str, Any]:
    enterprise = reference(row, "enterprise", known.enterprises, "enterprises.csv", needed=True)
    month = _day(row, "month")
    if month.day != 1:
        row.wrong("month", f"month {month} does not begin a month", f"write {month.replace(day=1)}")
    return {
        "enterprise_id": known.enterprises.get(enterprise or ""),
        "pollutant": row.choice("pollutant", known.pollutants),
        "month": month,
        "source": row.text("source"),
        "kg": _amount(row, "kg"),
        "method": row.text("method"),
        "document": row.text("document"),
    }


def _meter(row: Fields, known: Known) -> dict[str, Any]:
    station = reference(row, "station", known.stations, "stations.csv", needed=True)
    quantity = row.choice("quantity", WATER_QUANTITIES)
    sensor_id = known.meters.get(f"{station} {quantity}")
    if station and quantity in WATER_QUANTITIES and sensor_id is None:
        there = [one.split()[1] for one in known.meters if one.split()[0] == station]
        row.wrong(
            "quantity",
            f"station {station!r} has no {quantity}",
            choose(quantity, there, "name a water meter"),
        )
    sign = row.number("sign")
    if sign not in {None, 1.0, -1.0}:
        row.wrong("sign", f"sign {sign:g} is neither 1 nor -1", "write 1, or -1 for what is subtracted")
    return {"role": row.choice("role", ROLES), "sensor_id": sensor_id, "sign": -1 if sign == -1 else 1}


def _year(row: Fields, name: str) -> int:
    year = row.positive(name, example=2026)
    if not YEARS[0] <= year <= YEARS[1]:
        row.wrong(name, f"{name} {year} is not a year", f"write a year from {YEARS[0]} to {YEARS[1]}")
    return year


def _amount(row: Fields, name: str) -> float:
    value = row.number(name)
    if value is None and row.raw(name) is None:
        row.wrong(name, f"{name} is missing", f"write {name} as a number")
    elif value is not None and value < 0:
        row.wrong(name, f"{name} {value:g} is below 0", "write 0 or more")
    return value or 0.0


def _day(row: Fields, name: str) -> date:
    text = row.text(name, example="2026-01-01")
    try:
        return date.fromisoformat(text)
    except ValueError:
        if text:
            row.wrong(name, f"{name} {text!r} is not a day", "write 2026-01-01")
    return date.min
