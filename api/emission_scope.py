"""What a question about emitted mass means: which park, whose, over which period; and its answer as a file."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import Response

from api import exports, files
from api.problems import InputProblem, Problem, not_found
from api.visit import Visit, check_period
from records.emissions.totals import Q as TOTALS
from records.emissions.totals import Scope, Span
from smartpark import clock, db, queries

Q = queries.load("api", "emissions.sql")


@dataclass(frozen=True, slots=True)
class Asked:
    """A park, and what of it is asked for."""

    park: dict[str, Any]
    enterprise: dict[str, Any] | None
    outlet: dict[str, Any] | None
    pollutant: dict[str, Any] | None

    @property
    def scope(self) -> Scope:
        """The same by numbers."""
        enterprise, outlet, pollutant = self.enterprise, self.outlet, self.pollutant
        return Scope(
            self.park["id"],
            enterprise["id"] if enterprise else outlet["enterprise_id"] if outlet else None,
            outlet["id"] if outlet else None,
            pollutant["code"] if pollutant else None,
        )

    @property
    def park_shown(self) -> dict[str, Any]:
        """The park as an answer names it."""
        return {key: self.park[key] for key in ("code", "name_zh", "name_en")}


def asked(
    conn: db.DictConnection,
    park: str | None,
    enterprise: str | None = None,
    station: str | None = None,
    pollutant: str | None = None,
) -> Asked:
    """Return what names mean, of what this reader may see.

    Raises:
        Problem: 404, there is none of that name.

    """
    found = conn.execute(TOTALS.park, {"park": park}).fetchone()
    if found is None:
        raise not_found(f"园区 {park or ''}", f"park {park or ''}")
    owner = outlet = None
    if enterprise is not None:
        owner = enterprise_meant(conn, found["id"], enterprise)
    if station is not None:
        outlet = outlet_meant(conn, found["id"], station)
    return Asked(
        found, owner, outlet, None if pollutant is None else pollutant_meant(conn, pollutant, "query")
    )


def enterprise_meant(conn: db.DictConnection, park_id: int, said: str) -> dict[str, Any]:
    """Return an enterprise by number or code."""
    row = conn.execute(Q.enterprise_meant, {"park_id": park_id, "enterprise": said}).fetchone()
    if row is None:
        raise not_found(f"企业 {said}", f"enterprise {said}")
    return row


def outlet_meant(conn: db.DictConnection, park_id: int, said: str) -> dict[str, Any]:
    """Return a station by number or code."""
    row = conn.execute(Q.outlet_meant, {"park_id": park_id, "station": said}).fetchone()
    if row is None:
        raise not_found(f"排口 {said}", f"outlet {said}")
    return row


def pollutant_meant(conn: db.DictConnection, said: str, where: str) -> dict[str, Any]:
    """Return a pollutant by code.

    Raises:
        InputProblem: its mass is not added up.

    """
    known = {row["code"]: row for row in conn.execute(TOTALS.pollutants).fetchall()}
    if said not in known:
        names = " ".join(known)
        raise InputProblem(
            f"{where}.pollutant",
            f"没有污染物 {said}; 请写 {names} 之一",
            f"{said} is none; write one of {names}",
        )
    return known[said]


def span_of(zone: str, start: datetime | None, to: datetime | None) -> Span:
    """Return a period in the zone of the park, by default since 1 January of the year it ends in."""
    place = ZoneInfo(zone)
    end = to or clock.now()
    begin = start or Span(end, end, place).year_start
    check_period(begin, end)
    return Span(begin.astimezone(place), end.astimezone(place), place)


def seen_in(rows: Iterable[Mapping[str, Any]], zone: str, *names: str) -> list[dict[str, Any]]:
    """Return rows with some instants in the zone that the reader chose."""
    place = ZoneInfo(zone)
    return [{**row, **{name: row[name].astimezone(place) for name in names}} for row in rows]


def only_whole_park(visit: Visit) -> None:
    """Refuse a reader who is confined to one enterprise.

    Raises:
        Problem: 403.

    """
    if visit.principal.owner is not None:
        raise Problem(
            403,
            "此数据属于整个园区, 企业账号无权查看",
            "this is of the whole park; an enterprise may not see it",
        )


def csv_file(name: str, span: Span, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """Return rows as a CSV file; an empty cell is null."""
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    out.writerow(columns)
    out.writerows(rows)
    headers = {
        "Content-Disposition": f'attachment; filename="{files.name_of(name, span.start, span.end, "csv")}"'
    }
    return Response(text.getvalue().encode(), media_type=exports.CSV_TYPE, headers=headers)
