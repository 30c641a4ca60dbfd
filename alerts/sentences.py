"""Every alert says itself in one sentence, in Chinese and in English; words after the park's own usage.

Each function returns ``(zh, en)``. Instants are aware and already in the park's time zone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

Sentence = tuple[str, str]


class Subject(Protocol):
    """What is measured, as the sentence needs it; a quantity of the registry is one."""

    @property
    def name_zh(self) -> str: ...  # noqa: D102
    @property
    def name_en(self) -> str: ...  # noqa: D102
    @property
    def unit(self) -> str: ...  # noqa: D102
    @property
    def decimals(self) -> int: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Named:
    """A subject made by hand."""

    name_zh: str
    name_en: str
    unit: str
    decimals: int


_STAGES: Mapping[str, Mapping[str, Sentence]] = {
    # GB/T 50493-2019: level 1 is the lower set-point; a bare 一级 is never written.
    "gas": {
        "H": ("低限报警(一级)", "low-limit alarm (level 1)"),
        "HH": ("高限报警(二级)", "high-limit alarm (level 2)"),
        "L": ("欠限报警", "deficiency alarm"),
        "LL": ("欠限报警(低低)", "deficiency alarm (LL)"),
    },
    "process": {
        "HH": ("高高报 HH", "high-high HH"),
        "H": ("高报 H", "high H"),
        "L": ("低报 L", "low L"),
        "LL": ("低低报 LL", "low-low LL"),
    },
    "emission": {
        "HH": ("限值", "limit"),
        "H": ("限值", "limit"),
        "L": ("下限", "lower limit"),
        "LL": ("下限", "lower limit"),
    },
}
# HJ 212-2017 table 8; several public code bases mislabel F, B, M and S.
FLAGS: Mapping[str, Sentence] = {
    "N": ("正常", "normal"),
    "F": ("停运", "out of operation"),
    "M": ("维护", "maintenance"),
    "S": ("手工输入", "entered by hand"),
    "D": ("故障", "fault"),
    "C": ("校准", "calibration"),
    "T": ("超测量上限", "over range"),
    "B": ("通讯异常", "communication error"),
}
_TYPESET = (("m3", "m³"), ("m2", "m²"), ("ug/", "µg/"), ("degC", "℃"), ("CO2", "CO₂"))


def unit_words(unit: str) -> str:
    """Return a unit as it is printed: ``mg/m3`` becomes ``mg/m³``."""
    for plain, printed in _TYPESET:
        unit = unit.replace(plain, printed)
    return unit


def amount(subject: Subject, value: float) -> str:
    """Return a value with the decimals of its quantity and its unit."""
    return _joined(f"{value:.{subject.decimals}f}", subject.unit)


def bound(subject: Subject, value: float) -> str:
    """Return a limit as the standard prints it, without trailing zeros, and its unit."""
    return _joined(f"{value:.10g}", subject.unit)


def limit(
    subject: Subject,
    value: float,
    *,
    stage: str,
    limit_value: float,
    clause: str,
    wording: str,
    over_span: bool = False,
) -> Sentence:
    """Say that a value is past its limit, with the source of the limit."""
    label_zh, label_en = _STAGES[wording][stage]
    low = stage in {"L", "LL"}
    shown, set_at = amount(subject, value), bound(subject, limit_value)
    over_zh, over_en = ("，超量程", ", over range") if over_span else ("", "")
    past_zh, past_en = ("低于", "below") if low else ("超过", "over")
    head_zh = f"{subject.name_zh} {shown}{over_zh}，"
    head_en = f"{subject.name_en} {shown}{over_en}, "
    cited_zh, cited_en = (f"（{clause}）", f" ({clause})") if clause else ("", "")
    return (
        f"{head_zh}{past_zh}{label_zh} {set_at}{cited_zh}",
        f"{head_en}{past_en} {label_en} {set_at}{cited_en}",
    )


def retrospective(subject: Subject, count: int, peak: float, start: datetime, end: datetime) -> Sentence:
    """Say what back-filled data hold: how often, how high, when; half-open [start, end)."""
    shown, (span_zh, span_en) = amount(subject, peak), _period(start, end)
    times = "once" if count == 1 else f"{count} times"
    return (
        f"补传数据发现 {count} 次超限，{subject.name_zh}最高 {shown}，时段 {span_zh}",
        f"Back-filled data hold {subject.name_en} past its limit {times}, peak {shown}, {span_en}",
    )


def silence(name_zh: str, name_en: str, points: int, since: datetime) -> Sentence:
    """Say that an enterprise or a station delivers nothing."""
    return (
        f"{name_zh} {points} 点离线，自 {since:%H:%M:%S}",
        f"{name_en}: {_points(points)} offline since {since:%H:%M:%S}",
    )


def silence_with_open(
    offline: Sentence, subject: Subject, last_value: float, last_at: datetime, others: int = 0
) -> Sentence:
    """Say that points fell silent while an alert of theirs was open; ``offline`` is the sentence of silence."""
    shown = amount(subject, last_value)
    more_zh, more_en = (f"，另有 {others} 项", f", and {others} more") if others else ("", "")
    return (
        f"{offline[0]}；其中有未恢复报警，状态不明：{subject.name_zh}最后值 {shown}（{last_at:%H:%M:%S}）{more_zh}",
        f"{offline[1]}; an open alert is now unknown: {subject.name_en} last {shown} at {last_at:%H:%M:%S}{more_en}",
    )


def returned(name_zh: str, name_en: str, points: int, outage_s: float, backfilled: int) -> Sentence:
    """Say that points deliver again, after how long [s], and how many readings were sent late."""
    late_zh = f"补传 {backfilled} 条，全部入库" if backfilled else "无补传"
    late_en = f"{backfilled} readings back-filled and stored" if backfilled else "nothing back-filled"
    return (
        f"{name_zh} {points} 点恢复在线，中断 {_lasting(outage_s, zh=True)}，{late_zh}",
        f"{name_en}: {_points(points)} online again after {_lasting(outage_s, zh=False)}, {late_en}",
    )


def marked_over(
    subject: Subject,
    value: float,
    *,
    flag: str,
    stage: str,
    limit_value: float,
    clause: str,
    wording: str,
) -> Sentence:
    """Say that a value is past its limit under a flag that nobody has filed a window for."""
    flag_zh, flag_en = FLAGS.get(flag, (flag, flag))
    over_zh, over_en = limit(
        subject, value, stage=stage, limit_value=limit_value, clause=clause, wording=wording
    )
    return (
        f"维护/校准标记下超限：{over_zh}，数据标记 {flag} {flag_zh}，无备案时段",
        f"Over limit while flagged: {over_en}, flag {flag} {flag_en}, no filed window",
    )


def state(subject: Subject, value: float, words_zh: str, words_en: str) -> Sentence:
    """Say a state in the words of its rule, with the value that says so."""
    shown = amount(subject, value)
    return f"{words_zh}（{subject.name_zh} {shown}）", f"{words_en} ({subject.name_en} {shown})"


def bad_clock(over: Sentence, reason: str, sent_at: datetime | None = None) -> Sentence:
    """Say that a refused value of a safety stream is past a limit; ``over`` is the sentence of that limit."""
    reason_zh, reason_en = _REFUSED.get(reason, (reason, reason))
    stamped_zh = f"，报文时间 {sent_at:%Y-%m-%d %H:%M:%S}" if sent_at else ""
    stamped_en = f", stamped {sent_at:%Y-%m-%d %H:%M:%S}" if sent_at else ""
    return (
        f"时钟/链路异常：{over[0]}，数据已隔离（{reason_zh}）{stamped_zh}，须现场核实",
        f"Bad clock or feed: {over[1]}, quarantined ({reason_en}){stamped_en}; check on site",
    )


_REFUSED: Mapping[str, Sentence] = {
    "future": ("报文时间超前", "time in the future"),
    "too_old": ("报文时间过旧", "time too old"),
    "no_offset": ("时间缺时区", "time without offset"),
    "wrong_feed": ("链路不符", "wrong feed"),
    "bad_flag": ("数据标记无效", "bad flag"),
    "not_finite": ("数值无效", "not a finite number"),
}
_PLATFORM: Mapping[str, Sentence] = {
    "bad_clock": ("时钟/链路异常，安全数据被隔离", "Bad clock or feed, safety data quarantined"),
    "ledger": (
        "数据账本不平：接收 ≠ 入库 + 重复 + 隔离",
        "Ledger out of balance: received differs from stored + duplicate + quarantined",
    ),
    "broker_dropped": ("消息服务器丢弃了消息", "The message broker dropped messages"),
    "feed_down": ("数据链路中断", "Feed down"),
}


def platform(finding: str, detail: str) -> Sentence:
    """Say a finding about the platform itself."""
    zh, en = _PLATFORM.get(finding, (finding, finding))
    return (f"{zh}：{detail}" if detail else zh), (f"{en}: {detail}" if detail else en)


def _joined(number: str, unit: str) -> str:
    printed = unit_words(unit)
    return number if printed in {"", "1"} else f"{number} {printed}"


def _points(count: int) -> str:
    return "1 point" if count == 1 else f"{count} points"


def _period(start: datetime, end: datetime) -> Sentence:
    day = "" if start.date() == end.date() else f"{end:%m-%d} "
    text = f"{start:%m-%d %H:%M}-{day}{end:%H:%M}"
    return text, text


def _lasting(seconds_s: float, *, zh: bool) -> str:
    minutes, seconds = divmod(round(seconds_s), 60)
    hours, minutes = divmod(minutes, 60)
    parts: list[tuple[int, str, str]] = [
        (hours, " h", " h"),
        (minutes, " min", " min"),
        (seconds, " s", " s"),
    ]
    shown = [p for p in parts if p[0]][:2] or [parts[-1]]
    return " ".join(f"{n}{unit_zh if zh else unit_en}" for n, unit_zh, unit_en in shown)
