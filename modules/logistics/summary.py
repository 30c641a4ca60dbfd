"""The logistics page: passages at the gates today, and hazmat vehicles in the park now."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta

from modules.frame import Card, Chart, Page, card, chart, missing, series
from modules.logistics import tables
from modules.logistics.hazmat import hazmat_card, here
from modules.park_view import ParkView, Row
from smartpark import queries

_SHARED = queries.load("modules")
_PASSAGES = "/modules/logistics?table=passages"
# At night a gate may be quiet for so long without anything being wrong [s].
_STALE_AFTER_S = 3600.0


def summary(view: ParkView) -> Page:
    """Return the page of traffic and logistics."""
    day = {"from": view.day_start, "to": view.day_start + timedelta(days=1)}
    passages = view.rows(_SHARED.events, type="gate", **day)
    found = here(view)
    names = {row["code"]: row for row in view.rows(_SHARED.enterprises)}
    return Page(
        module="logistics",
        name_zh="交通物流",
        name_en="Traffic and logistics",
        generated_at=view.now,
        cards=(hazmat_card(view, found), *_passage_cards(view, passages)),
        charts=(_by_hour(view, passages),),
        tables=(
            tables.here_table(found),
            tables.gate_table(passages),
            tables.cargo_table(passages),
            tables.passage_table(passages, names),
        ),
        missing=_MISSING,
    )


def _passage_cards(view: ParkView, passages: Sequence[Row]) -> list[Card]:
    last = view.row(_SHARED.last_event, type="gate")["at"]
    reason = ("尚无卡口数据", "no gate has reported yet")
    counts = (
        ("in_today", ("今日进园车次", "Vehicles in today"), _direction(passages, "in")),
        ("out_today", ("今日出园车次", "Vehicles out today"), _direction(passages, "out")),
        (
            "hazmat_in_today",
            ("今日危化车进园", "Hazmat vehicles in today"),
            _direction(tables.hazmat(passages), "in"),
        ),
        (
            "hazmat_out_today",
            ("今日危化车出园", "Hazmat vehicles out today"),
            _direction(tables.hazmat(passages), "out"),
        ),
        ("people_in_today", ("今日乘车进园人次", "People in by vehicle today"), _people(passages)),
    )
    more = {"link": _PASSAGES, "stale_after_s": _STALE_AFTER_S, "reason": reason}
    cards = [
        card(key, label, None if last is None else number, tables.PASSAGES, **more)
        for key, label, number in counts
    ]
    return [view.measured(one, last) for one in cards]


def _direction(passages: Iterable[Row], direction: str) -> int:
    return sum(1 for event in passages if event["data"].get("direction") == direction)


def _people(passages: Iterable[Row]) -> int:
    return sum(int(e["data"].get("people") or 0) for e in passages if e["data"].get("direction") == "in")


def _by_hour(view: ParkView, passages: Sequence[Row]) -> Chart:
    counts = Counter(
        (event["at"].astimezone(view.zone).hour, str(event["data"].get("direction"))) for event in passages
    )
    hours = range(view.now.astimezone(view.zone).hour + 1)
    sets = [
        series(key, words, [(f"{hour:02d}-{hour + 1:02d}", float(counts[hour, key])) for hour in hours])
        for key, words in tables.DIRECTIONS.items()
    ]
    title = ("今日各时段通行车次", "Passages by hour today")
    return chart("by_hour", title, sets, source=tables.PASSAGES, type="bar")


_MISSING = (
    missing(("危化品吨数与电子运单", "Tonnes and e-waybills"), ("卡口事件不含重量, 电子运单未接入", "gate events carry no weight; e-waybills are not connected")),
    missing(("园内存量与在园人数", "Stock and people in the park"), ("进出相减会随漏读漂移, 不作为人数; 需人员定位", "in minus out drifts with every missed plate; needs positions of people")),
    missing(("偏航、超速、超时停留", "Off route, over-speed, overstay"), ("需专用道路与限速数据, 规则待建", "needs designated roads and speed limits")),
    missing(("危化车专用停车场", "Hazmat car park"), ("尚无车位数据", "no data of its places")),
)  # fmt: skip
