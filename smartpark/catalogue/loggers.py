"""HJ 212 data loggers: which station they speak for, and what they must say or be spoken to with."""

from collections.abc import Mapping
from types import MappingProxyType

from smartpark.catalogue.fields import Fields
from smartpark.catalogue.folder import reference
from smartpark.catalogue.tables import Columns
from smartpark.hj212.cipher import KeyFormError, key_of
from smartpark.hj212.head import is_mn
from smartpark.places import Logger, Station

LOGGERS = Columns(("mn",), ("station", "password", "edition", "key", "minute_interval"))
# What a column is called in the catalogue.
ATTRIBUTES: Mapping[str, str] = MappingProxyType(
    {"key": "encryption_key", "minute_interval": "minute_interval_min"}
)
EDITIONS = ("2005", "2017", "2025")
MINUTE_INTERVALS = ("1", "2", "3", "4", "5", "6", "10", "12", "15", "20", "30")  # HJ 212-2017 table 4


def number(fields: Fields, name: str) -> str:
    """Return a device number; it need not be the 24 hexadecimal digits of the standard."""
    mn = fields.text(name, example="010000A8900016F000169DC0")
    if mn and not is_mn(mn):
        what = f"{name} {mn[:64]!r} is longer than 64 characters, or has some that a topic cannot carry"
        fields.wrong(name, what, "write it as it is set at the logger, mostly 24 digits 0-9 A-F")
    return mn


def logger(fields: Fields, mn: str, stations: Mapping[str, Station]) -> Logger:
    """Return the logger of a row; a station of safety is heard over MQTT, and no logger takes its place."""
    edition = fields.maybe_choice("edition", EDITIONS)
    station = reference(fields, "station", stations, "stations.csv")
    known = stations.get(station or "")
    if known is not None and known.stream_class == "safety":
        what = f"station {known.code} is of kind {known.kind}, whose alarms do not come over HJ 212"
        fields.wrong("station", what, "name the outlet or the air station that the logger measures")
    return Logger(
        mn=mn,
        station=station,
        password=fields.maybe_text("password"),
        edition=int(edition) if edition in EDITIONS else None,
        encryption_key=_key(fields),
        minute_interval_min=_minute_interval_min(fields),
    )


def _key(fields: Fields) -> str | None:
    text = fields.maybe_text("key")
    if text is None:
        return None
    try:
        return key_of(text).hex()
    except KeyFormError:
        # The key itself is not shown: what it is nearly, others might guess.
        instead = "write 32 hexadecimal digits, in a spreadsheet in a cell that is formatted as text"
        fields.wrong("key", f"key is no SM4 key ({len(text)} characters)", instead)
        return None


def _minute_interval_min(fields: Fields) -> int:
    text = fields.maybe_text("minute_interval")
    if text is None:
        return 1
    if text not in MINUTE_INTERVALS:
        what = f"minute_interval {text!r} is not known"
        fields.wrong("minute_interval", what, f"write one of: {', '.join(MINUTE_INTERVALS)}")
        return 1
    return int(text)
