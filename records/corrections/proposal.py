"""What may be proposed as a correction, and what is refused with a sentence; pure."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

Kind = Literal["scale", "exclude", "enter"]

LONGEST = timedelta(days=31)
SHORTEST_REASON = 10  # characters
_MINUTE = timedelta(minutes=1)


class RefusedError(Exception):
    """A correction or a month is not taken as it is; ``zh`` and ``en`` say why, ``field`` where."""

    def __init__(self, field: str, zh: str, en: str) -> None:
        super().__init__(en)
        self.field, self.zh, self.en = field, zh, en


class ClashError(RefusedError):
    """It does not fit how things stand: another one waits, it is decided already, the same person asks."""

    def __init__(self, zh: str, en: str, number: int | None = None) -> None:
        super().__init__("", zh, en)
        self.number = number


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A correction of the minutes [starts_at, ends_at) of a sensor."""

    sensor_id: int
    kind: Kind
    starts_at: datetime
    ends_at: datetime
    factor: float | None = None  # scale: value * factor + shift
    shift: float | None = None
    value: float | None = None  # enter, registry unit
    reason: str


@dataclass(frozen=True, slots=True)
class Target:
    """The sensor that is corrected."""

    id: int
    unit: str
    plausible_low: float | None
    plausible_high: float | None


def check(proposal: Proposal, target: Target, now: datetime) -> None:
    """Refuse a proposal that makes no sense.

    Raises:
        RefusedError: with one sentence.

    """
    for refusal in (*_period(proposal, now), *_figures(proposal), *_plausible(proposal, target)):
        raise refusal
    if len(proposal.reason.strip()) < SHORTEST_REASON:
        raise RefusedError(
            "reason",
            f"请写明修正原因, 至少 {SHORTEST_REASON} 个字",
            f"say why in at least {SHORTEST_REASON} characters",
        )


def _period(proposal: Proposal, now: datetime) -> Iterator[RefusedError]:
    start, end = proposal.starts_at, proposal.ends_at
    if end <= start:
        yield RefusedError("to", "必须晚于 from; 时段含起点、不含终点", "must be later than from")
    if any(at.second or at.microsecond for at in (start, end)):
        yield RefusedError("from", "时段须为整分钟", "the period begins and ends on whole minutes")
    if end - start > LONGEST:
        yield RefusedError(
            "to", f"一次修正最长 {LONGEST.days} 天; 请分开提交", f"at most {LONGEST.days} days at once"
        )
    if end > now + _MINUTE:
        yield RefusedError("to", "不能修正将来的数据", "what lies ahead cannot be corrected")


def _figures(proposal: Proposal) -> Iterator[RefusedError]:
    said = {"factor": proposal.factor, "shift": proposal.shift, "value": proposal.value}
    mine = {"scale": {"factor", "shift"}, "exclude": set(), "enter": {"value"}}[proposal.kind]
    for name, number in said.items():
        if number is not None and name not in mine:
            yield RefusedError(name, f"{proposal.kind} 不带 {name}", f"{proposal.kind} takes no {name}")
        if number is not None and not math.isfinite(number):
            yield RefusedError(name, "须为有限数值", "must be a finite number")
    if proposal.kind == "scale" and proposal.factor in {None, 0.0}:
        yield RefusedError("factor", "请填写不为 0 的系数", "write a factor other than 0")
    if proposal.kind == "scale" and proposal.factor == 1.0 and not proposal.shift:
        yield RefusedError(
            "factor", "系数 1、偏移 0 不改变任何数据", "factor 1 without a shift changes nothing"
        )
    if proposal.kind == "enter" and proposal.value is None:
        yield RefusedError("value", "请填写补录的数值", "write the value to enter")


def _plausible(proposal: Proposal, target: Target) -> Iterator[RefusedError]:
    value = proposal.value
    low = -math.inf if target.plausible_low is None else target.plausible_low
    high = math.inf if target.plausible_high is None else target.plausible_high
    if value is not None and not low <= value <= high:
        yield RefusedError(
            "value",
            f"{value:g} 超出合理范围 {low:g} 至 {high:g} {target.unit}",
            f"{value:g} is outside the plausible range {low:g} to {high:g} {target.unit}",
        )
