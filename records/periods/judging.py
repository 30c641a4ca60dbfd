"""Holds records that were made or made anew against the limits of their time, in the transaction that wrote them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from alerts.fact import PERIODS, Fact
from alerts.official import assert_condition
from records.periods.calendar import end_of
from records.periods.plan import Plan
from records.periods.store import Change
from smartpark import db, log

_HOUR = timedelta(hours=1)


def judge(conn: db.Connection, plan: Plan, changes: Sequence[Change], now: datetime) -> None:
    """Tell judging of hours and days; what it could not use is logged and stops nobody."""
    facts = [_fact(plan, change, now) for change in changes if change.period in PERIODS]
    if not facts:
        return
    judged = assert_condition(conn, facts, now)
    for finding in judged.findings:
        log.get("records.periods").warning("record_not_judged", detail=finding)


def _fact(plan: Plan, change: Change, now: datetime) -> Fact:
    zone = ZoneInfo(plan.sensors[change.sensor_id].timezone)
    end = change.start + _HOUR if change.period == "hour" else end_of(change.period, change.start, zone)
    return Fact(
        sensor_id=change.sensor_id,
        period=change.period,
        start=change.start,
        end=end,
        value=change.mean,
        converted=change.converted,
        judgeable=change.judgeable,
        revision=change.revision,
        cause=change.cause,
        made_at=now,
        expected=change.expected,
        samples=change.samples,
        status=change.status,
        flag=change.flag,
    )
