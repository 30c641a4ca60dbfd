"""One message of readings on its way into a batch, object by object and, where needed, item by item.

The usual message takes the short way: JSON by orjson, one look-up of the tuple of keys, and the values go into the
batch's columns as they are. Whatever is unusual takes the long way, so that the good items of a message are kept
and each of the others gets a reason and a sentence.
"""

import json
from collections.abc import Mapping
from math import isfinite
from typing import Any

import orjson

from ingest.batch import NORMAL, Batch, Position
from ingest.directory import Station
from ingest.instants import Memory, TimeError
from ingest.refusal import Reason, Refusal, Suspect, shown

MAX_BYTES = 256 * 1024
MAX_READINGS = 10_000
FLAGS = {letter: ord(letter) for letter in "NFMSDCTB"}

_NUMBERS = frozenset({int, float})
_LARGEST_SEQ = 2**53
_SHAPE = 'write {"time": "2026-11-22T08:00:00+08:00", "values": {"a24088": 12.3}}'


def too_large(size: int) -> str:
    """Return the sentence about a message of so many bytes."""
    return f"the message has {size} bytes, {MAX_BYTES} are allowed; send it in parts"


class Opening:
    """Takes one message into a batch; ``refusal`` is why its topic leads nowhere."""

    __slots__ = ("_batch", "_message", "_refusal", "_station", "_station_id", "_times")

    def __init__(
        self, batch: Batch, times: Memory, station: Station | None, refusal: tuple[Reason, str] | None
    ) -> None:
        self._batch = batch
        self._times = times
        self._message = len(batch.origins) - 1
        self._station = station
        self._refusal = refusal
        self._station_id = station.station_id if station else 0

    def open(self, payload: bytes) -> None:
        """Decode the payload; every item of it is accepted or refused."""
        if len(payload) > MAX_BYTES:
            self._refuse_unopened("too_large", too_large(len(payload)))
            return
        try:
            document = orjson.loads(payload)
        except (orjson.JSONDecodeError, RecursionError):
            try:
                document = _load_slowly(payload)
            except (ValueError, RecursionError) as error:
                self._refuse_unopened("malformed", f"the message is not JSON ({_why(error)}); {_SHAPE}")
                return
        objects = document if type(document) is list else [document]
        if not objects:
            self._refuse_unopened("malformed", f"the array is empty; {_SHAPE}")
            return
        if len(objects) > 1 or len(payload) > MAX_READINGS:
            readings = sum(_size(entry) for entry in objects)
            if readings > MAX_READINGS:
                self._count(readings)
                detail = f"the message has {readings} readings, {MAX_READINGS} are allowed; send it in parts"
                self._refuse("too_large", detail, readings)
                return
        for number, entry in enumerate(objects):
            self._take(entry, number if document is objects else None)

    def _take(self, entry: Any, number: int | None) -> None:
        """Take one object of the message; ``number`` is its position in the array."""
        batch = self._batch
        values = entry.get("values") if type(entry) is dict else None
        if type(values) is not dict or not values:
            where = "the message" if number is None else f"element {number} of the array"
            what = "no values" if type(entry) is dict else f"{_kind(entry)}, no object"
            has = "has" if type(entry) is dict else "is"
            self._count(1)
            self._refuse("malformed", f"{where} {has} {what}; {_SHAPE}", 1)
            return
        items = len(values)
        self._count(items)
        station = self._station
        time_us: int | None = None
        refusal = self._refusal
        try:
            time_us = self._times.parse(entry.get("time"))
        except TimeError as error:
            refusal = refusal or (error.reason, str(error))
        if refusal is not None or station is None or time_us is None:
            reason, detail = refusal or ("unknown_station", "")
            self._refuse_values(reason, detail, values, time_us)
            return
        if "seq" in entry:
            self._note_seq(entry["seq"])
        if "lat" in entry:
            self._note_position(entry, time_us)
        rows = station.rows_of(tuple(values))
        flags = entry.get("flags")
        if rows is not None and flags is None and _NUMBERS.issuperset(map(type, values.values())):
            batch.rows.extend(rows)
            batch.sent.extend(values.values())
            batch.spans.append((self._message, time_us, items))
            return
        self._take_slowly(station, time_us, values, flags)

    def _take_slowly(self, station: Station, time_us: int, values: Mapping[str, Any], flags: Any) -> None:
        batch = self._batch
        if flags is not None and type(flags) is not dict:
            detail = f'flags is {_kind(flags)}; write {{"flags": {{"a24088": "M"}}}} or leave it out'
            self._refuse_values("bad_flag", detail, values, time_us)
            return
        kept = 0
        for key, value in values.items():
            row = station.keys.get(key)
            letter = flags.get(key, "N") if flags else "N"
            if row is None:
                detail = f"{shown(key)} is no quantity of station {shown(station.code)}; correct the key or add the sensor"
                self._refuse("unknown_quantity", detail, 1)
            elif type(value) not in _NUMBERS:
                self._refuse(
                    "malformed", f"{shown(key)} is {_kind(value)}; write a number without quotation marks", 1
                )
            elif type(letter) is not str or letter not in FLAGS:
                detail = f"the flag of {shown(key)} is {shown(letter)}; write one of N F M S D C T B"
                self._refuse("bad_flag", detail, 1)
                self._suspect(row, value, time_us, "bad_flag", detail)
            else:
                if FLAGS[letter] != NORMAL:
                    batch.flags.append((len(batch.rows), FLAGS[letter]))
                batch.rows.append(row)
                batch.sent.append(value)
                kept += 1
        if kept:
            batch.spans.append((self._message, time_us, kept))

    def _note_seq(self, seq: Any) -> None:
        if type(seq) is int and 0 <= seq <= _LARGEST_SEQ:
            self._batch.sequence.append((self._message, self._station_id, seq))

    def _note_position(self, entry: Mapping[str, Any], time_us: int) -> None:
        lat: Any = entry["lat"]
        lon: Any = entry.get("lon")
        if type(lat) in _NUMBERS and type(lon) in _NUMBERS and abs(lat) <= 90 and abs(lon) <= 180:
            received_us = self._batch.origins[self._message].received_us
            position = Position(self._station_id, time_us, float(lat), float(lon), received_us)
            self._batch.positions.append(position)

    def _count(self, items: int) -> None:
        self._batch.counted.append((self._message, self._station_id, items))

    def _refuse(self, reason: Reason, detail: str, items: int) -> None:
        self._batch.refusals.append(Refusal(self._message, reason, detail, items, self._station_id))

    def _refuse_unopened(self, reason: Reason, detail: str) -> None:
        self._count(1)
        self._refuse(reason, detail, 1)

    def _refuse_values(
        self, reason: Reason, detail: str, values: Mapping[str, Any], time_us: int | None
    ) -> None:
        self._refuse(reason, detail, len(values))
        if self._station is not None and self._station.safety:
            for key, value in values.items():
                row = self._station.keys.get(key)
                if row is not None:
                    self._suspect(row, value, time_us, reason, detail)

    def _suspect(self, row: int, value: Any, time_us: int | None, reason: Reason, detail: str) -> None:
        directory = self._batch.directory
        if directory.safety[row] and type(value) in _NUMBERS and isfinite(value):
            stored = float(value) * float(directory.factor[row]) + float(directory.shift[row])
            self._batch.suspects.append(
                Suspect(int(directory.sensor_id[row]), self._station_id, stored, time_us, reason, detail)
            )


def _size(entry: Any) -> int:
    values = entry.get("values") if type(entry) is dict else None
    return len(values) if type(values) is dict and values else 1


def _load_slowly(payload: bytes) -> Any:
    """Open what orjson refuses: NaN, Infinity and numbers beyond a double become floats that the check refuses."""
    return json.loads(payload.decode("utf-8-sig"), parse_int=_integer)


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) < 19 else float(digits)


def _why(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return f"byte {error.start} is not UTF-8"
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    return str(error)


def _kind(value: object) -> str:
    if value is None:
        return "null"
    words = {bool: "true or false", str: "a text", dict: "an object", list: "an array"}
    return words.get(type(value), "a number")
