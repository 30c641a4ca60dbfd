"""Hour records of the past: means of a few moments of each hour, by the method of each point; pure."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulators.chance import Floats
from simulators.past.happenings import HOUR_S, NONE, SHORT, VALID, Happenings, Story
from simulators.past.points import AMOUNTS, Points
from simulators.signals.ordinary import Ordinary

_MOMENTS_S = np.asarray([450, 1350, 2250, 3150])
_WINDOW, _NEEDED = 8, 6  # hours of the sliding mean of ozone; GB 3095-2026 table 4
_KG_H = 0.0036  # of mg/L * L/s; HJ 212-2017 app. D
_KG_MG = 1e-6


@dataclass(slots=True)
class Table:
    """Records of points [k] and consecutive periods [h] of one length; NaN: no number."""

    start_s: NDArray[np.int64]
    status: NDArray[np.int8]
    flag: NDArray[np.uint8]
    expected: NDArray[np.int32]
    received: NDArray[np.int32]
    samples: NDArray[np.int32]
    mean: Floats
    low: Floats
    high: Floats
    amount: Floats
    mass: Floats
    mean_8h: Floats
    weight: Floats  # what weighs a record in a longer one: the volume or the wind beside it


class Hours:
    """Makes the hours of a past from the signals of the live feed and from what happened."""

    def __init__(self, points: Points, signals: Ordinary, story: Story) -> None:
        self._points = points
        self._signals = signals
        self._story = story

    def of(self, start_s: int, end_s: int) -> Table:
        """Return the hours of [start, end) [s since 1970], both whole hours."""
        before_s = start_s - (_WINDOW - 1) * HOUR_S
        hours_s = np.arange(before_s, end_s, HOUR_S)
        values = self._values(hours_s)
        mean = values.mean(axis=2)
        here = slice(_WINDOW - 1, None)
        happened = self._story.of(hours_s[here], mean[:, here])
        values[:, here] *= happened.factor[:, :, None]
        self._show(values)
        values[:, here] *= happened.slip[:, :, None]
        eight = self._eight_hours(values.mean(axis=2), happened.status)
        return self._table(hours_s[here], values[:, here], eight, happened)

    def _values(self, hours_s: NDArray[np.int64]) -> Floats:
        """Return what the points show at four moments of each hour [k, h, 4]."""
        moments = (hours_s[:, None] + _MOMENTS_S).reshape(1, -1).astype(np.float64)
        values = self._signals.values(self._points.which, moments)
        return values.reshape(len(self._points), len(hours_s), len(_MOMENTS_S))

    def _show(self, values: Floats) -> None:
        """Cut and round as instruments do."""
        park, which = self._points.park, self._points.which
        np.minimum(values, park.span_high[which][:, None, None], out=values)
        scale = park.scale[which][:, None, None]
        np.round(values * scale, out=values)
        values /= scale

    def _table(
        self, hours_s: NDArray[np.int64], values: Floats, eight: Floats, happened: Happenings
    ) -> Table:
        points = self._points
        mean, low, high = values.mean(axis=2), values.min(axis=2), values.max(axis=2)
        factor = np.asarray([AMOUNTS.get(quantity, np.nan) for quantity in points.quantity])
        amount = mean * factor[:, None]
        mass = self._mass(mean)
        self._water(values, mean, mass)
        self._directions(values, mean)
        self._levels(values, mean)
        self._counters(hours_s, (mean, low, high, amount))
        status = happened.status
        valid = status == VALID
        flow = points.flow
        flowing = (flow >= 0)[:, None] & valid[flow] & valid
        counted = np.zeros(len(points), np.bool_)
        counted[points.of_method("counted")] = True
        told = valid | (counted[:, None] & (status == SHORT))
        some = happened.samples > 0
        return Table(
            hours_s,
            status,
            happened.flag,
            np.broadcast_to(points.slots[:, None], mean.shape),
            happened.received,
            happened.samples,
            np.where(valid, mean, np.nan),
            np.where(some, low, np.nan),
            np.where(some, high, np.nan),
            np.where(told, amount, np.nan),
            np.where(flowing, mass, np.nan),
            np.where(status == NONE, np.nan, eight),
            self._weight(np.where(valid, mean, np.nan), np.where(valid, amount, np.nan)),
        )

    def _mass(self, mean: Floats) -> Floats:
        """Return C * Q * 1e-6 of flue gas [kg/h] [k, h]; NaN of the others. HJ 212-2017 app. D eq. 33."""
        flow = self._points.flow
        gas = np.asarray([medium == "gas" for medium in self._points.medium]) & (flow >= 0)
        kg = np.maximum(mean, 0.0) * self._points.milligrams[:, None] * np.maximum(mean[flow], 0.0) * _KG_MG
        return np.where(gas[:, None], kg, np.nan)

    def _water(self, values: Floats, mean: Floats, mass: Floats) -> None:
        """Weigh concentrations in water with the flow beside them, and set their mass; HJ 212-2017 app. D."""
        rows = self._points.of_method("flow_weighted")
        flow = np.maximum(values[self._points.flow[rows]], 0.0)
        carried = (values[rows] * flow).mean(axis=2)
        with np.errstate(invalid="ignore", divide="ignore"):
            mean[rows] = np.where(flow.mean(axis=2) > 0, carried / flow.mean(axis=2), mean[rows])
        mass[rows] = carried * self._points.milligrams[rows][:, None] * _KG_H

    def _directions(self, values: Floats, mean: Floats) -> None:
        rows = self._points.of_method("vector")
        wind = self._points.wind[rows]
        speed = np.where((wind >= 0)[:, None, None], values[wind], 1.0)
        angle = np.radians(values[rows])
        east, north = (speed * np.sin(angle)).sum(axis=2), (speed * np.cos(angle)).sum(axis=2)
        mean[rows] = np.degrees(np.arctan2(east, north)) % 360.0

    def _levels(self, values: Floats, mean: Floats) -> None:
        rows = self._points.of_method("energy")
        mean[rows] = 10.0 * np.log10((10.0 ** (values[rows] / 10.0)).mean(axis=2))

    def _counters(self, hours_s: NDArray[np.int64], columns: tuple[Floats, ...]) -> None:
        """A counter's mean is its last value, its amount what it went on by."""
        rows = self._points.of_method("counted")
        mean, low, high, amount = columns
        edges = np.append(hours_s, hours_s[-1] + HOUR_S).astype(np.float64)[None, :]
        stands = self._signals.values(self._points.which[rows], edges)
        mean[rows] = high[rows] = stands[:, 1:]
        low[rows] = stands[:, :-1]
        amount[rows] = np.diff(stands, axis=1)

    def _eight_hours(self, mean: Floats, status: NDArray[np.int8]) -> Floats:
        """Return the eight-hour means of ozone that end with each hour [k, h]; the hours before count as valid."""
        out = np.full(status.shape, np.nan)
        rows = self._points.sliding
        shown = mean[rows].copy()
        shown[:, _WINDOW - 1 :][status[rows] != VALID] = np.nan
        windows = np.lib.stride_tricks.sliding_window_view(shown, _WINDOW, axis=1)
        count = (~np.isnan(windows)).sum(axis=2)
        out[rows] = np.where(count >= _NEEDED, np.nansum(windows, axis=2) / np.maximum(count, 1), np.nan)
        return out

    def _weight(self, mean: Floats, amount: Floats) -> Floats:
        flow, wind = self._points.flow[:, None] >= 0, self._points.wind[:, None] >= 0
        return np.where(flow, amount[self._points.flow], np.where(wind, mean[self._points.wind], np.nan))
