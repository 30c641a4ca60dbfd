"""The mapping of a file: which column is what, in which unit, at which time; read from YAML, checked as a whole."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from smartpark.written import Document

Name = str | int  # of a column: its header, or its number from 1 where the file has no header

MISSING_WORDS = ("", "NA", "N/A", "NaN", "nan", "NULL", "null", "None", "-", "--", "—", "/", "无", "缺测")
SENTINELS = (-9999.0,)
FLAGS = "NFMSDCTB"

_TOP = ("park", "file", "time", "missing", "flags", "columns", "long", "repeat")
_FILE = ("delimiter", "encoding", "decimal", "header", "skip", "sheet")
_TIME = ("column", "format", "unit", "origin", "zone", "label", "period_s")
_MISSING = ("words", "sentinels", "as")
_COLUMN = ("station", "quantity", "form", "unit", "flag", "sentinels")
_LONG = ("station", "quantity", "value", "flag", "n", "min", "max", "stations", "quantities", "unit")
_QUANTITY = ("quantity", "form", "unit")


class MappingError(ValueError):
    """The mapping cannot be used; the message lists every problem, one a line: where, what, what to write instead."""


@dataclass(frozen=True, slots=True)
class Format:
    """How the file is written."""

    delimiter: str | None = None  # None: found in its first line
    encoding: str = "auto"
    decimal: str = "."
    header: bool = True
    skip: int = 0  # lines before the header
    sheet: str | None = None


@dataclass(frozen=True, slots=True)
class Time:
    """How the file says when: ``format`` a pattern, ``iso``, or ``number`` of a unit since an origin."""

    column: Name
    format: str
    period_s: int
    zone: str | None = None  # None: the park's
    label: Literal["start", "end"] = "start"
    unit_s: float = 1.0
    origin: str = "1970-01-01T00:00:00+00:00"


@dataclass(frozen=True, slots=True)
class Target:
    """A sensor and the unit in which the file has its values; unit None: the registry's."""

    station: str
    quantity: str
    form: str = ""
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Wide:
    """One column of a wide file."""

    column: Name
    target: Target
    flag: Name | None
    sentinels: tuple[float, ...]
    where: str


@dataclass(frozen=True, slots=True)
class Long:
    """The columns of a long file, and what its names of stations and quantities mean."""

    station: Name | str
    quantity: Name
    value: Name
    flag: Name | None = None
    n: Name | None = None
    low: Name | None = None
    high: Name | None = None
    stations: Mapping[str, str] = field(default_factory=dict)
    quantities: Mapping[str, tuple[str, str, str | None]] = field(default_factory=dict)
    where: str = ""
    unit: str | None = None  # of quantities that name none; None: the registry's


@dataclass(frozen=True, slots=True)
class ImportMapping:
    """Everything that has to be known about a file to read it; ``repeat``: a value stands in each slot of its period."""

    park: str
    file: Format
    time: Time
    words: tuple[str, ...]
    sentinels: tuple[float, ...]
    sentinel_is: Literal["empty", "refused"]
    flags: Mapping[str, str]
    wide: tuple[Wide, ...]
    long: Long | None
    repeat: bool = True

    @property
    def text_columns(self) -> list[Name]:
        """The columns that are words and not numbers."""
        named: list[Name | None] = [one.flag for one in self.wide]
        if self.long is not None:
            named += [self.long.station, self.long.quantity, self.long.flag]
        if self.time.format != "number":
            named.append(self.time.column)
        return list(dict.fromkeys(name for name in named if name is not None))

    @property
    def columns(self) -> list[Name]:
        """Every column that is read."""
        named: list[Name | None] = [self.time.column, *(one.column for one in self.wide)]
        if self.long is not None:
            named += [self.long.value, self.long.n, self.long.low, self.long.high]
        return list(dict.fromkeys([*(n for n in named if n is not None), *self.text_columns]))


def read(document: Document) -> ImportMapping:
    """Make a mapping of what somebody has written.

    Raises:
        MappingError: something is missing, not known, or contradicts itself.

    """
    return _Reader(document).mapping()


def nearest(given: str, known: Iterable[str], else_say: str) -> str:
    """Return advice for a name that is not known."""
    near = get_close_matches(given, list(known), n=2, cutoff=0.5)
    return f"did you mean {' or '.join(near)}?" if near else else_say


