"""Charts as SVG, of a few plain marks: greys, and one colour for what is above its limit; pure.

A point above the limit is a diamond as well as red, a period without a value is hatched: both survive a grey printer.
"""

from collections.abc import Sequence
from html import escape
from math import ceil, floor, log10

from records.reports.blocks import Bars, Lines, Tiles

_WIDE, _HIGH = 720, 190
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 12, 26, 24
_INK, _GREY, _PALE, _OVER = "#34414d", "#8a949e", "#e4e7ea", "#c62828"
_LABELS_FIT = 16
_BAR_HIGH, _BAR_NAME = 20, 190
_TILE = 44


def svg(chart: Lines | Bars | Tiles) -> str:
    """Return a chart as an SVG element."""
    match chart:
        case Lines():
            return _lines(chart)
        case Bars():
            return _bars(chart)
        case Tiles():
            return _tiles(chart)


def ticks(highest: float, wanted: int = 4) -> list[float]:
    """Return round numbers from 0 to at least ``highest``."""
    if highest <= 0:
        return [0.0, 1.0]
    rough = highest / wanted
    power = 10.0 ** floor(log10(rough))
    step = next(n * power for n in (1, 2, 2.5, 5, 10) if n * power >= rough * 0.999)
    return [number * step for number in range(ceil(highest / step - 1e-9) + 1)]


def _lines(chart: Lines) -> str:
    present = [value for value in chart.values if value is not None]
    lowest = min([0.0, *present])
    top = max([*present, chart.limit or 0.0, 0.0])
    marks = ticks(top - lowest)
    scale = (_HIGH - _TOP - _BOTTOM) / (marks[-1] or 1)
    slot = (_WIDE - _LEFT - _RIGHT) / max(len(chart.labels), 1)

    def y(value: float) -> float:
        return _HIGH - _BOTTOM - (value - lowest) * scale

    def x(number: int) -> float:
        return _LEFT + slot * (number + 0.5)

    parts = [_title(f"{chart.title} ({chart.unit})" if chart.unit else chart.title)]
    for mark in marks:
        at = y(mark + lowest)
        parts += [
            f'<line x1="{_LEFT}" y1="{at:.1f}" x2="{_WIDE - _RIGHT}" y2="{at:.1f}" stroke="{_PALE}"/>',
            _text(_LEFT - 6, at + 3.5, f"{mark + lowest:g}", anchor="end"),
        ]
    every = max(1, ceil(len(chart.labels) / _LABELS_FIT))
    for number, label in enumerate(chart.labels):
        if number % every == 0:
            parts.append(_text(x(number), _HIGH - 8, label, anchor="middle"))
        if chart.values[number] is None:
            parts.append(
                f'<rect x="{_LEFT + slot * number:.1f}" y="{_TOP}" width="{slot:.1f}"'
                f' height="{_HIGH - _TOP - _BOTTOM}" fill="url(#lacking)"/>'
            )
    parts += _run(chart.values, x, y)
    for number, value in enumerate(chart.values):
        if value is not None:
            over = chart.limit is not None and value > chart.limit
            parts.append(_diamond(x(number), y(value)) if over else _dot(x(number), y(value)))
    if chart.limit is not None:
        at = y(chart.limit)
        parts += [
            (
                f'<line x1="{_LEFT}" y1="{at:.1f}" x2="{_WIDE - _RIGHT}" y2="{at:.1f}" stroke="{_INK}"'
                ' stroke-width="1.2" stroke-dasharray="6 4"/>'
            ),
            _text(_WIDE - _RIGHT, 13, f"- - {chart.limit_words}", anchor="end", colour=_INK),
        ]
    return _frame(_WIDE, _HIGH, parts)


