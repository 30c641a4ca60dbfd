"""The simulated picture of a camera: a small SVG that says that it is simulated."""

from dataclasses import dataclass
from datetime import datetime
from html import escape

import numpy as np

MEDIA_TYPE = "image/svg+xml"
_WIDTH, _HEIGHT, _HORIZON = 640, 360, 210


@dataclass(frozen=True, slots=True)
class View:
    """What a camera sees: its own words, the place it looks at, and how grave the alert is."""

    camera_id: int
    camera: str
    place: str
    bearing_deg: float
    level: str
    hazy: bool  # a gas alert that is active


def draw(view: View, at: datetime) -> bytes:
    """Return the picture at an instant in the park's time zone; one camera always draws the same scene."""
    chance = np.random.default_rng(view.camera_id)
    dark = not 7 <= at.hour < 19
    sky, ground, steel = ("#141a22", "#1c1f1c", "#39424c") if dark else ("#c9d6df", "#b7ad98", "#8d98a3")
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}">',
        f'<rect width="{_WIDTH}" height="{_HORIZON}" fill="{sky}"/>',
        f'<rect y="{_HORIZON}" width="{_WIDTH}" height="{_HEIGHT - _HORIZON}" fill="{ground}"/>',
        *_plant(chance, steel, dark=dark),
    ]
    if view.hazy:
        parts += _haze(chance)
    parts += _words(view, at)
    return "".join([*parts, "</svg>"]).encode()


def _plant(chance: np.random.Generator, steel: str, *, dark: bool) -> list[str]:
    parts = []
    x = 20
    while x < _WIDTH - 60:
        width = int(chance.integers(28, 90))
        if chance.random() < 0.45:  # a column
            width, height = width // 3 + 8, int(chance.integers(90, 170))
        else:  # a tank
            height = int(chance.integers(36, 80))
        top = _HORIZON + 34 - height
        parts.append(
            f'<rect x="{x}" y="{top}" width="{width}" height="{height}" rx="5" fill="{steel}" stroke="#0005"/>'
        )
        if dark:
            parts.append(f'<circle cx="{x + width // 2}" cy="{top + 6}" r="2.5" fill="#ffd27a"/>')
        x += width + int(chance.integers(10, 46))
    racks = [f'<rect y="{_HORIZON + y}" width="{_WIDTH}" height="2.5" fill="#0003"/>' for y in (18, 24, 30)]
    return parts + racks


def _haze(chance: np.random.Generator) -> list[str]:
    x = int(chance.integers(180, 420))
    sizes = ((90, 26, 0.28), (150, 40, 0.18), (230, 58, 0.10))
    return [
        f'<ellipse cx="{x + rx // 2}" cy="{_HORIZON - ry // 2}" rx="{rx}" ry="{ry}" fill="#e8e3a5" opacity="{shade}"/>'
        for rx, ry, shade in sizes
    ]


def _words(view: View, at: datetime) -> list[str]:
    colour = {"red": "#d93025", "orange": "#e8710a", "yellow": "#f9ab00", "blue": "#1a73e8"}.get(
        view.level, "#888"
    )
    font = 'font-family="sans-serif" fill="#fff"'
    return [
        f'<rect width="{_WIDTH}" height="30" fill="#000a"/><rect width="6" height="30" fill="{colour}"/>',
        f'<text x="14" y="20" font-size="14" {font}>{escape(view.camera)} · {view.bearing_deg:.0f}°</text>',
        f'<text x="{_WIDTH - 12}" y="20" font-size="14" text-anchor="end" {font}>{at:%Y-%m-%d %H:%M:%S}</text>',
        f'<rect y="{_HEIGHT - 30}" width="{_WIDTH}" height="30" fill="#000a"/>',
        f'<text x="14" y="{_HEIGHT - 10}" font-size="14" {font}>{escape(view.place)}</text>',
        f'<text x="{_WIDTH - 12}" y="{_HEIGHT - 10}" font-size="14" text-anchor="end" {font}>模拟画面 SIMULATED</text>',
    ]
