"""What each CN is: who says it, whether it carries data, and what it may change at an enterprise's instrument."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Literal

Carries = Literal["instant", "minute", "hour", "day", "report", "talk"]
# 9015 is the heartbeat; the rest are replies that belong to a request.
REQUEST_REPLY, RESULT, NOTICE_REPLY, DATA_REPLY, HEARTBEAT = "9011", "9012", "9013", "9014", "9015"

QN_RTN: Mapping[int, tuple[str, str]] = MappingProxyType(
    {
        1: ("准备执行请求", "ready"),
        2: ("请求被拒绝", "refused"),
        3: ("PW 错误", "wrong PW"),
        4: ("MN 错误", "wrong MN"),
        5: ("ST 错误", "wrong ST"),
        6: ("Flag 错误", "wrong Flag"),
        7: ("QN 错误", "wrong QN"),
        8: ("CN 错误", "wrong CN"),
        9: ("CRC 校验错误", "wrong CRC"),
        100: ("未知错误", "unknown error"),
    }
)
EXE_RTN: Mapping[int, tuple[str, str]] = MappingProxyType(
    {
        1: ("执行成功", "done"),
        2: ("执行失败, 但不知道原因", "failed, cause unknown"),
        3: ("命令请求条件错误", "wrong conditions"),
        4: ("通讯超时", "communication timed out"),
        5: ("系统繁忙不能执行", "busy"),
        6: ("系统故障", "fault"),
        100: ("没有数据", "no data"),
    }
)


@dataclass(frozen=True, slots=True)
class Command:
    """One line of commands.csv: ``fields`` are the names that CP of our request carries."""

    cn: str
    name_zh: str
    name_en: str
    carries: Carries
    sendable: bool
    second: bool
    fields: tuple[str, ...]
    source: str


@cache
def commands() -> Mapping[str, Command]:
    """Return every command that is known, by CN."""
    text = files("smartpark.hj212").joinpath("commands.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    return MappingProxyType({row["cn"]: _command(row) for row in rows})


def _command(row: Mapping[str, str]) -> Command:
    carries: Carries = row["carries"]  # type: ignore[assignment] # a test holds the file to these words
    return Command(
        row["cn"],
        row["name_zh"],
        row["name_en"],
        carries,
        row["send"] == "yes",
        row["second"] == "yes",
        tuple(row["fields"].split()),
        row["source"],
    )
