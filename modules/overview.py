"""今日园区, the leader's page in small: the same numbers as the modules, each with a link to its list."""

from collections.abc import Mapping, Sequence
from typing import Any

from modules.environment import official
from modules.frame import Card, Page, Status, Table, both, card, column, missing, table
from modules.logistics.hazmat import hazmat_card
from modules.park_view import ParkView, Row
from modules.points import of_kinds, online, open_alerts
from modules.safety import alert_cards, tables
from smartpark import places, queries

_Q = queries.load("modules", "overview.sql")
_SHARED = queries.load("modules")
_ALERTS = ("报警库(不含演练)", "alerts, drills apart")
_ACCESS = ("接入清单 + 最新值", "access list + newest values")
_CHAIN = ("接入进程", "ingest processes")
_WORST = 3

Chain = Mapping[str, Any]


def overview(view: ParkView, chain: Chain | None = None) -> Page:
    """Return the overview.

    Args:
        view: of the park.
        chain: state of feeds and ledger as the live stream tells it; None: not for this reader.

    """
    alerts = open_alerts(view)
    points = [p for p in of_kinds(view, *sorted(places.KINDS)) if p["kind"] != "camera"]
    return Page(
        module="overview",
        name_zh="今日园区",
        name_en="Park today",
        generated_at=view.now,
        cards=(
            *_risk_cards(view, chain),
            *alert_cards.open_by_class(view, alerts),
            _silent_card(view, points),
            hazmat_card(view),
            alert_cards.cameras_online(view, view.rows(_SHARED.cameras)),
            official.exceeded(view),
            official.air(view),
            *_chain_cards(view, chain),
        ),
        tables=(_worst_table(view.rows(_SHARED.alerts_of_enterprises)), tables.silent(points)),
        missing=_MISSING,
    )


def _risk_cards(view: ParkView, chain: Chain | None) -> list[Card]:
    found = view.row(_Q.worst_open)
    serious = found["red"] + found["orange"]
    level: Status = "red" if found["red"] else "orange" if found["orange"] else "normal"
    words = {
        "red": ("红色", "red"),
        "orange": ("橙色", "orange"),
        "normal": ("无红橙报警", "no red or orange"),
    }[level]
    if chain is not None and not all(feed["alive"] for feed in chain["feeds"]):
        words = (words[0] + ", 部分数据中断", words[1] + ", some data are cut off")
    risk = card(
        "risk",
        ("当前风险色(最重未办结)", "Risk colour, worst open"),
        words,
        _ALERTS,
        status=level,
        link="/alerts?open=true&drill=false",
    )
    handled = card(
        "serious_handled",
        ("红、橙已确认", "Red and orange taken"),
        found["handled"],
        _ALERTS,
        of=serious,
        status=level if found["handled"] < serious else "normal",
        link="/alerts?open=true&drill=false",
    )
    return [view.counted(risk), view.counted(handled)]


def _silent_card(view: ParkView, points: Sequence[Row]) -> Card:
    silent = len(points) - online(points)
    status = "yellow" if silent else "normal"
    label = ("断流点位", "Silent points")
    return view.counted(card("silent", label, silent, _ACCESS, of=len(points), status=status, link="/access"))


def _chain_cards(view: ParkView, chain: Chain | None) -> list[Card]:
    ledger = chain and chain["ledger"]
    if chain is None or not ledger:
        return []
    alive = sum(1 for feed in chain["feeds"] if feed["alive"])
    number = len(chain["feeds"])
    status = "red" if alive < number else "normal"
    feeds = card(
        "feeds", ("数据通道在线", "Feeds alive"), alive, _CHAIN, of=number, status=status, link="/ledger"
    )
    off = ledger["received"] - ledger["stored"] - ledger["duplicate"] - ledger["quarantined"]
    words = ("平衡", "balanced") if ledger["balanced"] else (f"差 {off}", f"off by {off}")
    source = ("账本, 近 1 小时收讫", "ledger, receipts of the last hour")
    balance = card(
        "ledger",
        ("数据账本", "Ledger"),
        words,
        source,
        status="normal" if ledger["balanced"] else "red",
        link="/ledger",
    )
    return [view.counted(feeds), view.counted(balance)]


def _worst_table(rows: Sequence[Row]) -> Table:
    return table(
        "worst",
        ("未办结最重的三家企业", "The three enterprises with the worst open alerts"),
        (
            column("enterprise", ("企业", "enterprise")),
            column("red", ("红", "red"), "number"),
            column("orange", ("橙", "orange"), "number"),
            column("yellow", ("黄", "yellow"), "number"),
            column("blue", ("蓝", "blue"), "number"),
            column("unacked", ("待确认", "unacknowledged"), "number"),
        ),
        [
            {
                **row,
                "id": row["enterprise"],
                "enterprise": both(row["name_zh"], row["name_en"]),
                "link": f"/alerts?open=true&enterprise={row['enterprise']}&drill=false",
            }
            for row in rows[:_WORST]
        ],
        source=_ALERTS,
        empty=("没有企业有未办结的报警、预警或提醒", "no enterprise has anything open"),
    )


_MISSING = (
    missing(("安全承诺未报名单", "Promises missing, by name"), ("尚无承诺数据", "no promises are received yet")),
    missing(("今日特殊作业", "Special work today"), ("尚未接入作业票", "no permit system yet")),
    missing(("在园人数", "People in the park"), ("需人员定位", "needs positions of people")),
)  # fmt: skip
