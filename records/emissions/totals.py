"""Emitted mass of a period: measured, substituted and calculated, from one place, so that no two pages have two totals.

Measured mass is the sum of hours: of whole days through their day records, never a mean concentration times a mean flow.
"""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, LiteralString, TypeVar
from zoneinfo import ZoneInfo

import psycopg
from psycopg.rows import dict_row

from records.emissions.mass import Mass, Stand
from smartpark import queries

Q = queries.load("records.emissions", "totals.sql")

Step = Literal["hour", "day", "month", "year"]
Row = dict[str, Any]
_Key = TypeVar("_Key", bound=Hashable)
_UNMADE = timedelta(days=2)  # days so young may lack their record


@dataclass(frozen=True, slots=True)
class Amount:
    """What one outlet (of several: None), or an enterprise by calculation, emitted of a pollutant in one step."""

    pollutant: str
    start: datetime
    mass: Mass
    enterprise_id: int | None = None
    station_id: int | None = None
    to_plant: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """The period [start, end) in the zone of a park."""

    start: datetime
    end: datetime
    zone: ZoneInfo

    @property
    def year_start(self) -> datetime:
        """Begin of the calendar year that the period ends in."""
        return year_of(self.end - timedelta(microseconds=1), self.zone)

    def edges(self, step: Step) -> list[datetime]:
        """Return where the steps begin, and the end."""
        found, at = [self.start], following(self.start, step, self.zone)
        while at < self.end:
            found.append(at)
            at = following(at, step, self.zone)
        return [*found, self.end]

    def parts(self, step: Step) -> dict[str, datetime]:
        """Return which days and hours it is made of, as query ``measured`` takes them."""
        if step == "hour":
            days_from = days_to = head_to = tail_from = self.end
        else:
            last = day_of(self.end, self.zone)
            at_midnight = self.start == day_of(self.start, self.zone)
            first = self.start if at_midnight else following(self.start, "day", self.zone)
            days_from, days_to = first, max(first, last)
            head_to, tail_from = min(first, self.end), min(days_to, self.end)
        return {
            "from": self.start,
            "to": self.end,
            "days_from": days_from,
            "days_to": days_to,
            "head_to": head_to,
            "tail_from": tail_from,
            "recent": max(days_from, days_to - _UNMADE),
        }


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose mass is asked for; None is all."""

    park_id: int
    enterprise_id: int | None = None
    station_id: int | None = None
    pollutant: str | None = None


def day_of(at: datetime, zone: ZoneInfo) -> datetime:
    """Return the local midnight before an instant, or at it."""
    return at.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)


def year_of(at: datetime, zone: ZoneInfo) -> datetime:
    """Return the begin of the local calendar year of an instant."""
    return datetime(at.astimezone(zone).year, 1, 1, tzinfo=zone)


def following(at: datetime, step: Step, zone: ZoneInfo) -> datetime:
    """Return where the next step begins."""
    local = at.astimezone(zone)
    if step == "hour":
        whole = local.replace(minute=0, second=0, microsecond=0)
        return (whole.astimezone(UTC) + timedelta(hours=1)).astimezone(zone)
    if step == "day":
        return datetime.combine(local.date() + timedelta(days=1), datetime.min.time(), zone)
    if step == "year":
        return datetime(local.year + 1, 1, 1, tzinfo=zone)
    return datetime(local.year + local.month // 12, local.month % 12 + 1, 1, tzinfo=zone)


def rows(conn: psycopg.Connection[Any], query: LiteralString, about: Mapping[str, Any]) -> list[Row]:
    """Return the rows of a query; planned anew, as a plan for any period would look into every chunk."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query, about, prepare=False).fetchall()


def sensors(conn: psycopg.Connection[Any], scope: Scope) -> list[Row]:
    """Return the emission sensors of a scope that this connection may see."""
    return rows(conn, Q.sensors, asdict(scope))


def amounts(
    conn: psycopg.Connection[Any],
    scope: Scope,
    span: Span,
    step: Step,
    *,
    only: Collection[tuple[int | None, str]] | None = None,
) -> list[Amount]:
    """Return what each outlet emitted in each step, and what is calculated of each enterprise.

    Steps begin at ``span.edges(step)``; one without anything has no amount. ``only``: of these enterprises and pollutants.
    """
    there = {
        row["sensor_id"]: row
        for row in sensors(conn, scope)
        if only is None or (row["enterprise_id"], row["pollutant"]) in only
    }
    found: dict[tuple[int, datetime], Amount] = {}

    def of(row: Row) -> Mass:
        about = there[row["sensor_id"]]
        key = (row["sensor_id"], row["start"])
        if key not in found:
            owner, outlet = about["enterprise_id"], about["station_id"]
            found[key] = Amount(about["pollutant"], row["start"], Mass(), owner, outlet, about["to_plant"])
        return found[key].mass

    _fill(conn, of, list(there), span, step, each=True)
    for amount in found.values():
        if amount.to_plant:
            amount.mass.to_plant_kg = amount.mass.total_kg
    supposed = _calculated(conn, scope, span, step)
    return [
        *found.values(),
        *(one for one in supposed if only is None or (one.enterprise_id, one.pollutant) in only),
    ]


def together(
    conn: psycopg.Connection[Any], scope: Scope, span: Span, step: Step, *, leaving_park: bool
) -> dict[datetime, Mass]:
    """Return what all of a scope emitted in each step, without those that flow to the plant where ``leaving_park``."""
    found = {at: Mass() for at in span.edges(step)[:-1]}
    chosen = [row["sensor_id"] for row in sensors(conn, scope) if not (leaving_park and row["to_plant"])]
    _fill(conn, lambda row: found[row["start"]], chosen, span, step, each=False)
    for amount in _calculated(conn, scope, span, step):
        found[amount.start].add(amount.mass)
    return found


def grouped(found: Iterable[Amount], key: Callable[[Amount], _Key]) -> dict[_Key, Mass]:
    """Return the sums by key."""
    sums: dict[_Key, Mass] = {}
    for amount in found:
        sums.setdefault(key(amount), Mass()).add(amount.mass)
    return sums


def _fill(
    conn: psycopg.Connection[Any],
    of: Callable[[Row], Mass],
    chosen: Sequence[int],
    span: Span,
    step: Step,
    *,
    each: bool,
) -> None:
    about = {"sensors": list(chosen), "step": step, "zone": span.zone.key, "each": each}
    for row in rows(conn, Q.measured, about | span.parts(step)):
        of(row).measured_kg += row["kg"]
    for row in rows(conn, Q.standing, about | {"from": span.start, "to": span.end}):
        mass = of(row)
        mass.missing_hours += row["hours"]
        if row["method"] is not None:
            stand = mass.stands.setdefault(row["method"], Stand(row["standard"], row["verified"]))
            stand.hours += row["hours"]
            stand.kg += row["kg"]


def _calculated(conn: psycopg.Connection[Any], scope: Scope, span: Span, step: Step) -> list[Amount]:
    if scope.station_id is not None:
        return []
    edges = span.edges(step)
    about = asdict(scope) | {"zone": span.zone.key, "starts": edges[:-1], "ends": edges[1:]}
    return [
        Amount(row["pollutant"], row["start"], Mass(calculated_kg=row["kg"]), row["enterprise_id"])
        for row in rows(conn, Q.calculated, about)
    ]
