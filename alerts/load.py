"""Rulebooks and limit lists into the database: versioned, repeatable, and never over what a person changed there."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from alerts.limit_list import ListedLimit, no_such_place
from alerts.rows import AnyConnection
from alerts.rules import Rule
from smartpark import queries

Q = queries.load("alerts", "load.sql")


class LoadError(ValueError):
    """The lists name a place or a quantity that the database does not know; one sentence a line."""


@dataclass(slots=True)
class Summary:
    """What a load did; ``kept`` are rules and limits that a person changed in the database."""

    rules_new: int = 0
    rules_changed: int = 0
    limits_new: int = 0
    limits_changed: int = 0
    same: int = 0
    kept: list[str] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        """Whether anything in the database is different now."""
        return bool(self.rules_new or self.rules_changed or self.limits_new or self.limits_changed)


def load(conn: AnyConnection, rules: Sequence[Rule], limits: Sequence[ListedLimit], now: datetime) -> Summary:
    """Store rules and limits in one transaction; the revision grows only when something is different.

    Raises:
        LoadError: a limit names a place or a quantity that is not in the catalogue.

    """
    summary = Summary()
    with conn.transaction(), conn.cursor(row_factory=dict_row) as cursor:
        cursor.execute(Q.lock)
        _load_rules(cursor, rules, now, summary)
        _load_limits(cursor, limits, now, summary)
        if summary.changed:
            cursor.execute(Q.bump)
    return summary


def _load_rules(cursor: Any, rules: Sequence[Rule], now: datetime, summary: Summary) -> None:
    current = {row["code"]: row for row in cursor.execute(Q.current_rules).fetchall()}
    for rule in rules:
        there = current.get(rule.code)
        wanted = _rule_row(rule)
        if there is not None and all(there[name] == value for name, value in wanted.items()):
            summary.same += 1
            continue
        if there is not None and there["created_by"] != "import":
            summary.kept.append(f"rule {rule.code}, changed by {there['created_by']}")
            continue
        cursor.execute(Q.retire_rule, {"code": rule.code, "now": now})
        last = cursor.execute(Q.last_version, {"code": rule.code}).fetchone()["version"]
        json = {name: Jsonb(wanted[name]) for name in ("applies", "parameters")}
        cursor.execute(Q.insert_rule, wanted | json | {"version": last + 1, "now": now})
        summary.rules_new += there is None
        summary.rules_changed += there is not None


def _rule_row(rule: Rule) -> dict[str, Any]:
    return {
        "code": rule.code,
        "kind": rule.kind,
        "class": rule.class_,
        "name_zh": rule.name_zh,
        "name_en": rule.name_en,
        "applies": rule.applies.json(),
        "parameters": dict(rule.parameters),
        "enabled": rule.enabled,
        "source": rule.source,
    }


def _load_limits(cursor: Any, limits: Sequence[ListedLimit], now: datetime, summary: Summary) -> None:
    current = {row["code"]: row for row in cursor.execute(Q.current_limits).fetchall()}
    places = _Places.read(cursor)
    wrong: list[str] = []
    for limit in limits:
        wanted = places.row(limit, wrong)
        there = current.get(limit.code)
        if there is None:
            if not wrong:
                cursor.execute(Q.insert_limit, wanted | {"now": now})
            summary.limits_new += 1
        elif all(there[name] == value for name, value in wanted.items()):
            summary.same += 1
        elif there["changed_by"] != "import":
            summary.kept.append(f"limit {limit.code}, changed by {there['changed_by']}")
        else:
            if not wrong:
                cursor.execute(Q.update_limit, wanted | {"now": now})
            summary.limits_changed += 1
    if wrong:
        raise LoadError("\n".join(wrong))


@dataclass(frozen=True, slots=True)
class _Places:
    stations: Mapping[str, int]
    enterprises: Mapping[str, int]
    quantities: frozenset[str]

    @classmethod
    def read(cls, cursor: Any) -> "_Places":
        return cls(
            {row["code"]: row["id"] for row in cursor.execute(Q.stations).fetchall()},
            {row["code"]: row["id"] for row in cursor.execute(Q.enterprises).fetchall()},
            frozenset(row["code"] for row in cursor.execute(Q.quantities).fetchall()),
        )

    def row(self, limit: ListedLimit, wrong: list[str]) -> dict[str, Any]:
        """Return the columns of ``limit_value``; what is not there is noted."""
        row = asdict(limit)
        station, enterprise = row.pop("station"), row.pop("enterprise")
        if station is not None and station not in self.stations:
            wrong.append(f"limit {limit.code}: {no_such_place('station', station, self.stations)}")
        if enterprise is not None and enterprise not in self.enterprises:
            wrong.append(f"limit {limit.code}: {no_such_place('enterprise', enterprise, self.enterprises)}")
        if limit.quantity not in self.quantities:
            wrong.append(
                f"limit {limit.code}: quantity {limit.quantity!r} is not stored; load the catalogue first"
            )
        row["station_id"] = self.stations.get(station) if station else None
        row["enterprise_id"] = self.enterprises.get(enterprise) if enterprise else None
        return row
