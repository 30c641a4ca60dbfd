"""The workforce page: headcounts, and certificates of the three posts; numbers only, no names."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from modules import registers
from modules.frame import Card, Page, Status, Table, Words, both, card, column, missing, table
from modules.park_view import ParkView, Row
from modules.points import owner

_EXPIRING = timedelta(days=90)
_POSTS: dict[str, Words] = {
    "principal": ("主要负责人", "principal"),
    "safety_manager": ("安全管理人员", "safety manager"),
    "special_operator": ("特种作业人员", "special operator"),
}
_LISTS = {"certified": "posts", "expired": "due", "expiring": "due"}
_NONE = ("台账为空", "the register is empty")


def summary(view: ParkView) -> Page:
    """Return the page of human resources."""
    heads = registers.rows(view, "headcount")
    certificates = registers.rows(view, "certificate")
    return Page(
        module="workforce",
        name_zh="人力资源管理",
        name_en="Human resources",
        generated_at=view.now,
        cards=(*_head_cards(view, heads), *_certificate_cards(view, certificates)),
        tables=(_posts(certificates), _certificates(view, certificates), _headcounts(heads)),
        missing=_MISSING,
    )


def _head_cards(view: ParkView, heads: Sequence[Row]) -> list[Card]:
    name = registers.source(("企业填报台账", "register of enterprises"), heads)
    counts: tuple[tuple[str, Words, int], ...] = (
        ("staff", ("在册职工", "Staff on the books"), sum(row["staff"] for row in heads)),
        ("contractors", ("承包商人员", "Contractors' people"), sum(row["contractors"] for row in heads)),
        ("reporting", ("填报企业", "Enterprises reporting"), len(heads)),
    )
    return [_card(view, heads, key, label, number, name=name) for key, label, number in counts]


def _certificate_cards(view: ParkView, rows: Sequence[Row]) -> list[Card]:
    name = registers.source(("持证台账", "register of certificates"), rows)
    expired = len(_due(view, rows, timedelta()))
    soon = len(_due(view, rows, _EXPIRING)) - expired
    held = sum(row["held"] for row in rows)
    certified = _card(view, rows, "certified", ("三项岗位持证", "Certified, three posts"), held, name=name)
    if rows:
        certified = replace(certified, of=sum(row["needed"] for row in rows))
    return [
        certified,
        _card(
            view, rows, "expired", ("已到期(企业岗位组)", "Expired, posts of enterprises"), expired, name=name
        ),
        _card(view, rows, "expiring", ("90 天内到期", "Expiring within 90 days"), soon, name=name),
    ]


def _card(view: ParkView, rows: Sequence[Row], key: str, label: Words, number: int, *, name: Words) -> Card:
    value = number if rows else None
    status: Status = "yellow" if key == "expired" and value else "normal"
    link = f"/modules/workforce?table={_LISTS.get(key, 'headcounts')}"
    one = card(
        key, label, value, name, link=link, status=status, stale_after_s=registers.STALE_AFTER_S, reason=_NONE
    )
    return view.measured(one, registers.confirmed(rows))


def _due(view: ParkView, rows: Sequence[Row], within: timedelta) -> list[Row]:
    until = (view.day_start + within).date()
    return [row for row in rows if row["due"] is not None and row["due"] < until]


def _posts(rows: Sequence[Row]) -> Table:
    grouped = [(words, [row for row in rows if row["post"] == post]) for post, words in _POSTS.items()]
    return table(
        "posts",
        ("三项岗位持证", "Certificates of the three posts"),
        (
            column("post", ("岗位", "post")),
            column("needed", ("应持证", "needed"), "number"),
            column("held", ("已持证", "held"), "number"),
            column("share", ("持证比例", "share"), "number", "%", 1),
        ),
        [
            {
                "id": words[1],
                "post": both(*words),
                "needed": needed,
                "held": held,
                "share": 100.0 * held / needed,
            }
            for words, group in grouped
            if (needed := sum(r["needed"] for r in group))
            and (held := sum(r["held"] for r in group)) is not None
        ],
        source=registers.source(("持证台账", "register of certificates"), rows),
        empty=_NONE,
    )


def _certificates(view: ParkView, rows: Sequence[Row]) -> Table:
    today = view.day_start.date()
    due = sorted(_due(view, rows, _EXPIRING), key=lambda row: row["due"])
    return table(
        "due",
        ("已到期与 90 天内到期的证件", "Certificates expired, or expiring within 90 days"),
        (
            column("enterprise", ("企业", "enterprise")),
            column("post", ("岗位", "post")),
            column("state", ("状态", "state")),
            column("due", ("最早到期", "first expiry")),
            column("days", ("剩余天数", "days left"), "number"),
            column("needed", ("应持证", "needed"), "number"),
            column("held", ("已持证", "held"), "number"),
            *registers.CONFIRMED,
        ),
        [
            {
                **registers.shown(row, "needed", "held"),
                "enterprise": owner(row),
                "post": both(*_POSTS[row["post"]]),
                "due": row["due"].isoformat(),
                "days": (row["due"] - today).days,
                "state": both("已到期", "expired") if row["due"] < today else both("即将到期", "expiring"),
            }
            for row in due
        ],
        source=registers.source(("持证台账", "register of certificates"), rows),
        empty=("90 天内没有到期的证件", "nothing expires within 90 days"),
    )


def _headcounts(rows: Sequence[Row]) -> Table:
    return table(
        "headcounts",
        ("企业人数", "Headcounts"),
        (
            column("enterprise", ("企业", "enterprise")),
            column("staff", ("在册职工", "staff"), "number"),
            column("contractors", ("承包商", "contractors"), "number"),
            *registers.CONFIRMED,
        ),
        [{**registers.shown(row, "staff", "contractors"), "enterprise": owner(row)} for row in rows],
        source=registers.source(("企业填报台账", "register of enterprises"), rows),
        empty=_NONE,
    )


_MISSING = (
    missing(("在园人数(按区域)", "People in the park, by zone"), ("需人员定位系统", "needs a positioning system")),
    missing(("独栋厂房人员超限", "Over-limit people in a building"), ("需人员定位与核定人数", "needs positions and permitted numbers")),
    missing(("培训与考试", "Training and exams"), ("尚未接入", "not connected")),
    missing(("个人姓名与证号", "Names and certificate numbers"), ("有意不收集个人信息", "personal data are left out on purpose")),
)  # fmt: skip
