"""What people did to the data and what was made anew: marks with vouchers, corrections, revisions; pure."""

from records.reports import words
from records.reports.blocks import DASH, Cell, Column, Section, Table, count, figure, word
from records.reports.facts import Facts
from records.reports.findings import Deed, Revision
from records.reports.periods import moment, part_label, stretch


def deeds(facts: Facts) -> Section:
    """Return the marks with their vouchers and the corrections, who made and who decided them."""
    lead = facts.cover.enterprise is None
    marks = Table(
        "数据标记",
        _columns("标记", "凭证", lead=lead),
        tuple(_deed(one, lead=lead) for one in facts.marks),
        empty="本期无数据标记。",
    )
    corrections = Table(
        "数据修正与补录",
        _columns("方式", "凭证", lead=lead),
        tuple(_deed(one, lead=lead) for one in facts.corrections),
        empty="本期无修正、补录。",
    )
    return Section("数据标记与修正", "标记与修正", (marks, corrections))


def revisions(facts: Facts) -> Section:
    """Return every record that was made anew; those after the month was finalised come first."""
    lead = facts.cover.enterprise is None
    columns = (
        *((Column("企业", 18),) if lead else ()),
        Column("排口", 20),
        Column("监测因子", 14),
        Column("时段", 24),
        Column("类型", 9),
        Column("修订前", 13),
        Column("修订后", 13),
        Column("单位", 8),
        Column("原因", 14),
        Column("时间", 16),
    )
    later = [one for one in facts.revisions if one.after_sealing]
    earlier = [one for one in facts.revisions if not one.after_sealing]
    tables = [
        Table(
            "修订记录", columns, tuple(_revision(one, lead=lead) for one in earlier), empty="本期记录无修订。"
        )
    ]
    if facts.cover.sealed is not None:
        found = tuple(_revision(one, lead=lead) for one in later)
        tables.insert(0, Table("定稿后变更", columns, found, empty="定稿后无变更。"))
    return Section("修订与定稿后变更", "修订", tuple(tables))


def _columns(kind: str, proof: str, *, lead: bool) -> tuple[Column, ...]:
    return (
        Column("编号", 6),
        *((Column("企业", 18),) if lead else ()),
        Column("排口", 18),
        Column("因子", 12),
        Column(kind, 16),
        Column("时段", 30),
        Column("原因说明", 24),
        Column("提交", 22),
        Column("状态", 14),
        Column("复核", 12),
        Column(proof, 16),
    )


def _deed(one: Deed, *, lead: bool) -> tuple[Cell, ...]:
    lacking = not one.proof and one.state == "filed"
    return (
        count(one.number),
        *((word(one.enterprise),) if lead else ()),
        word(one.outlet),
        word(one.point or "全部"),
        word(one.what),
        word(stretch(one.start, one.end)),
        word(one.reason),
        word(f"{one.by} {moment(one.at)}"),
        word(words.STATES.get(one.state, one.state)),
        word(one.decided_by or DASH),
        word(one.proof or ("缺凭证" if lacking else DASH), "lacking" if lacking else ""),
    )


def _revision(one: Revision, *, lead: bool) -> tuple[Cell, ...]:
    when = stretch(one.start, one.end) if one.period == "hour" else part_label(one.start, one.end)
    return (
        *((word(one.enterprise),) if lead else ()),
        word(one.outlet),
        word(one.pollutant),
        word(when),
        word(words.BASES.get(one.period, one.period)),
        _value(one, one.before, one.before_status),
        _value(one, one.after, one.after_status),
        word(one.unit),
        word(words.cause_of(one.cause)),
        word(moment(one.at)),
    )


def _value(one: Revision, value: float | None, status: str) -> Cell:
    if value is None:
        return Cell(words.STATUS.get(status, status), tone="lacking")
    return figure(value, one.decimals)
