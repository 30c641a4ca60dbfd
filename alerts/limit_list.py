"""Limits as written: CSV with a source in every row; read with everything that is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from alerts.rules import BASES, LIMIT_KINDS, STAGES
from smartpark.catalogue.fields import Fields
from smartpark.catalogue.problems import Problems, choose
from smartpark.catalogue.tables import Columns, rows
from smartpark.places import FORMS, KINDS, OUTLET_KINDS
from smartpark.quantities import Quantity

FILE = "limits.csv"
COLUMNS = Columns(
    ("code", "quantity", "basis", "stage", "value", "kind", "standard", "valid_from", "verified", "source"),
    (
        *("form", "station", "enterprise", "outlet_kind", "station_kind", "unit", "reference_o2", "region"),
        *("clause", "valid_to"),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedLimit:
    """One limit of a list; places are codes, ``value`` is in the registry's unit of the quantity."""

    code: str
    quantity: str
    form: str
    station: str | None
    enterprise: str | None
    outlet_kind: str | None
    station_kind: str | None
    basis: str
    stage: str
    value: float
    unit: str
    reference_o2: float | None
    region: str
    kind: str
    standard: str
    clause: str
    valid_from: datetime
    valid_to: datetime | None
    verified: bool
    source: str


def limits_in(path: Path, quantities: Mapping[str, Quantity], problems: Problems) -> list[ListedLimit]:
    """Read one list; what is wrong is noted in ``problems`` and left out."""
    found: dict[str, ListedLimit] = {}
    for row in rows(path, COLUMNS, problems):
        before = len(problems.found)
        limit = _limit(row, quantities)
        if limit.code in found:
            row.wrong("code", f"limit {limit.code!r} stands twice", "give each limit its own code")
        if len(problems.found) == before:
            found[limit.code] = limit
    return list(found.values())


def _limit(row: Fields, quantities: Mapping[str, Quantity]) -> ListedLimit:
    code = row.choice("quantity", quantities, what="quantity")
    unit = quantities[code].unit if code in quantities else ""
    given = row.maybe_text("unit") or ""
    if code in quantities and given != unit:
        row.wrong("unit", f"unit {given!r} is not that of {code}", f"write {unit!r} and convert the value")
    value = row.number("value")
    if value is None:
        row.wrong("value", "value is missing", "write the number of the standard")
    since, until = row.instant("valid_from"), row.instant("valid_to")
    if since is None:
        row.wrong("valid_from", "valid_from is missing", "write 2026-01-01T00:00:00+08:00")
    elif until is not None and until <= since:
        row.wrong(
            "valid_to", "valid_to is not after valid_from", "leave it empty while the limit is in force"
        )
    return ListedLimit(
        code=row.text("code", example="gas-a21022-HH"),
        quantity=code,
        form=row.maybe_choice("form", FORMS) or "",
        station=row.maybe_text("station"),
        enterprise=row.maybe_text("enterprise"),
        outlet_kind=row.maybe_choice("outlet_kind", sorted(set().union(*OUTLET_KINDS.values()))),
        station_kind=row.maybe_choice("station_kind", KINDS),
        basis=row.choice("basis", BASES),
        stage=row.choice("stage", STAGES),
        value=value if value is not None else 0.0,
        unit=unit,
        reference_o2=row.number("reference_o2"),
        region=row.maybe_text("region") or "",
        kind=row.choice("kind", LIMIT_KINDS),
        standard=row.text("standard", example="GB/T 50493-2019"),
        clause=row.maybe_text("clause") or "",
        valid_from=since or _NEVER,
        valid_to=until,
        verified=_verified(row),
        source=_source(row),
    )


_NEVER = datetime.fromisoformat("0001-01-01T00:00:00+00:00")


def _verified(row: Fields) -> bool:
    return row.choice("verified", ("true", "false")) == "true"


def _source(row: Fields) -> str:
    source = row.maybe_text("source")
    if source is None:
        advice = "write where it was read: standard, clause or table; verified=false when from memory"
        row.wrong("source", "the number has no source", advice)
    return source or ""


def no_such_place(kind: str, code: str, known: Mapping[str, int]) -> str:
    """Say that a station or an enterprise of a limit does not exist."""
    return f"{kind} {code!r} is not in the catalogue; {choose(code, known, 'load the catalogue first')}"
