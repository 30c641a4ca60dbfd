"""Simulated headcounts and certificates; numbers only, no names."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np

from modules.park_view import Row

POSTS = ("principal", "safety_manager", "special_operator")


def headcounts(enterprises: Sequence[Row], chance: np.random.Generator) -> Iterator[dict[str, Any]]:
    """Yield one row an enterprise: staff, contractors on site."""
    for one in enterprises:
        staff = int(chance.integers(260, 1900) if one["hazchem"] else chance.integers(25, 240))
        data = {"staff": staff, "contractors": int(staff * chance.uniform(0.03, 0.18))}
        yield {"register": "headcount", "key": one["code"], "enterprise_id": one["id"], "data": data}


def certificates(
    enterprises: Sequence[Row], today: date, chance: np.random.Generator
) -> Iterator[dict[str, Any]]:
    """Yield one row a post of each hazardous-chemical enterprise: needed, held, when the first one expires."""
    for one in (e for e in enterprises if e["hazchem"]):
        for post in POSTS:
            needed = {"principal": 1, "safety_manager": int(chance.integers(3, 12))}.get(post)
            needed = needed or int(chance.integers(20, 110))
            held = needed - int(needed * chance.choice([0, 0, 0, 0.05]))
            yield {
                "register": "certificate",
                "key": f"{one['code']}-{post}",
                "enterprise_id": one["id"],
                "data": {"post": post, "needed": needed, "held": held},
                "due": today + timedelta(days=int(chance.integers(-10, 900))),
            }
