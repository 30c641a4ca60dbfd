"""What a person would have marked of the hours in which something was the matter, and what became of it; pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from zlib import crc32

Fate = Literal["bare", "proved", "confirmed", "refused"]

# Half with a voucher; what stays bare falls back at its deadline.
_FATES: tuple[Fate, ...] = ("confirmed", "bare", "proved", "bare", "confirmed", "refused", "bare", "bare")
_AT_MOST = {"stopped": 2, "calibration": 4, "maintenance": 3, "link_lost": 4}
_REASONS = {
    "stopped": "机组停运检修，停炉期间烟气自动监测数据不反映排放",
    "calibration": "按运维计划做零点与量程校准，校准期间数据无效",
    "maintenance": "采样管路反吹后更换滤芯并检查泵体",
    "link_lost": "站房通讯模块掉线，重启后恢复",
}
_LONG = timedelta(hours=1)  # a calibration is shorter than what lasts longer
_FILED, _PROVED, _DECIDED = timedelta(hours=14), timedelta(hours=38), timedelta(hours=62)


@dataclass(frozen=True, slots=True)
class Trouble:
    """A run of hours [starts_at, ends_at) of an outlet with a flag of HJ 212."""

    station_id: int
    station: str
    enterprise_id: int
    flag: str
    starts_at: datetime
    ends_at: datetime

    @property
    def code(self) -> str:
        """Return the code of the mark that fits it."""
        if self.flag == "D":
            return "maintenance" if self.ends_at - self.starts_at > _LONG else "calibration"
        return {"F": "stopped", "-": "link_lost", "M": "maintenance", "C": "calibration"}[self.flag]

    @property
    def reason(self) -> str:
        """Return what a person wrote."""
        return _REASONS[self.code]


@dataclass(frozen=True, slots=True)
class Deed:
    """One step in the life of the mark of a trouble."""

    at: datetime
    trouble: Trouble
    step: Literal["file", "prove", "decide"]
    fate: Fate


def chosen(found: Iterable[Trouble], clerk_of: int | None) -> list[Trouble]:
    """Return about a dozen, at most one a station and code, those of the clerk's own enterprise first; oldest first."""
    room = Counter(_AT_MOST)
    kept: dict[tuple[int, str], Trouble] = {}
    for one in sorted(found, key=lambda one: (one.enterprise_id != clerk_of, _lot(one))):
        key = (one.station_id, one.code)
        if key not in kept and room[one.code] > 0:
            kept[key] = one
            room[one.code] -= 1
    return sorted(kept.values(), key=lambda one: (one.starts_at, one.station))


def _lot(one: Trouble) -> int:
    """Return a number that scatters troubles over time, the same every time."""
    return crc32(f"{one.station}/{one.starts_at.timestamp()}".encode())


def deeds(troubles: Sequence[Trouble], now: datetime) -> list[Deed]:
    """Return what was done about them until now, in the order of time."""
    found = []
    for n, one in enumerate(troubles):
        fate = _FATES[n % len(_FATES)]
        found.append(Deed(min(one.ends_at + _FILED, now), one, "file", fate))
        if fate != "bare":
            found.append(Deed(min(one.ends_at + _PROVED, now), one, "prove", fate))
        if fate in {"confirmed", "refused"}:
            found.append(Deed(min(one.ends_at + _DECIDED, now), one, "decide", fate))
    return sorted(found, key=lambda deed: deed.at)  # stable: of one instant in the order of their steps
