"""One letter for the status of an hour, and which one speaks for several sensors; pure."""

from collections.abc import Iterable
from types import MappingProxyType

# From the worst to the best: of several sensors of a station the first that one of them has.
LETTERS = MappingProxyType(
    {
        "none": "-",
        "platform": "P",
        "abnormal": "a",
        "short": "s",
        "marked": "m",
        "stopped": "F",
        "no_flow": "z",
        "valid": "V",
    }
)
ORDER = tuple(LETTERS)
NOT_DUE = "."
WORDS_ZH = MappingProxyType(
    {
        "-": "无数据",
        "P": "平台原因缺失",
        "a": "异常数据(标记非N)",
        "s": "数据不足",
        "m": "已标记无效",
        "F": "停运",
        "z": "无流量",
        "V": "有效",
        NOT_DUE: "不应测或尚未生成",
    }
)


def written(places: Iterable[tuple[int, int]], hours: int) -> str:
    """Return the letters of a day of ``hours`` hours, from (number of the hour in the day, place in ORDER, from 1)."""
    letters = [NOT_DUE] * hours
    for hour, place in places:
        letters[hour] = LETTERS[ORDER[place - 1]]
    return "".join(letters)