def _run(values: Sequence[float | None], x: object, y: object) -> list[str]:
    """Return the line, broken where values are lacking."""
    runs: list[list[str]] = [[]]
    for number, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append(f"{x(number):.1f},{y(value):.1f}")  # type: ignore[operator] # both are functions
    return [
        f'<polyline points="{" ".join(run)}" fill="none" stroke="{_INK}" stroke-width="1.4"/>'
        for run in runs
        if len(run) > 1
    ]


def _bars(chart: Bars) -> str:
    high = _TOP + _BAR_HIGH * len(chart.bars) + 8
    room = _WIDE - _BAR_NAME - 120
    top = max([value for _, value, _ in chart.bars] + [chart.limit or 0.0]) or 1.0
    parts = [_title(f"{chart.title} ({chart.unit})" if chart.unit else chart.title)]
    for number, (name, value, printed) in enumerate(chart.bars):
        at = _TOP + _BAR_HIGH * number
        over = chart.limit is not None and value > chart.limit
        width = room * max(value, 0.0) / top
        parts += [
            _text(_BAR_NAME - 8, at + 13, name, anchor="end", colour=_INK),
            (
                f'<rect x="{_BAR_NAME}" y="{at + 3}" width="{width:.1f}" height="{_BAR_HIGH - 7}"'
                f' fill="{_OVER if over else _GREY}"/>'
            ),
            _text(_BAR_NAME + width + 6, at + 13, printed, colour=_INK),
        ]
    if chart.limit is not None:
        at_x = _BAR_NAME + room * chart.limit / top
        parts += [
            (
                f'<line x1="{at_x:.1f}" y1="{_TOP - 2}" x2="{at_x:.1f}" y2="{high - 6}" stroke="{_INK}"'
                ' stroke-dasharray="4 3"/>'
            ),
            _text(at_x, _TOP - 5, chart.limit_words, anchor="middle", colour=_INK),
        ]
    return _frame(_WIDE, high, parts)


def _tiles(chart: Tiles) -> str:
    lines = ceil(len(chart.tiles) / chart.columns)
    parts = [_title(chart.title)]
    for number, (label, text, colour) in enumerate(chart.tiles):
        left, top = (number % chart.columns) * (_TILE + 3), _TOP + (number // chart.columns) * (_TILE + 3)
        fill = "url(#lacking)" if colour is None else "rgb({},{},{})".format(*colour)
        ink = _INK if colour is None or _bright(colour) else "#ffffff"
        parts += [
            f'<rect x="{left}" y="{top}" width="{_TILE}" height="{_TILE}" fill="{fill}" stroke="{_PALE}"/>',
            _text(left + 4, top + 12, label, colour=ink),
            _text(left + _TILE / 2, top + 32, text, anchor="middle", colour=ink, size=13),
        ]
    return _frame(chart.columns * (_TILE + 3), _TOP + lines * (_TILE + 3), parts)


def _bright(colour: tuple[int, int, int]) -> bool:
    red, green, blue = colour
    return 0.299 * red + 0.587 * green + 0.114 * blue > 140


def _title(text: str) -> str:
    return _text(0, 13, text, colour=_INK, size=12)


def _text(
    x: float, y: float, text: str, *, anchor: str = "start", colour: str = _GREY, size: int = 10
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{colour}" text-anchor="{anchor}">'
        f"{escape(text)}</text>"
    )


def _dot(x: float, y: float) -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2" fill="{_INK}"/>'


def _diamond(x: float, y: float) -> str:
    return f'<path d="M{x:.1f} {y - 5:.1f}l5 5l-5 5l-5 -5z" fill="{_OVER}"/>'


def _frame(wide: float, high: float, parts: Sequence[str]) -> str:
    hatch = (
        '<defs><pattern id="lacking" width="6" height="6" patternUnits="userSpaceOnUse"'
        f' patternTransform="rotate(45)"><line x1="0" y1="0" x2="0" y2="6" stroke="{_PALE}" stroke-width="2"/>'
        "</pattern></defs>"
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" width="{wide}" height="{high}"'
        f' role="img">{hatch}{"".join(parts)}</svg>'
    )
