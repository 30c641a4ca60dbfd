"""Emitted mass of a period against what is permitted in the year, as on the page of emissions."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg

from records.emissions import totals
from records.emissions.statement import statement
from records.reports.facts import Emission, Stand
from records.reports.periods import Span
from smartpark import queries

_Q = queries.load("records.reports", "contents.sql")
_HOUR = timedelta(hours=1)
Found = dict[str, Any]
_Key = tuple[int | None, str]  # enterprise (None: the park), pollutant


def emissions(
    conn: psycopg.Connection[Any],
    whose: tuple[int, int | None],
    span: Span,
    until: datetime,
    names: Mapping[int, str],
) -> tuple[Emission, ...]:
    """Return the emitted mass of each enterprise, of the park without what flows to its own plant, and the allowances.

    ``whose`` is a park and an enterprise of it, None for all; ``names`` are those of the enterprises.
    """
    park, enterprise = whose
    zone = ZoneInfo(str(span.start.tzinfo))
    of = totals.Span(span.start, max(until, span.start + _HOUR), zone)
    year = totals.Span(of.year_start, of.end, zone)
    pollutants = {row["code"]: row["name_zh"] for row in totals.rows(conn, _Q.pollutants, {})}
    scope = totals.Scope(park, enterprise)
    weighed, weighed_year = _weighed(conn, scope, of), _weighed(conn, scope, year)
    found = []
    for group in ("enterprise",) if enterprise else ("enterprise", "park"):
        items = statement(conn, scope, of, group, whole_park=False)["items"]  # type: ignore[arg-type] # both are groups
        whole = statement(conn, scope, year, group, whole_park=False)["items"]  # type: ignore[arg-type]
        used = {_key(one): one for one in whole}
        for one in items:
            key = _key(one)
            about = used.get(key)
            known = about is not None and (about["total_kg"] > 0 or key in weighed_year)
            found.append(
                Emission(
                    enterprise="全园区(不含纳管)" if key[0] is None else names[key[0]],
                    pollutant=pollutants[one["pollutant"]],
                    measured_kg=one["measured_kg"] if key in weighed else None,
                    substituted_kg=one["substituted_kg"],
                    calculated_kg=one["calculated_kg"],
                    year_kg=about["total_kg"] if about and known else None,
                    allowance_kg=one["allowance"]["kg"] if one["allowance"] else None,
                    missing_hours=one["missing_hours"],
                    unsubstituted_hours=one["unsubstituted_hours"],
                    stands=tuple(Stand(**stand) for stand in one["methods"]),
                )
            )
    return tuple(found)


def _weighed(conn: psycopg.Connection[Any], scope: totals.Scope, span: totals.Span) -> frozenset[_Key]:
    """Return of whom which pollutant was measured at all: one that let out nothing is not one without data."""
    about = {"park": scope.park_id, "enterprise": scope.enterprise_id, "from": span.start, "to": span.end}
    found: set[_Key] = set()
    for row in totals.rows(conn, _Q.weighed, about):
        found.add((row["enterprise_id"], row["pollutant"]))
        if not row["to_plant"]:
            found.add((None, row["pollutant"]))
    return frozenset(found)


def _key(item: Found) -> _Key:
    return (item["enterprise"] or {}).get("id"), item["pollutant"]