class _Reader:
    def __init__(self, document: Document) -> None:
        self._document = document
        self._problems: list[str] = []

    def mapping(self) -> ImportMapping:
        top = self._part(self._document.content, _TOP)
        missing = self._part(top.get("missing", {}), _MISSING, "missing")
        sentinels = self._numbers(missing.get("sentinels", list(SENTINELS)), "missing", "sentinels")
        read_as = self._one_of(missing.get("as", "empty"), ("empty", "refused"), "missing", "as")
        if ("columns" in top) == ("long" in top):
            self._say("write either columns (one column a sensor) or long (one value a row)")
        found = ImportMapping(
            park=str(top.get("park", "")) or self._need("park", "the code of the park"),
            file=self._file(top.get("file", {})),
            time=self._time(top.get("time", {})),
            words=tuple(str(word) for word in missing.get("words", MISSING_WORDS)),
            sentinels=sentinels,
            sentinel_is="refused" if read_as == "refused" else "empty",
            flags=self._flags(top.get("flags", {})),
            wide=tuple(self._wide(top.get("columns", {}), sentinels)),
            long=self._long(top["long"]) if "long" in top else None,
            repeat=bool(top.get("repeat", True)),
        )
        if self._problems:
            raise MappingError("\n".join(self._problems))
        return found

    def _file(self, given: Any) -> Format:
        part = self._part(given, _FILE, "file")
        decimal = self._one_of(part.get("decimal", "."), (".", ","), "file", "decimal")
        delimiter = part.get("delimiter")
        if delimiter is not None and (len(str(delimiter)) != 1 or delimiter == decimal):
            self._say("delimiter must be one character other than the decimal sign", "file", "delimiter")
        return Format(
            None if delimiter is None else str(delimiter),
            str(part.get("encoding", "auto")),
            decimal,
            bool(part.get("header", True)),
            self._integer(part.get("skip", 0), 0, "file", "skip"),
            None if part.get("sheet") is None else str(part["sheet"]),
        )

    def _time(self, given: Any) -> Time:
        part = self._part(given, _TIME, "time")
        zone = part.get("zone")
        if zone is not None:
            try:
                ZoneInfo(str(zone))
            except (ZoneInfoNotFoundError, ValueError):
                self._say(
                    f"zone {zone!r} is not known; write an IANA name like Asia/Shanghai", "time", "zone"
                )
        units = {"d": 86400.0, "h": 3600.0, "min": 60.0, "s": 1.0, "ms": 0.001}
        unit = self._one_of(part.get("unit", "s"), tuple(units), "time", "unit")
        period_s = self._integer(part.get("period_s"), 60, "time", "period_s")
        if period_s % 60:
            self._say(
                f"period_s {period_s} is no whole number of minutes; write 60, 300, 900, 3600 ...", "time"
            )
        column = part.get("column")
        if column is None:
            self._need("column", "the column that says when", "time")
        label = self._one_of(part.get("label", "start"), ("start", "end"), "time", "label")
        return Time(
            column if isinstance(column, int) else str(column),
            str(part.get("format", "iso")),
            period_s,
            None if zone is None else str(zone),
            "end" if label == "end" else "start",
            units[unit],
            str(part.get("origin", "1970-01-01T00:00:00+00:00")),
        )

    def _flags(self, given: Any) -> dict[str, str]:
        found = {}
        for word, flag in (given if isinstance(given, dict) else {}).items():
            if str(flag) not in FLAGS or len(str(flag)) != 1:
                self._say(
                    f"flag {flag!r} is none of HJ 212; write one of {' '.join(FLAGS)}", "flags", str(word)
                )
            found[str(word)] = str(flag)
        return found

    def _wide(self, given: Any, sentinels: tuple[float, ...]) -> Iterable[Wide]:
        for column, cell in (given if isinstance(given, dict) else {}).items():
            part = self._part(cell, _COLUMN, "columns", str(column))
            for key in ("station", "quantity"):
                if not part.get(key):
                    self._need(key, f"the code of the {key}", "columns", str(column))
            own = part.get("sentinels")
            yield Wide(
                column,
                Target(
                    str(part.get("station", "")),
                    str(part.get("quantity", "")),
                    str(part.get("form") or ""),
                    _unit(part),
                ),
                part.get("flag"),
                sentinels if own is None else self._numbers(own, "columns", str(column)),
                self._document.where("columns", str(column)),
            )

    def _long(self, given: Any) -> Long:
        part = self._part(given, _LONG, "long")
        for key in ("station", "quantity", "value"):
            if part.get(key) is None:
                self._need(key, f"the column of the {key}", "long")
        quantities = {}
        for word, cell in (part.get("quantities") or {}).items():
            one = self._part(
                {"quantity": cell} if isinstance(cell, str) else cell, _QUANTITY, "long", "quantities"
            )
            quantities[str(word)] = (str(one.get("quantity", "")), str(one.get("form") or ""), _unit(one))
        return Long(
            part.get("station", ""),
            part.get("quantity", ""),
            part.get("value", ""),
            part.get("flag"),
            part.get("n"),
            part.get("min"),
            part.get("max"),
            {str(word): str(code) for word, code in (part.get("stations") or {}).items()},
            quantities,
            self._document.where("long"),
            _unit(part),
        )

    def _part(self, given: Any, known: tuple[str, ...], *way: str) -> dict[str, Any]:
        if not isinstance(given, dict):
            self._say(f"this must be a mapping of {', '.join(known)}", *way)
            return {}
        for key in given:
            if key not in known:
                advice = nearest(str(key), known, f"write one of: {', '.join(known)}")
                self._say(f"{key!r} is not known; {advice}", *way, str(key))
        return given

    def _numbers(self, given: Any, *way: str) -> tuple[float, ...]:
        if not isinstance(given, list) or not all(isinstance(one, int | float) for one in given):
            self._say("sentinels must be a list of numbers, like [-9999, -200]", *way)
            return ()
        return tuple(float(one) for one in given)

    def _integer(self, given: Any, least: int, *way: str) -> int:
        if not isinstance(given, int) or given < least:
            self._say(f"{way[-1]} must be a whole number of at least {least}", *way)
            return max(least, 60)
        return given

    def _one_of(self, given: Any, known: tuple[str, ...], *way: str) -> str:
        if str(given) not in known:
            self._say(f"{way[-1]} {given!r} is not known; write one of: {', '.join(known)}", *way)
        return str(given)

    def _need(self, key: str, what: str, *way: str) -> str:
        self._say(f"{key} is missing; write {what}", *way)
        return ""

    def _say(self, what: str, *way: str) -> None:
        self._problems.append(f"{self._document.where(*way)}: {what}")


def _unit(part: Mapping[str, Any]) -> str | None:
    return None if part.get("unit") is None else str(part["unit"])
