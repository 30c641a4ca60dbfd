"""Sensors: templates a station names, and single rows that add to them or replace parts of them."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from smartpark import units
from smartpark.catalogue import tables
from smartpark.catalogue.fields import Fields
from smartpark.catalogue.problems import Problems, choose
from smartpark.catalogue.tables import Columns
from smartpark.places import FORMS, Sensor
from smartpark.quantities import Quantity, registry
from smartpark.units import Conversion, UnitError

_POINT = ("form", "tag", "name_zh", "name_en", "period_s", "span_low", "span_high", "unit")
TEMPLATES = Columns(("template", "quantity", "period_s"), tuple(n for n in _POINT if n != "period_s"))
SENSORS = Columns(("station", "quantity"), (*_POINT, "due_since", "due_until"))
NEVER = "never"

_Key = tuple[str, str, str]


class SensorTable:
    """What the two tables say, until every station has asked for its sensors."""

    def __init__(self, folder: Path, problems: Problems, due_since: datetime | None) -> None:
        self._problems = problems
        self._due_since = due_since
        self._templates: dict[str, list[Fields]] = {}
        for row in tables.rows(folder / "templates.csv", TEMPLATES, problems, needed=False):
            self._templates.setdefault(row.text("template"), []).append(row)
        self._own: dict[str, list[Fields]] = {}
        for row in tables.rows(folder / "sensors.csv", SENSORS, problems, needed=False):
            self._own.setdefault(row.text("station"), []).append(row)

    def of(self, station: Fields, code: str, kind: str) -> list[Sensor]:
        """Return the sensors of one station."""
        parts: dict[_Key, list[Fields]] = {}
        for name in str(station.raw("sensors") or "").split():
            if name not in self._templates:
                station.wrong(
                    "sensors",
                    f"template {name!r} is not in templates.csv",
                    choose(name, self._templates, "add its rows to templates.csv"),
                )
            for row in self._templates.get(name, []):
                self._take(row, code, parts)
        inherited = set(parts)
        for row in self._own.pop(code, []):
            self._take(row, code, parts, inherited)
        if not parts and kind not in {"camera", "mobile"}:
            station.wrong(
                "sensors",
                f"station {code!r} has no sensors",
                "name a template in column sensors, or add rows to sensors.csv",
            )
        found = [self._sensor(station, code, kind, rows) for rows in parts.values()]
        return [sensor for sensor in found if sensor is not None]

    def finish(self) -> None:
        """Note rows of stations that do not exist."""
        for code, rows in self._own.items():
            for row in rows:
                row.wrong(
                    "station", f"station {code!r} is not in stations.csv", "add the station, or mend its code"
                )

    def _take(
        self, row: Fields, code: str, parts: dict[_Key, list[Fields]], inherited: set[_Key] | None = None
    ) -> None:
        key = (code, row.text("quantity", example="a21022"), row.maybe_text("form") or "")
        if key in parts and (inherited is None or key not in inherited):
            row.wrong(
                "quantity",
                f"sensor {' '.join(filter(None, key))} stands twice",
                "keep one row for each station, quantity and form",
            )
            return
        if inherited is not None:
            inherited.discard(key)
        parts.setdefault(key, []).append(row)

    def _sensor(self, station: Fields, code: str, kind: str, rows: Sequence[Fields]) -> Sensor | None:
        merged = _Merged(self._problems, rows)
        code_of_quantity = merged.text("quantity")
        quantity = registry().get(code_of_quantity)
        if quantity is None:
            merged.wrong(
                "quantity",
                f"quantity {code_of_quantity!r} is not known",
                choose(code_of_quantity, registry(), "see smartpark/quantities.csv"),
            )
            return None
        form = merged.maybe_choice("form", FORMS) or ""
        if form == "Zs" and kind != "stack":
            merged.wrong(
                "form",
                f"form 'Zs' at a station of kind {kind}",
                "only a stack has values at reference oxygen",
            )
        since, until = self._due(station, merged)
        span = _span(merged, quantity)
        conversion = _conversion(merged, quantity, span)
        return Sensor(
            station=code,
            quantity=quantity.code,
            form=form,
            tag=_with_tag(merged.maybe_text("tag"), station.maybe_text("tag"), merged),
            name_zh=merged.maybe_text("name_zh"),
            name_en=merged.maybe_text("name_en"),
            period_s=merged.positive("period_s", example=60),
            due_since=since,
            due_until=until,
            span_low=span[0],
            span_high=span[1],
            unit=merged.maybe_text("unit") or quantity.unit,
            factor=conversion.factor,
            shift=conversion.shift,
        )

    def _due(self, station: Fields, sensor: Fields) -> tuple[datetime | None, datetime | None]:
        ends: list[datetime | None] = []
        for name, default in (("due_since", self._due_since), ("due_until", None)):
            asked = next((f for f in (sensor, station) if f.raw(name) is not None), None)
            if asked is None:
                ends.append(default)
            elif asked.raw(name) == NEVER:
                ends.append(None)
            else:
                ends.append(asked.instant(name))
        since, until = ends
        if since is not None and until is not None and until <= since:
            sensor.wrong(
                "due_until", "due_until is not after due_since", "write a later instant, or leave it empty"
            )
        return since, until


class _Merged(Fields):
    """The rows of one sensor laid over each other; a complaint points at the row a value came from."""

    def __init__(self, problems: Problems, rows: Sequence[Fields]) -> None:
        values = {name: row.raw(name) for row in rows for name in SENSORS.every if row.raw(name) is not None}
        super().__init__(problems, rows[-1].file, values, rows[-1].line_of)
        self._origin = {name: row for row in rows for name in SENSORS.every if row.raw(name) is not None}

    def wrong(self, name: str, what: str, instead: str) -> None:
        """Note a problem where the value was written."""
        origin = self._origin.get(name, self)
        self.problems.add(origin.file, origin.line(name), what, instead)


def _span(row: Fields, quantity: Quantity) -> tuple[float | None, float | None]:
    low, high = row.number("span_low"), row.number("span_high")
    if low is not None and high is not None and low >= high:
        row.wrong(
            "span_low", f"span {low:g}..{high:g} is reversed or empty", "write the lower end in span_low"
        )
        return None, None
    for name, end in (("span_low", low), ("span_high", high)):
        if end is None:
            continue
        bottom, top = quantity.plausible_low, quantity.plausible_high
        if (bottom is not None and end < bottom) or (top is not None and end > top):
            row.wrong(
                name,
                f"{name} {end:g} is beyond what {quantity.code} can be ({bottom:g}..{top:g} {quantity.unit})",
                f"write it in {quantity.unit or 'the unit of smartpark/quantities.csv'}",
            )
    return low, high


def _conversion(row: Fields, quantity: Quantity, span: tuple[float | None, float | None]) -> Conversion:
    unit = row.maybe_text("unit")
    same = Conversion(1.0, 0.0, "same unit")
    if unit is None:
        return same
    try:
        if unit == units.CURRENT_LOOP:
            return units.current_loop(*span)
        return units.conversion(unit, quantity.unit, quantity.molar_mass)
    except UnitError as err:
        what, _, instead = str(err).partition("; ")
        row.wrong("unit", f"unit of {quantity.code}: {what}", instead)
        return same


def _with_tag(pattern: str | None, tag: str | None, row: Fields) -> str | None:
    """Return the instrument tag; ``{tag}`` in a template stands for the tag of the station."""
    if pattern is None:
        return tag
    if "{tag}" in pattern and tag is None:
        row.wrong(
            "tag",
            f"tag {pattern!r} needs the station's tag",
            "fill column tag of the station in stations.csv",
        )
        return None
    return pattern.replace("{tag}", tag or "")
