"""From the words of a time column to the start of the minute of each row: pure, on columns."""

from datetime import datetime

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from records.imports.mapping import MappingError, Time

MINUTE_US = 60_000_000
_DAY_S = 86_400
_OFFSET = r"(?:Z|z|[+-]\d{2}:?\d{2})$"


def starts_us(column: "pd.Series[str]", time: Time, zone: str) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the start of the minute of every row [us since 1970] and which rows have one [n].

    ``zone`` is that of times without an offset; one that a clock change skips or shows twice has no start.
    """
    if time.format == "number":
        seconds = pd.to_numeric(column, errors="coerce").to_numpy(np.float64) * time.unit_s
        known = np.isfinite(seconds) & (np.abs(seconds) < 1e11)
        us = np.asarray(np.round(np.where(known, seconds, 0.0)), np.int64) + _origin_s(time)
        us = us * 1_000_000
    else:
        moments = _moments(column, time, zone)
        known = moments.notna().to_numpy(np.bool_)
        filled = moments.fillna(pd.Timestamp(0, tz="UTC"))
        us = np.asarray(filled.dt.as_unit("us").astype("int64"), np.int64)
    if time.label == "end":
        us = us - time.period_s * 1_000_000
    return us - us % MINUTE_US, known


def begins_a_period(starts: NDArray[np.int64], period_s: int, zone: str) -> NDArray[np.bool_]:
    """Return which starts [us since 1970] are whole multiples of a period [s] on the clock of a zone [n].

    A period of a day or more begins at midnight.
    """
    if period_s * 1_000_000 == MINUTE_US:
        return np.ones(len(starts), np.bool_)
    clock = pd.DatetimeIndex(starts.astype("datetime64[us]"), tz="UTC").tz_convert(zone).tz_localize(None)
    return np.asarray(clock.as_unit("us").asi8 % (min(period_s, _DAY_S) * 1_000_000) == 0)


def _moments(column: "pd.Series[str]", time: Time, zone: str) -> "pd.Series[pd.Timestamp]":
    words = column.astype("object").where(column.notna(), None)
    pattern = "ISO8601" if time.format == "iso" else time.format
    if time.format == "iso":
        own = column.str.contains(_OFFSET, regex=True, na=False)
        if own.all():
            return pd.to_datetime(words, format=pattern, errors="coerce", utc=True)
        if own.any():
            with_offset = pd.to_datetime(words.where(own), format=pattern, errors="coerce", utc=True)
            return with_offset.fillna(_local(words.where(~own), pattern, zone))
    elif "%z" in time.format:
        return pd.to_datetime(words, format=pattern, errors="coerce", utc=True)
    return _local(words, pattern, zone)


def _local(words: "pd.Series[str]", pattern: str, zone: str) -> "pd.Series[pd.Timestamp]":
    naive = pd.to_datetime(words, format=pattern, errors="coerce")
    return naive.dt.tz_localize(zone, ambiguous="NaT", nonexistent="NaT").dt.tz_convert("UTC")


def _origin_s(time: Time) -> int:
    try:
        moment = datetime.fromisoformat(time.origin)
    except ValueError as error:
        raise MappingError(
            f"time: origin {time.origin!r} is no instant; write 2026-01-01T00:00:00+08:00"
        ) from error
    if moment.tzinfo is None:
        raise MappingError(f"time: origin {time.origin!r} has no offset; write {time.origin}+08:00")
    return round(moment.timestamp())
