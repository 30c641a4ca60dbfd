"""The AQI of the park's air stations over a period, with the sand-dust episodes that were declared."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import psycopg

from records.air import network
from records.air.indices import Item, Period, items, spans
from records.reports.facts import Air
from records.reports.periods import Span


def air(conn: psycopg.Connection[Any], park: str, span: Span, until: datetime) -> tuple[Air, ...]:
    """Return the AQI of every hour of a day, else of every day, of each air station; hours and days that are over."""
    period: Period = "hour" if span.kind == "daily" else "day"
    net = network.network(conn, park)
    if net is None:
        return ()
    net = net.since(span.start)
    measured = network.measured(conn, net, period, (span.start, span.end))
    _, episodes = network.episodes(conn, park, (span.start, span.end))
    parts = list(spans(span.start, until, period, net.zone))
    return tuple(
        _air(one.name_zh, item, net.zone)
        for one in net.stations
        for item in items(one.place, measured, parts, period, episodes)
    )


def _air(station: str, item: Item, zone: ZoneInfo) -> Air:
    one = item.result
    return Air(
        station=station,
        start=item.start.astimezone(zone),
        end=item.end.astimezone(zone),
        aqi=one.aqi,
        level=one.level.name_zh if one.level else "",
        rgb=one.level.rgb if one.level else None,
        primary="、".join(one.primary),
        edition=str(one.edition),
        why=f"缺 {'、'.join(one.missing)}" if one.missing else "",
        sand=bool(item.sand),
    )
