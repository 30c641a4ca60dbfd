"""Days from hours and a month from days, by the rule of each medium as records are made by it; pure."""

import numpy as np
from numpy.typing import NDArray

from simulators.chance import Floats
from simulators.past.happenings import ABNORMAL, NONE, SHORT, STOPPED, VALID
from simulators.past.hours import Table
from simulators.past.points import Points, rules

_WINDOWS, _FIRST_WINDOW = 14, 7  # of eight hours within a day
_SHARE = 0.75
_FEBRUARY = 29


def longer(parts: Table, points: Points, span: str, parts_in_each: int) -> Table:
    """Return the table [k, h / parts_in_each] of a ``day`` of so many hours or a ``month`` of so many days."""
    shape = (len(points), -1, parts_in_each)
    split = {
        name: getattr(parts, name).reshape(shape)
        for name in Table.__slots__
        if name not in {"start_s", "expected"}
    }
    valid = split["status"] == VALID
    status = _status(split["status"], split["received"] > 0, valid, points, span)
    usable = valid & (status == VALID)[:, :, None]
    amount = _sum(split["amount"])
    mean = _mean(split, usable, points)
    expected = np.full(status.shape, parts_in_each, np.int32)
    return Table(
        parts.start_s[::parts_in_each],
        status,
        _flag(split, status, valid, points, span),
        expected,
        (split["received"] > 0).sum(axis=2).astype(np.int32),
        valid.sum(axis=2).astype(np.int32),
        mean,
        _extreme(split["low"], valid, np.inf),
        _extreme(split["high"], valid, -np.inf),
        amount,
        _sum(split["mass"]),
        _eight_hours(split["mean_8h"], points, span),
        np.where((points.flow >= 0)[:, None], amount[points.flow], mean[points.wind]),
    )


def _status(
    part: NDArray[np.int8], came: NDArray[np.bool_], valid: NDArray[np.bool_], points: Points, span: str
) -> NDArray[np.int8]:
    rule = [rules()[medium, span] for medium in points.medium]
    february = span == "month" and part.shape[2] <= _FEBRUARY
    need = np.asarray([one.need_february if february else one.need for one in rule])[:, None]
    spoils = np.asarray([one.spoils for one in rule])[:, None]
    count = valid.sum(axis=2)
    stopped = (part == STOPPED).sum(axis=2)
    return np.select(
        [
            ~came.any(axis=2),
            spoils & (part == ABNORMAL).any(axis=2),
            count >= need,
            (stopped > 0) & (stopped >= need - count),
        ],
        [NONE, ABNORMAL, VALID, STOPPED],
        SHORT,
    ).astype(np.int8)


def _mean(split: dict[str, NDArray[np.generic]], usable: NDArray[np.bool_], points: Points) -> Floats:
    mean, weight = (np.asarray(split[name], np.float64) for name in ("mean", "weight"))
    some = usable.any(axis=2)
    with np.errstate(invalid="ignore", divide="ignore"):
        out = np.where(usable, mean, 0.0).sum(axis=2) / usable.sum(axis=2)
        for row in points.of_method("flow_weighted"):
            volume = np.where(usable[row], np.nan_to_num(weight[row]), 0.0)
            carried = (np.nan_to_num(mean[row]) * volume).sum(axis=1)
            out[row] = np.where(volume.sum(axis=1) > 0, carried / volume.sum(axis=1), out[row])
        for row in points.of_method("vector"):
            speed = np.where(usable[row], np.nan_to_num(weight[row], nan=1.0), 0.0)
            angle = np.radians(np.nan_to_num(mean[row]))
            east, north = (speed * np.sin(angle)).sum(axis=1), (speed * np.cos(angle)).sum(axis=1)
            out[row] = np.degrees(np.arctan2(east, north)) % 360.0
        for row in points.of_method("energy"):
            energy = np.where(usable[row], 10.0 ** (np.nan_to_num(mean[row]) / 10.0), 0.0)
            out[row] = 10.0 * np.log10(energy.sum(axis=1) / usable[row].sum(axis=1))
    for row in points.of_method("counted"):
        last = usable.shape[2] - 1 - usable[row, :, ::-1].argmax(axis=1)
        out[row] = mean[row][np.arange(len(last)), last]
    return np.where(some, out, np.nan)


def _sum(part: NDArray[np.generic]) -> Floats:
    numbers = np.asarray(part, np.float64)
    known = ~np.isnan(numbers)
    return np.where(known.any(axis=2), np.where(known, numbers, 0.0).sum(axis=2), np.nan)


def _extreme(part: NDArray[np.generic], valid: NDArray[np.bool_], start: float) -> Floats:
    numbers = np.where(valid, np.asarray(part, np.float64), start)
    found = numbers.min(axis=2) if start > 0 else numbers.max(axis=2)
    return np.where(np.isfinite(found), found, np.nan)


def _eight_hours(part: NDArray[np.generic], points: Points, span: str) -> Floats:
    """Return the greatest eight-hour mean whose hours all lie within the day."""
    out = np.full(part.shape[:2], np.nan)
    if span == "day":
        rows = points.sliding
        within = np.asarray(part[rows], np.float64)[:, :, _FIRST_WINDOW:]
        known = ~np.isnan(within)
        greatest = np.where(known, within, -np.inf).max(axis=2)
        out[rows] = np.where(known.sum(axis=2) >= _WINDOWS, greatest, np.nan)
    return out


def _flag(
    split: dict[str, NDArray[np.generic]],
    status: NDArray[np.int8],
    valid: NDArray[np.bool_],
    points: Points,
    span: str,
) -> NDArray[np.uint8]:
    """Roll the flags up: water takes the most frequent abnormal one, the others are normal where three quarters are."""
    came = np.asarray(split["received"]) > 0
    flag = np.asarray(split["flag"], np.uint8)
    letters = [letter for letter in b"BCDFMST" if (flag == letter).any()]
    count = np.stack(
        [(came & (flag == letter)).sum(axis=2) for letter in letters] or [np.zeros(status.shape)]
    )
    worst = np.asarray(letters or [ord("N")], np.uint8)[len(count) - 1 - count[::-1].argmax(axis=0)]
    some = count.max(axis=0) > 0
    spoils = np.asarray([rules()[medium, span].spoils for medium in points.medium])[:, None]
    normal = (valid.sum(axis=2) >= _SHARE * came.sum(axis=2)) | ~some
    rolled = np.where(normal, ord("N"), np.where(status == STOPPED, ord("F"), ord("D")))
    found = np.where(spoils, np.where(some, worst, ord("N")), rolled)
    return np.where(came.any(axis=2), found, ord("-")).astype(np.uint8)
