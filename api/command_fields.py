"""What may stand in the fields of a request to a logger, and how it is written in CP."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Literal
from zoneinfo import ZoneInfo

from api.problems import InputProblem
from api.words import Words
from smartpark.hj212.commands import Command
from smartpark.hj212.times import digits

Kind = Literal["time", "number", "choice", "text"]
LONGEST = timedelta(days=366)
_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class CommandField:
    """One field: numbers from ``low`` to ``high``, one of ``choices``, or text that matches ``pattern``."""

    name: str
    name_zh: str
    name_en: str
    kind: Kind
    low: int = 0
    high: int = 0
    choices: tuple[int, ...] = ()
    pattern: str = ""


FIELDS: Mapping[str, CommandField] = MappingProxyType(
    {
        field.name: field
        for field in (
            CommandField("BeginTime", "开始时间", "from", "time"),
            CommandField("EndTime", "结束时间", "to", "time"),
            CommandField("RtdInterval", "实时数据间隔(秒)", "real-time interval (s)", "number", 30, 3600),
            CommandField(
                "MinInterval", "分钟数据间隔(分钟)", "minute interval (min)", "choice",
                choices=(1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30),
            ),
            CommandField("OverTime", "超时时间(秒)", "timeout (s)", "number", 1, 99),
            CommandField("ReCount", "重发次数", "retries", "number", 1, 99),
            CommandField("CTime", "采样周期(小时)", "sampling cycle (h)", "number", 1, 24),
            CommandField(
                "CstartTime", "首次采样时刻(时分秒六位)", "first sample at (hhmmss)", "text",
                pattern=r"([01]\d|2[0-3])[0-5]\d[0-5]\d",
            ),
            CommandField("PolId", "污染因子编码", "code of the pollutant", "text", pattern=r"[A-Za-z0-9_]{1,20}"),
            CommandField("InfoId", "现场信息编码", "code of the information", "text", pattern=r"[A-Za-z0-9]{1,12}"),
            CommandField("NewPW", "新密码(六位字母或数字)", "new password (6 letters or digits)", "text", pattern=r"[A-Za-z0-9]{6}"),
        )
    }
)  # fmt: skip
# PolId may be left out where the logger itself is meant.
_OPTIONAL: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "1011": frozenset({"PolId"}),
        "1012": frozenset({"PolId"}),
        "3020": frozenset({"PolId", "BeginTime", "EndTime"}),
    }
)


def required(command: Command, name: str) -> bool:
    """Return whether a request must carry a field."""
    return name not in _OPTIONAL.get(command.cn, ())


def written(command: Command, said: Mapping[str, str | int], zone: ZoneInfo) -> dict[str, str]:
    """Return the fields of a request as CP carries them, in the order of the standard; times as local digits of ``zone``.

    Raises:
        InputProblem: a field is missing, is none of this command, or holds what it may not.

    """
    for name in said:
        if name not in command.fields:
            fields = ", ".join(command.fields) or "-"
            raise _problem(
                name, f"命令 {command.cn} 没有此项; 可填: {fields}", f"is none of {command.cn}: {fields}"
            )
    texts: dict[str, str] = {}
    times: dict[str, datetime] = {}
    for name in command.fields:
        value = said.get(name, "")
        if value == "":
            if required(command, name):
                raise _problem(name, "必填", "is missing; this command needs it")
        elif FIELDS[name].kind == "time":
            times[name] = _instant(name, str(value))
            texts[name] = digits((times[name] - _EPOCH) // _MICROSECOND, zone)
        else:
            texts[name] = _text(FIELDS[name], str(value))
    _check_period(times)
    return texts


def _instant(name: str, value: str) -> datetime:
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or not 2000 <= at.year < 2100:
        raise _problem(
            name,
            "不是带时区偏移的时间; 请写如 2026-11-22T08:00:00+08:00",
            "is not a time with its offset; write it like 2026-11-22T08:00:00+08:00",
        )
    return at


def _text(field: CommandField, value: str) -> str:
    if field.kind == "text":
        if re.fullmatch(field.pattern, value, re.ASCII):
            return value
        raise _problem(
            field.name,
            f"格式不符; 应符合 {field.pattern}",
            f"has the wrong form; it must match {field.pattern}",
        )
    allowed = field.choices or range(field.low, field.high + 1)
    if value.isascii() and value.isdigit() and len(value) < 6 and int(value) in allowed:
        return str(int(value))
    choices = " ".join(map(str, field.choices)) or f"{field.low}–{field.high}"
    raise _problem(
        field.name, f"不在可选值内; 可选: {choices}", f"is not one of the choices; write {choices}"
    )


def _check_period(times: Mapping[str, datetime]) -> None:
    begin, end = times.get("BeginTime"), times.get("EndTime")
    if begin is None or end is None:
        return
    if end < begin:
        raise _problem("EndTime", "早于开始时间", "is before the start")
    if end - begin > LONGEST:
        days = LONGEST.days
        raise _problem(
            "EndTime", f"时段最长 {days} 天; 请分次提取", f"a period is at most {days} days; ask in parts"
        )


def _problem(name: str, zh: str, en: str) -> InputProblem:
    known = FIELDS.get(name)
    label = Words(known.name_zh, known.name_en) if known else Words(name, name)
    return InputProblem(f"body.parameters.{name}", zh, en, label=label)
