"""What came and what was done to it: rates, missing hours, marks, corrections, revisions."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from psycopg.rows import dict_row

from records.marks.codes import codes
from records.reports import words
from records.reports.facts import Sealed
from records.reports.findings import Deed, Missing, Rate, Revision
from records.reports.periods import PARTS, WHOLES, Span, following
from records.validity.rates import COUNTED, Hours, percent
from smartpark import queries

_Q = queries.load("records.reports", "contents.sql")
_HOUR = timedelta(hours=1)
Found = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Whose:
    """The outlets that are asked about, and the connection that sees them."""

    conn: psycopg.Connection[Any]
    span: Span
    zone: ZoneInfo
    sensors: Sequence[Found]
    sealed: Sealed | None

    def rates(self, pass_rate: float) -> tuple[Rate, ...]:
        """Return the rates of each outlet that has a counted pollutant; what we lost is not due of the enterprise."""
        counted = [one["id"] for one in self.sensors if one["quantity"] in COUNTED and not one["form"]]
        hours: dict[int, Hours] = defaultdict(Hours)
        for one in self._rows(_Q.rated, {"sensors": counted}):
            hours[one["station_id"]].add(
                one["class"], one["cause"], one["status"], one["came"], one["number"]
            )
        found = []
        for station, place in self._outlets().items():
            if station not in hours:
                continue
            of = hours[station]
            effective = percent(of.valid, of.due)
            found.append(
                Rate(
                    enterprise=place["enterprise"],
                    outlet=place["outlet"],
                    due=of.due,
                    received=of.received,
                    valid=of.valid,
                    excluded=of.classes["platform"],
                    transmission=percent(of.received, of.due),
                    validity=percent(of.valid, of.received),
                    effective=effective,
                    passed=None if effective is None else effective >= pass_rate,
                )
            )
        return tuple(found)

    def missing(self) -> tuple[Missing, ...]:
        """Return hours with missing data, those in a row with one cause together."""
        found = []
        outlets = self._outlets()
        for place, hours in groupby(self._of_stations(_Q.missing), key=_run()):
            run = list(hours)
            outlet = outlets[place[0]]
            found.append(
                Missing(
                    enterprise=outlet["enterprise"],
                    outlet=outlet["outlet"],
                    start=self._local(run[0]["hour"]),
                    end=self._local(run[-1]["hour"] + _HOUR),
                    hours=len(run),
                    minutes=sum(one["minutes"] for one in run),
                    cause=run[0]["cause"],
                    resolved=run[0]["resolved"],
                )
            )
        return tuple(sorted(found, key=lambda one: (one.start, one.enterprise, one.outlet)))

    def marks(self) -> tuple[Deed, ...]:
        """Return the marks, each with its vouchers."""

        def what(one: Found) -> str:
            known = codes().get(one["code"])
            return f"{words.MARK_KINDS[one['kind']]}: {known.name_zh if known else one['code']}"

        return tuple(
            self._deed(one, what(one), one["filed_by"], one["filed_at"])
            for one in self._of_stations(_Q.marks)
        )

    def corrections(self) -> tuple[Deed, ...]:
        """Return the corrections, each with its proofs."""
        return tuple(
            self._deed(one, _how(one), one["made_by"], one["made_at"])
            for one in self._of_stations(_Q.corrections)
        )

    def revisions(self, sensors: Sequence[int]) -> tuple[Revision, ...]:
        """Return the records of some sensors that were made anew."""
        by_id = {one["id"]: one for one in self.sensors}
        sealed_at = self.sealed.at if self.sealed else None
        periods = list(dict.fromkeys((PARTS[self.span.kind], WHOLES[self.span.kind])))
        about = {"sensors": list(sensors), "periods": periods, "sealed_at": sealed_at}
        found = []
        for one in self._rows(_Q.revised, about):
            place = by_id[one["sensor_id"]]
            start = self._local(one["start"])
            found.append(
                Revision(
                    enterprise=place["enterprise"],
                    outlet=place["outlet"],
                    pollutant=place["name"] + ("(折算)" if place["form"] else ""),
                    period=one["period"],
                    start=start,
                    end=following(start, one["period"]),
                    number=one["revision"],
                    before=one["before"],
                    after=one["after"],
                    before_status=one["before_status"],
                    after_status=one["after_status"],
                    unit=place["unit"],
                    decimals=place["decimals"],
                    cause=one["cause"],
                    at=self._local(one["made_at"]),
                    after_sealing=sealed_at is not None and one["made_at"] > sealed_at,
                )
            )
        return tuple(found)

    def _deed(self, one: Found, what: str, by: str, at: datetime) -> Deed:
        outlet = self._outlets()[one["station_id"]]
        return Deed(
            number=one["id"],
            enterprise=outlet["enterprise"],
            outlet=outlet["outlet"],
            point=one["point"],
            what=what,
            start=self._local(one["starts_at"]),
            end=self._local(one["ends_at"]),
            reason=one["reason"],
            by=by,
            at=self._local(at),
            state=one["state"],
            decided_by=one["decided_by"],
            proof=one["proof"],
        )

    def _outlets(self) -> dict[int, Found]:
        return {one["station_id"]: one for one in self.sensors}

    def _local(self, at: datetime) -> datetime:
        return at.astimezone(self.zone)

    def _of_stations(self, query: Any) -> list[Found]:
        return self._rows(query, {"stations": list(self._outlets())})

    def _rows(self, query: Any, about: dict[str, Any]) -> list[Found]:
        with self.conn.cursor(row_factory=dict_row) as cursor:
            wanted = {**about, "from": self.span.start, "to": self.span.end}
            return cursor.execute(query, wanted, prepare=False).fetchall()


def _how(one: Found) -> str:
    kind = words.CORRECTION_KINDS[one["kind"]]
    if one["kind"] == "scale":
        return f"{kind}: x{one['factor']:g}{one['shift'] or 0:+g}"
    return f"{kind}: {one['value']:g}" if one["kind"] == "enter" else kind


def _run() -> Callable[[Found], tuple[Any, ...]]:
    """Return a key that stays the same as long as hours of one outlet follow each other with one cause."""
    state: dict[str, Any] = {"last": None, "number": 0}

    def key(one: Found) -> tuple[Any, ...]:
        last = state["last"]
        same = ("station_id", "cause", "resolved")
        if last is None or one["hour"] != last["hour"] + _HOUR or any(one[n] != last[n] for n in same):
            state["number"] += 1
        state["last"] = one
        return one["station_id"], state["number"]

    return key
