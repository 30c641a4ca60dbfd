"""The platforms above us, and under which device number each gets which station."""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from smartpark.catalogue.fields import Fields
from smartpark.catalogue.folder import items
from smartpark.catalogue.problems import choose
from smartpark.hj212.cipher import KeyFormError, key_of
from smartpark.places import KINDS, UPWARD_PERIODS, Json, Logger, Receiver, Station, UpwardPoint

RECEIVER_KEYS = (
    *("code", "name_zh", "name_en", "protocol", "address", "edition"),
    *("password", "key", "secret", "kinds", "stations"),
)
POINT_KEYS = ("station", "mn", "system", "periods")
PROTOCOLS = ("hj212", "http", "mqtt")
EDITIONS = ("2017", "2025")
DEMO = "demo"  # the address of the demo's simulated platform
_SECRET_INSTEAD: Mapping[str, str] = MappingProxyType(
    {
        "hj212": "write host:port, and the PW of the frames as password",
        "http": "write https://host/..., and the bearer word as secret",
        "mqtt": "write mqtts://user@host:8883, and the password of the user as secret",
    }
)

# ST of HJ 212-2017 table 5 by the kind of a station; what is not here is a source of air pollution.
_SYSTEMS: Mapping[str, str] = MappingProxyType(
    {
        "surface": "21",
        "air": "22",
        "weather": "22",
        "mobile": "22",
        "noise": "23",
        "ground": "24",
        "voc": "27",
        "wastewater": "32",
        "rain": "32",
        "dust": "39",
    }
)
_OTHER_SYSTEM = "31"


class ReceiverTable:
    """Makes receivers of the mappings of receivers.yaml."""

    def __init__(self, park: str, stations: Mapping[str, Station], loggers: Iterable[Logger]) -> None:
        self._park = park
        self._stations = stations
        self._mns = {one.station: one.mn for one in loggers if one.station is not None}

    def receiver(self, fields: Fields, code: str) -> Receiver:
        """Return the receiver of a mapping."""
        protocol = fields.choice("protocol", PROTOCOLS)
        edition = fields.maybe_choice("edition", EDITIONS)
        return Receiver(
            code=code,
            name_zh=fields.text("name_zh"),
            name_en=fields.text("name_en"),
            protocol=protocol,
            address=_address(fields, protocol),
            edition=int(edition) if edition in EDITIONS else 2017,
            password=fields.maybe_text("password"),
            encryption_key=_key(fields, edition),
            secret=fields.maybe_text("secret"),
            stations=tuple(self._points(fields, protocol)),
        )

    def _points(self, fields: Fields, protocol: str) -> list[UpwardPoint]:
        found: dict[str, UpwardPoint] = {}
        kinds = _words(fields, "kinds", KINDS)
        for station in self._stations.values():
            if station.kind in kinds:
                found[station.code] = self._point(fields, station, protocol)
        named: set[str] = set()
        for item in items(fields, "stations", POINT_KEYS):
            code = item.text("station", example="stack-1")
            if code in named:
                item.wrong("station", f"station {code!r} stands twice", "name every station once")
            if code in self._stations:
                named.add(code)
                found[code] = self._point(item, self._stations[code], protocol, own=True)
            elif code:
                advice = choose(code, self._stations, "add it to stations.csv")
                item.wrong("station", f"station {code!r} is not in stations.csv", advice)
        if not found:
            fields.wrong(
                "stations", "no station goes to this receiver", "name stations, or kinds of stations"
            )
        return sorted(found.values(), key=lambda one: one.station)

    def _point(self, fields: Fields, station: Station, protocol: str, *, own: bool = False) -> UpwardPoint:
        """Return what a mapping of its own (``own``), or the receiver's kinds, say of one station."""
        usual = UPWARD_PERIODS.get(protocol, ())
        periods = _words(fields, "periods", usual) if own else ()
        mn = fields.maybe_text("mn") if own else None
        system = fields.maybe_text("system") if own else None
        return UpwardPoint(
            station=station.code,
            mn=mn or self._mns.get(station.code) or _invented(self._park, station.code),
            system=system or _SYSTEMS.get(station.kind, _OTHER_SYSTEM),
            periods=tuple(one for one in usual if one in periods) or usual,
        )


def written(receiver: Receiver) -> Json:
    """Return the mapping of a receiver that reads back the same."""
    row: dict[str, Any] = {name: getattr(receiver, name, None) for name in RECEIVER_KEYS}
    row |= {"key": receiver.encryption_key, "edition": str(receiver.edition)}
    row["stations"] = [
        {"station": one.station, "mn": one.mn, "system": one.system, "periods": list(one.periods)}
        for one in receiver.stations
    ]
    return {name: value for name, value in row.items() if value is not None}


def _address(fields: Fields, protocol: str) -> str:
    address = fields.text("address", example="10.0.0.1:9000")
    forms = {
        "hj212": (
            "host:port, or demo",
            address == DEMO or _is_place(f"hj212://{address}", {"hj212"}, port=True),
        ),
        "http": ("http://... or https://...", _is_place(address, {"http", "https"})),
        "mqtt": ("mqtt://user@host:1883 or mqtts://...", _is_place(address, {"mqtt", "mqtts"})),
    }
    form, fits = forms.get(protocol, ("", True))
    if _has_password(address):
        fields.wrong("address", "address holds a password", _SECRET_INSTEAD.get(protocol, ""))
    elif address and not fits:
        shown = "address" if "@" in address else f"address {address!r}"  # there may be a password before @
        fields.wrong("address", f"{shown} is none of protocol {protocol}", f"write {form}")
    return address


def _has_password(address: str) -> bool:
    """Return whether ``user:password@`` stands before the host."""
    place = address.rpartition("://")[2].partition("/")[0]
    return ":" in place.rpartition("@")[0]


def _is_place(url: str, schemes: Collection[str], *, port: bool = False) -> bool:
    try:
        place = urlsplit(url)
        return place.scheme in schemes and bool(place.hostname) and bool(place.port or not port)
    except ValueError:
        return False


def _key(fields: Fields, edition: str | None) -> str | None:
    text = fields.maybe_text("key")
    if text is None:
        return None
    if edition != "2025":
        fields.wrong("key", "only HJ 212-2025 is encrypted", "write edition: 2025, or leave key out")
        return None
    try:
        return key_of(text).hex()
    except KeyFormError:
        # The key itself is not shown: what it is nearly, others might guess.
        fields.wrong(
            "key", f"key is no SM4 key ({len(text)} characters)", "write 32 hexadecimal digits in quotes"
        )
        return None


def _words(fields: Fields, name: str, known: Collection[str]) -> tuple[str, ...]:
    value = fields.raw(name)
    words = [] if value is None else value if isinstance(value, list) else [value]
    for word in words:
        if known and word not in known:
            fields.wrong(name, f"{name} has {word!r}", choose(str(word), known, "see docs/catalogue.md"))
    return tuple(str(word) for word in words)


def _invented(park: str, station: str) -> str:
    """Return a device number for a station that has none yet: 24 hexadecimal digits, the same each time."""
    return hashlib.sha256(f"{park}/{station}".encode()).hexdigest()[:24].upper()
