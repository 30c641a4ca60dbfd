"""The services page: the park's notices, and requests with their handling time."""

from collections.abc import Sequence
from datetime import date

from modules import registers
from modules.frame import Card, Page, Table, Words, both, card, column, missing, table
from modules.park_view import ParkView, Row
from modules.points import owner

_NOTICES = ("通知公告台账", "register of notices")
_REQUESTS = ("诉求台账", "register of requests")
_NONE = ("台账为空", "the register is empty")


def summary(view: ParkView) -> Page:
    """Return the page of services."""
    notices = registers.rows(view, "notice")
    requests = registers.rows(view, "request")
    return Page(
        module="services",
        name_zh="综合服务",
        name_en="Services",
        generated_at=view.now,
        cards=(*_request_cards(view, requests), _notice_card(view, notices)),
        tables=(_requests(view, requests), _notices(notices)),
        missing=_MISSING,
    )


def _open(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row["closed"] is None]


def _late(view: ParkView, rows: Sequence[Row]) -> list[Row]:
    return [row for row in _open(rows) if row["due"] is not None and row["due"] < view.day_start.date()]


def _days(row: Row) -> int | None:
    if row["closed"] is None:
        return None
    return (date.fromisoformat(row["closed"]) - date.fromisoformat(row["opened"])).days


def _request_cards(view: ParkView, rows: Sequence[Row]) -> list[Card]:
    taken = [days for row in rows if (days := _days(row)) is not None]
    mean = sum(taken) / len(taken) if taken else None
    late = len(_late(view, rows))
    return [
        _card(view, rows, "open_requests", ("在办诉求", "Open requests"), len(_open(rows))),
        _card(
            view, rows, "late_requests", ("超期未办", "Overdue"), late, status="yellow" if late else "normal"
        ),
        _card(
            view, rows, "handling_days", ("平均办理时长", "Mean handling time"), mean, unit="d", decimals=1
        ),
    ]


def _card(
    view: ParkView, rows: Sequence[Row], key: str, label: Words, value: float | None, **more: object
) -> Card:
    name = registers.source(_REQUESTS, rows)
    reason = ("没有已办结的诉求", "none is closed yet") if rows else _NONE
    one = card(
        key,
        label,
        value if rows else None,
        name,
        stale_after_s=registers.STALE_AFTER_S,
        link="/modules/services?table=requests",
        reason=reason,
        **more,
    )
    return view.measured(one, registers.confirmed(rows))


def _notice_card(view: ParkView, rows: Sequence[Row]) -> Card:
    name = registers.source(_NOTICES, rows)
    one = card(
        "notices",
        ("通知公告", "Notices"),
        len(rows) if rows else None,
        name,
        stale_after_s=registers.STALE_AFTER_S,
        link="/modules/services?table=notices",
        reason=_NONE,
    )
    return view.measured(one, registers.confirmed(rows))


def _requests(view: ParkView, rows: Sequence[Row]) -> Table:
    late = {row["key"] for row in _late(view, rows)}
    ordered = sorted(rows, key=lambda row: (row["closed"] is not None, row["opened"]))
    return table(
        "requests",
        ("企业诉求", "Requests of enterprises"),
        (
            column("state", ("状态", "state")),
            column("kind", ("类型", "kind")),
            column("title", ("事项", "matter")),
            column("enterprise", ("企业", "enterprise")),
            column("opened", ("提出", "opened")),
            column("due", ("应办结", "due")),
            column("closed", ("办结", "closed")),
            column("days", ("用时", "took"), "number", "d"),
            *registers.CONFIRMED,
        ),
        [
            {
                **registers.shown(row, "opened", "closed", "kind_zh", "kind_en", "title_zh", "title_en"),
                "enterprise": owner(row),
                "due": row["due"] and row["due"].isoformat(),
                "days": _days(row),
                "state": _state(row, late),
            }
            for row in ordered
        ],
        source=registers.source(_REQUESTS, rows),
        empty=_NONE,
    )


def _state(row: Row, late: set[str]) -> dict[str, str] | None:
    if row["closed"] is not None:
        return both("已办结", "closed")
    return both("超期未办", "overdue") if row["key"] in late else both("在办", "open")


def _notices(rows: Sequence[Row]) -> Table:
    ordered = sorted(rows, key=lambda row: str(row["published"]), reverse=True)
    return table(
        "notices",
        ("通知公告", "Notices"),
        (
            column("published", ("发布", "published")),
            column("kind", ("类别", "kind")),
            column("title", ("标题", "title")),
            *registers.CONFIRMED,
        ),
        [registers.shown(row, "published", "kind_zh", "kind_en", "title_zh", "title_en") for row in ordered],
        source=registers.source(_NOTICES, rows),
        empty=_NONE,
    )


_MISSING = (
    missing(("政务审批进度", "Progress of approvals"), ("不重复建设: 办理在内蒙古政务服务网与蒙速办, 有接口后显示状态", "not rebuilt: it runs on the regional government portal; its state is shown once there is an interface")),
    missing(("满意度", "Satisfaction"), ("尚无评价数据", "no ratings")),
    missing(("诉求在线提交", "Sending requests online"), ("目前为台账登记", "registered by hand for now")),
)  # fmt: skip
