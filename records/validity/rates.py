"""Transmission, validity and effective rate out of counted hours; pure.

transmission = received / due, validity = valid / received, effective = their product (assessed since 2014, pass mark
75 %). Hours of flag F, without flow or under a condition mark are not due. As counted for the enterprise, an hour that was
lost by us is not due either; raw, it is due and nobody received it.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

COUNTED = ("w01018", "w21003", "a34013", "a21026", "a21002")  # COD, NH3-N, PM, SO2, NOx
CAUSES = ("enterprise", "network", "platform", "unknown")
INVALID = ("short", "abnormal", "marked")

Grade = Literal["good", "pass", "below"]

RULES_ZH = (
    "应测小时 = 当月小时 − 停运(F)小时 − 无流量小时 − 工况标记小时; 标记须为已申报或已确认, 缺凭证的到期自动恢复",
    "传输率 = 实测/应测, 有效率 = 有效/实测, 传输有效率 = 两者之积",
    "因本平台原因丢失的小时不计入应测(按企业口径); raw 为不扣除的口径",
    "设备运转率 = (当月小时 − 停运小时 − 无流量小时)/当月小时, 按因子小时计",
    "有效捕集率(季度) = (应测小时 − 无效小时 − 缺失小时)/应测小时; 停运小时不计入应测 (HJ 75-2017 第12章, 未核对原文)",
)
RULES_EN = (
    "due = hours of the month - stopped (F) - without flow - under a condition mark filed or confirmed; unproved ones fall back",
    "transmission = received/due, validity = valid/received, effective rate = their product",
    "hours lost by this platform are not due as counted for the enterprise; raw keeps them",
    "running rate = (hours of the month - stopped - without flow)/hours of the month, counted in hours of pollutants",
    "capture rate of the quarter = (due - invalid - missing)/due; stopped hours are not due (HJ 75-2017 section 12, not verified)",
)


@dataclass(slots=True)
class Hours:
    """Hours of pollutants, counted by their place in the rates."""

    classes: Counter[str] = field(default_factory=Counter)
    causes: Counter[str] = field(default_factory=Counter)  # of those that are missing
    statuses: Counter[str] = field(default_factory=Counter)  # of those that are invalid
    cut: int = 0  # lost by us in part: something was received

    def add(self, place: str, cause: str | None, status: str, came: bool, number: int) -> None:  # noqa: FBT001 - a column
        """Count ``number`` hours of one class of view ``rated_hour``; of them something ``came`` or nothing."""
        self.classes[place] += number
        if place == "missing":
            self.causes[cause or "unknown"] += number
        elif place == "invalid":
            self.statuses[status] += number
        elif place == "platform" and came:
            self.cut += number

    @classmethod
    def together(cls, parts: Iterable["Hours"]) -> "Hours":
        """Return the sum of some."""
        whole = cls()
        for part in parts:
            whole.classes += part.classes
            whole.causes += part.causes
            whole.statuses += part.statuses
            whole.cut += part.cut
        return whole

    @property
    def total(self) -> int:
        """Every hour."""
        return self.classes.total()

    @property
    def still(self) -> int:
        """Hours in which the unit did not run."""
        return self.classes["stopped"] + self.classes["no_flow"]

    @property
    def due_raw(self) -> int:
        """Hours that were due, whoever lost them."""
        return self.total - self.still - self.classes["exempt"]

    @property
    def due(self) -> int:
        """Hours that were due of the enterprise."""
        return self.due_raw - self.classes["platform"]

    @property
    def received(self) -> int:
        """Of these, hours of which something came."""
        return self.classes["valid"] + self.classes["invalid"]

    @property
    def valid(self) -> int:
        """Of these, valid hours."""
        return self.classes["valid"]


def figures(month: Hours, quarter: Hours, pass_rate: float, good_rate: float) -> dict[str, Any]:
    """Return the figures of one outlet, enterprise or park.

    Args:
        month: its hours of the month.
        quarter: its hours of the quarter.
        pass_rate: effective rate that passes [%], included.
        good_rate: effective rate that is good [%], included.

    """
    effective = percent(month.valid, month.due)
    raw_received = month.received + month.cut
    missing = {cause: month.causes[cause] for cause in CAUSES}
    return {
        "hours": month.total,
        "stopped": month.classes["stopped"],
        "no_flow": month.classes["no_flow"],
        "exempt": month.classes["exempt"],
        "due": month.due,
        "received": month.received,
        "valid": month.valid,
        "invalid": {status: month.statuses[status] for status in INVALID},
        "missing": missing | {"platform": month.classes["platform"]},
        "transmission": percent(month.received, month.due),
        "validity": percent(month.valid, month.received),
        "effective": effective,
        "grade": grade(effective, pass_rate, good_rate),
        "running": percent(month.total - month.still, month.total),
        "capture": percent(quarter.valid, quarter.due),
        "raw": {
            "due": month.due_raw,
            "received": raw_received,
            "valid": month.valid,
            "transmission": percent(raw_received, month.due_raw),
            "validity": percent(month.valid, raw_received),
            "effective": percent(month.valid, month.due_raw),
            "capture": percent(quarter.valid, quarter.due_raw),
        },
    }


def percent(part: int, whole: int) -> float | None:
    """Return part / whole [%] to two decimals, None of nothing; less than the whole is never shown as 100."""
    if not whole:
        return None
    return 100.0 if part == whole else min(round(100 * part / whole, 2), 99.99)


def grade(effective: float | None, pass_rate: float, good_rate: float) -> Grade | None:
    """Return how an effective rate [%] is coloured; None: nothing was due."""
    if effective is None:
        return None
    return "good" if effective >= good_rate else "pass" if effective >= pass_rate else "below"
