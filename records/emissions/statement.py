"""The statement of a period: mass of each outlet, enterprise or the park, beside permits, assigned cuts and declarations."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

import psycopg

from records.emissions import accounts, totals
from records.emissions.accounts import RATE_DAYS, Pace
from records.emissions.mass import Mass
from records.emissions.totals import Amount, Q, Row, Scope, Span, day_of, following, grouped

Group = Literal["outlet", "enterprise", "park"]
Key = tuple[int | None, int | None, str]  # enterprise, station, pollutant
Months = dict[Key, dict[datetime, Mass]]


@dataclass(frozen=True, slots=True)
class _Year:
    """The calendar year that a period ends in, up to its end, and the last days of it."""

    monthly: list[Amount]
    amounts: list[Amount]  # one of each outlet and pollutant, and what is calculated
    last: list[Amount]  # the same of the last days
    last_days: int
    sensors: list[Amount]  # one of each, empty
    span: Span

    @property
    def end(self) -> datetime:
        return following(self.span.start, "year", self.span.zone)

    def use(self, kg: float, chosen: Callable[[Amount], bool]) -> accounts.Use:
        """Return how far an allowance [kg] is used by what is chosen."""
        used, last = added(filter(chosen, self.amounts)), added(filter(chosen, self.last))
        pace = Pace(self.last_days, last, sum(map(chosen, self.sensors)), self._calculated(chosen))
        return accounts.use(kg, used, pace, self.span.end.astimezone(self.span.zone), self.end)

    def _calculated(self, chosen: Callable[[Amount], bool]) -> accounts.Calculated:
        """Return the months of what is chosen and calculated, of each enterprise by itself."""
        found: dict[tuple[int | None, str], dict[datetime, float]] = {}
        for one in self.monthly:
            if one.station_id is None and chosen(one):
                months = found.setdefault((one.enterprise_id, one.pollutant), {})
                months[one.start] = one.mass.calculated_kg
        whole, edges = accounts.Calculated(), self.span.edges("month")
        for months in found.values():
            whole = whole.plus(accounts.calculated(months, edges))
        return whole


def statement(
    conn: psycopg.Connection[Any], scope: Scope, span: Span, group: Group, *, whole_park: bool
) -> dict[str, Any]:
    """Return the rows of a group, and where ``whole_park`` the park's year against its assigned cuts.

    What lies ahead of the last closed hour has no mass, and is no part of the last days that a forecast carries on.
    """
    span, closed = _until_closed(conn, span)
    about = asdict(scope)
    monthly = totals.amounts(conn, scope, span, "month")
    year = _year(conn, scope, span, closed, monthly)
    key = _KEYS[group]
    sums = grouped((one for one in monthly if group != "park" or not one.to_plant), key)
    allowed = {} if group == "park" else _allowed(conn, scope, span, group)
    declared: dict[Key, list[Row]] = {}
    if group == "enterprise" and scope.station_id is None:
        about |= {"zone": span.zone.key, "from": span.start, "to": span.end}
        for row in totals.rows(conn, Q.declared, about):
            declared.setdefault((row["enterprise_id"], None, row["pollutant"]), []).append(row)
    keys = {*sums, *allowed, *declared, *map(key, year.sensors)}
    months: Months = {}
    for one in monthly:
        months.setdefault((one.enterprise_id, None, one.pollutant), {}).setdefault(one.start, Mass()).add(
            one.mass
        )
    items = []
    for found in keys:
        item: dict[str, Any] = {"key": found, **shown(sums.get(found, Mass()))}
        item["allowance"] = _allowance(year, allowed[found]) if found in allowed else None
        item["declared"] = _declared(declared[found], months.get(found, {})) if found in declared else None
        items.append(item)
    _date_exhausted(conn, scope, year, [item["allowance"] for item in items if item["allowance"]])
    cuts = _cuts(totals.rows(conn, Q.reductions, about), year) if whole_park else None
    return {"items": _named(conn, items), "cuts": cuts}


def allowed_kg(conn: psycopg.Connection[Any], scope: Scope, span: Span) -> float | None:
    """Return what the enterprise or outlet of a scope may emit of its pollutant in the year a period ends in [kg]."""
    permits = [row for found in _allowed(conn, scope, span, "enterprise").values() for row in found]
    return sum(row["kg"] for row in permits) if permits else None


def target_kg(conn: psycopg.Connection[Any], scope: Scope, span: Span) -> float | None:
    """Return what the assigned cut leaves the park to emit of a pollutant in the year a period ends in [kg]."""
    found = totals.rows(conn, Q.reductions, asdict(scope))
    return next((_target_kg(row) for row in found if row["due_year"] == span.year_start.year), None)


def shown(mass: Mass) -> dict[str, Any]:
    """Return a mass as an answer shows it, with the share of each way it is known [%]."""
    total = mass.total_kg
    return {
        "measured_kg": mass.measured_kg,
        "substituted_kg": mass.substituted_kg,
        "calculated_kg": mass.calculated_kg,
        "total_kg": total,
        "to_plant_kg": mass.to_plant_kg,
        "measured_percent": accounts.share(mass.measured_kg, total),
        "substituted_percent": accounts.share(mass.substituted_kg, total),
        "calculated_percent": accounts.share(mass.calculated_kg, total),
        "methods": [{"method": name, **asdict(one)} for name, one in sorted(mass.stands.items())],
        "missing_hours": mass.missing_hours,
        "unsubstituted_hours": mass.unsubstituted_hours,
    }


_PERMIT = ("station_id", "kg", "permit", "document", "valid_from", "valid_to")
_KEYS: Mapping[Group, Callable[[Amount], Key]] = {
    "outlet": lambda one: (one.enterprise_id, one.station_id, one.pollutant),
    "enterprise": lambda one: (one.enterprise_id, None, one.pollutant),
    "park": lambda one: (None, None, one.pollutant),
}


def _until_closed(conn: psycopg.Connection[Any], span: Span) -> tuple[Span, datetime]:
    """Return a period up to the last closed hour, unless all of it lies ahead, and where hours of it are closed."""
    row = next(iter(totals.rows(conn, Q.closed, {})), None)
    closed = span.end if row is None else min(span.end, row["done_until"])
    return (replace(span, end=closed) if span.start < closed else span), closed


def _year(
    conn: psycopg.Connection[Any], scope: Scope, span: Span, closed: datetime, monthly: list[Amount]
) -> _Year:
    year = Span(span.year_start, max(span.year_start, closed), span.zone)
    midnight = day_of(year.end, span.zone)
    days = min(RATE_DAYS, (midnight.date() - year.start.date()).days)
    last: list[Amount] = []
    if days:
        since = datetime.combine(midnight.date() - timedelta(days=days), datetime.min.time(), span.zone)
        last = totals.amounts(conn, scope, Span(since, midnight, span.zone), "year")
    found = (
        monthly
        if (span.start, span.end) == (year.start, year.end)
        else totals.amounts(conn, scope, year, "month")
    )
    sensors = [
        Amount(row["pollutant"], year.start, Mass(), row["enterprise_id"], row["station_id"], row["to_plant"])
        for row in totals.sensors(conn, scope)
    ]
    return _Year(found, _whole(found), _whole(last), days, sensors, year)


def _whole(found: Iterable[Amount]) -> list[Amount]:
    """Return one amount of each outlet and pollutant, over all steps."""
    whole: dict[tuple[Key, bool], Amount] = {}
    for one in found:
        key = (_KEYS["outlet"](one), one.to_plant)
        whole.setdefault(key, replace(one, mass=Mass())).mass.add(one.mass)
    return list(whole.values())


def added(found: Iterable[Amount]) -> Mass:
    """Return the sum of amounts."""
    total = Mass()
    for amount in found:
        total.add(amount.mass)
    return total


def _allowed(conn: psycopg.Connection[Any], scope: Scope, span: Span, group: Group) -> dict[Key, list[Row]]:
    """Return the permits of each row: its own, of an enterprise without one those of its outlets."""
    last_day = (span.end - timedelta(microseconds=1)).astimezone(span.zone).date()
    about = asdict(scope) | {"year": last_day.year, "day": last_day}
    whole: dict[Key, list[Row]] = {}
    outlets: dict[Key, list[Row]] = {}
    for row in totals.rows(conn, Q.allowances, about):
        owner, station, pollutant = row["enterprise_id"], row["station_id"], row["pollutant"]
        if station is None:
            whole[owner, None, pollutant] = [row]
        elif scope.station_id in {None, station}:
            outlets.setdefault((owner, station if group == "outlet" else None, pollutant), []).append(row)
    return outlets if group == "outlet" or scope.station_id is not None else outlets | whole


def _allowance(year: _Year, permits: list[Row]) -> dict[str, Any]:
    kg = sum(row["kg"] for row in permits)
    used = asdict(year.use(kg, _of(permits)))
    return {"year": year.span.start.year, "kg": kg, **used, "permits": permits}


def _of(permits: list[Row]) -> Callable[[Amount], bool]:
    """Return what tells an amount that permits speak of: of their enterprise, or of their outlets."""
    owner, pollutant = permits[0]["enterprise_id"], permits[0]["pollutant"]
    stations = {row["station_id"] for row in permits}

    def chosen(one: Amount) -> bool:
        ours = one.enterprise_id == owner and one.pollutant == pollutant
        return ours and (stations == {None} or one.station_id in stations)

    return chosen


def _date_exhausted(
    conn: psycopg.Connection[Any], scope: Scope, year: _Year, allowances: Iterable[dict[str, Any]]
) -> None:
    """Add to allowances that are exhausted the day on which it happened: first the month, then the days of it."""
    gone = [one for one in allowances if one["why"] == "exhausted"]
    if not gone:
        return
    by_month: dict[datetime, list[tuple[dict[str, Any], float]]] = {}
    monthly = _by_owner(year.monthly)
    for one in gone:
        row, running = one["permits"][0], 0.0
        found = monthly.get((row["enterprise_id"], row["pollutant"]), [])
        months = grouped(filter(_of(one["permits"]), found), lambda amount: amount.start)
        for start in sorted(months):
            if running + months[start].total_kg > one["kg"]:
                by_month.setdefault(start, []).append((one, running))
                break
            running += months[start].total_kg
    for start, crossed in by_month.items():
        span = Span(start, min(following(start, "month", year.span.zone), year.span.end), year.span.zone)
        only = {(row["enterprise_id"], row["pollutant"]) for one, _ in crossed for row in one["permits"]}
        daily = _by_owner(totals.amounts(conn, scope, span, "day", only=only))
        for one, running in crossed:
            row = one["permits"][0]
            found = daily.get((row["enterprise_id"], row["pollutant"]), [])
            days = grouped(
                filter(_of(one["permits"]), found), lambda day: day.start.astimezone(year.span.zone)
            )
            in_order = {at: days[at] for at in sorted(days)}
            one["exhausted_on"] = accounts.crossing(one["kg"] - running, in_order)


def _by_owner(found: Iterable[Amount]) -> dict[tuple[int | None, str], list[Amount]]:
    by_owner: dict[tuple[int | None, str], list[Amount]] = {}
    for amount in found:
        by_owner.setdefault((amount.enterprise_id, amount.pollutant), []).append(amount)
    return by_owner


def _declared(found: Iterable[Row], months: Mapping[datetime, Mass]) -> dict[str, Any]:
    parts = []
    for row in found:
        ours = sum(mass.total_kg for at, mass in months.items() if row["start"] <= at < row["until"])
        period = f"{row['year']}-Q{row['quarter']}" if row["quarter"] else f"{row['year']}-{row['month']:02}"
        parts.append((period, row["kg"], ours))
    return asdict(accounts.declared(parts))


def _cuts(found: Iterable[Row], year: _Year) -> list[dict[str, Any]]:
    """Return what leaves the park against each assigned cut; one whose year is past is closed."""
    cuts = []
    for row in found:
        pollutant = row["pollutant"]
        target = _target_kg(row)
        use = year.use(target, lambda one, of=pollutant: one.pollutant == of and not one.to_plant)  # type: ignore[misc] # a default binds the loop
        cuts.append(
            {
                **row,
                "target_kg": target,
                "closed": row["due_year"] < year.span.start.year,
                "year": year.span.start.year,
                "used_kg": use.used_kg,
                "used_percent": use.used_percent,
                "kg_d": use.kg_d,
                "projected_kg": use.projected_kg,
                "uncalculated_months": use.uncalculated_months,
                "projected_cut_percent": None
                if use.projected_kg is None
                else 100.0 * (1.0 - use.projected_kg / row["base_kg"]),
            }
        )
    return cuts


def _target_kg(row: Row) -> float:
    return float(row["base_kg"] * (1.0 - row["cut_percent"] / 100.0))


def _named(conn: psycopg.Connection[Any], items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows with their enterprise and outlet, in the order of the codes."""
    owners = {key[0] for key in (item["key"] for item in items)} - {None}
    stations = {key[1] for key in (item["key"] for item in items)} - {None}
    enterprises = {row["id"]: row for row in totals.rows(conn, Q.enterprises, {"ids": [*owners]})}
    outlets = {row["id"]: row for row in totals.rows(conn, Q.outlets, {"ids": [*stations]})}
    order = {row["code"]: number for number, row in enumerate(totals.rows(conn, Q.pollutants, {}))}
    named = []
    for item in items:
        owner, station, pollutant = item.pop("key")
        enterprise, outlet = enterprises.get(owner), outlets.get(station)
        if item["allowance"]:
            item["allowance"]["permits"] = [
                {name: row[name] for name in _PERMIT} for row in item["allowance"]["permits"]
            ]
        named.append({"enterprise": enterprise, "outlet": outlet, "pollutant": pollutant, **item})

    def place(row: dict[str, Any]) -> tuple[str, str, int]:
        return (
            (row["enterprise"] or {}).get("code", ""),
            (row["outlet"] or {}).get("code", ""),
            order[row["pollutant"]],
        )

    return sorted(named, key=place)
