"""Who the loggers of a park are: those of its catalogue, or copies with stations of their own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from zlib import crc32
from zoneinfo import ZoneInfo

from simulators.loggers.defects import Defects, Struck
from simulators.loggers.dialect import Dialect, system_of
from simulators.loggers.logger import Logger
from simulators.loggers.memory import Memory
from simulators.loggers.wording import Wording
from simulators.play import Play
from smartpark import places
from smartpark.hj212.cipher import key_of
from smartpark.hj212.encode import Sender

_USUAL_EDITION, _USUAL_PASSWORD = 2017, "123456"
# Of two makers under the edition of 2005 one says neither QN nor Flag, and milliseconds.
_OLD_HABITS: Struck = frozenset({"no_qn", "no_flag", "long_time"})


@dataclass(frozen=True, slots=True)
class Member:
    """One logger as the catalogue knows it, and what goes wrong with its frames."""

    mn: str
    station: str
    zone: ZoneInfo
    edition: int = _USUAL_EDITION
    password: str = _USUAL_PASSWORD
    key: bytes | None = None
    minute_interval_min: int = 1
    habits: Struck = frozenset()
    rates: Mapping[str, float] = field(default_factory=dict)


def members(catalogue: places.Catalogue, rates: Mapping[str, float] | None = None) -> list[Member]:
    """Return the loggers of a catalogue that stand at a station."""
    zone = ZoneInfo(catalogue.park.timezone)
    return [_member(one, one.station, zone, rates or {}) for one in catalogue.loggers if one.station]


def multiplied(catalogue: places.Catalogue, loggers: int) -> places.Catalogue:
    """Return the catalogue with so many loggers: the first of its own, or copies of them at copied stations."""
    own = [one for one in catalogue.loggers if one.station is not None]
    if len(own) >= loggers or not own:
        return replace(catalogue, loggers=tuple(own[:loggers]))
    stations = {station.code: station for station in catalogue.stations}
    by_station: dict[str, list[places.Sensor]] = {}
    for sensor in catalogue.sensors:
        by_station.setdefault(sensor.station, []).append(sensor)
    more = [*own]
    added: list[places.Station] = []
    sensors: list[places.Sensor] = []
    for one, number in ((one, number) for number in count(2) for one in own):
        if len(more) >= loggers:
            break
        station = stations[one.station or ""]
        code, shift_deg = f"{station.code}-L{number}", 0.0001 * (number - 1)
        added.append(replace(station, code=code, lat=station.lat + shift_deg, lon=station.lon + shift_deg))
        sensors += [replace(sensor, station=code) for sensor in by_station[station.code]]
        more.append(replace(one, mn=f"{one.mn[:-5]}{number:05X}", station=code))
    return replace(
        catalogue,
        stations=(*catalogue.stations, *added),
        sensors=(*catalogue.sensors, *sensors),
        loggers=tuple(more),
    )


def build(member: Member, play: Play, now_s: Callable[[], float]) -> Logger:
    """Return a logger at its station in a play, on the time of that play."""
    park = play.park
    numbers = park.of_station(member.station)
    points = [park.points[number] for number in numbers]
    kind = park.stations[member.station].kind
    sender = Sender(member.mn, system_of(kind), member.password, member.key)
    return Logger(
        member.station,
        Dialect(member.edition, sender, member.zone, member.habits),
        Wording(points, numbers, member.edition),
        Memory(park.utc_offset_s, member.minute_interval_min, strict=kind == "wastewater"),
        now_s,
        Defects(member.rates, play.seed, member.mn),
    )


def _member(logger: places.Logger, station: str, zone: ZoneInfo, rates: Mapping[str, float]) -> Member:
    edition = logger.edition or _USUAL_EDITION
    old = edition == 2005 and crc32(logger.mn.encode()) % 2 == 0
    return Member(
        mn=logger.mn,
        station=station,
        zone=zone,
        edition=edition,
        password=logger.password or _USUAL_PASSWORD,
        key=key_of(logger.encryption_key) if logger.encryption_key else None,
        minute_interval_min=logger.minute_interval_min,
        habits=_OLD_HABITS if old else frozenset(),
        rates=rates,
    )
