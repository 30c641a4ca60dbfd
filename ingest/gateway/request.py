"""A request to a logger, as it goes over the line: in the logger's edition, under its password, with its key; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from smartpark.hj212 import times
from smartpark.hj212.cipher import KeyFormError, key_of
from smartpark.hj212.commands import commands
from smartpark.hj212.encode import ANSWER, SYSTEM, VERSION_BITS, Sender, encode

SET_TIME = "1012"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_EDITION = 2017  # of a logger that has not been heard yet
_PASSWORD = "123456"  # noqa: S105 - of the standard's examples, where the logger has none of its own
# ST of a logger that has not named its own, HJ 212-2017 table 5.
_SYSTEMS = {
    "wastewater": "32",
    "rain": "32",
    "surface": "21",
    "air": "22",
    "noise": "23",
    "ground": "24",
    "voc": "27",
}
_SOURCE = "31"


@dataclass(frozen=True, slots=True)
class Address:
    """How a logger is spoken to; ``kind`` is that of its station, None what nobody has said yet."""

    mn: str
    edition: int | None
    system: str | None
    password: str | None
    encryption_key: str | None
    kind: str
    zone: ZoneInfo


def next_qn(now: datetime, last: str | None, zone: ZoneInfo) -> str:
    """Return the QN of ``now`` in the park's zone, always after the last one that this logger was sent."""
    us = _us(now)
    if last is not None:
        us = max(us, times.parse(last, zone) + 1000)
    return times.qn(us, zone)


def request(address: Address, cn: str, parameters: Mapping[str, str], qn: str, now: datetime) -> bytes:
    """Return the frame of a request; said again it is the same, but for the time that 1012 sets, which is ``now``."""
    edition = address.edition or _EDITION
    key = _key(address.encryption_key) if edition >= 2025 and _is_secret(cn) else None
    system = (
        address.system if address.system and address.system != SYSTEM else _SYSTEMS.get(address.kind, _SOURCE)
    )
    sender = Sender(address.mn, system, address.password or _PASSWORD, key)
    if cn == SET_TIME and "SystemTime" not in parameters:
        parameters = {**parameters, "SystemTime": times.digits(_us(now), address.zone)}
    flag = VERSION_BITS.get(edition, VERSION_BITS[_EDITION]) | ANSWER
    return encode(sender, cn, _content(cn, parameters), flag=flag, qn=qn)


def _content(cn: str, parameters: Mapping[str, str]) -> str:
    """Return CP in the order of the standard; BeginTime and EndTime are one item."""
    known = commands().get(cn)
    order = known.fields if known is not None else ()
    names = [*(name for name in order if name in parameters), *sorted(parameters.keys() - set(order))]
    said = ";".join(f"{name}={parameters[name]}" for name in names)
    return said.replace(";EndTime=", ",EndTime=")


def _is_secret(cn: str) -> bool:
    """Return whether HJ 212-2025 encrypts a command."""
    return "2000" <= cn < "3000" or cn in {"1014", "3020"}


def _key(text: str | None) -> bytes | None:
    try:
        return key_of(text) if text else None
    except KeyFormError:  # said when the directory was loaded
        return None


def _us(at: datetime) -> int:
    return (at - _EPOCH) // _MICROSECOND
