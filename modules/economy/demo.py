"""Simulated monthly figures: the park's are the sum of its enterprises' where those are reported."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import numpy as np

from modules.economy.indicators import indicators
from modules.park_view import Row

MONTHS = 24
_BY_ENTERPRISE = ("output", "tax")
_YEARLY_GROWTH = 0.08


def figures(enterprises: Sequence[Row], today: date, chance: np.random.Generator) -> Iterator[dict[str, Any]]:
    """Yield two years of months, the last complete one a draft, the one before confirmed by the park alone."""
    # The more there is to watch, the larger the works.
    weights = np.array([one["stations"] ** 1.5 if one["hazchem"] else 0.5 for one in enterprises])
    weights = weights * chance.uniform(0.7, 1.3, len(enterprises))
    shares = weights / weights.sum()
    for back in range(MONTHS, 0, -1):
        month = _months_before(today, back)
        status = {1: "draft", 2: "park_confirmed"}.get(back, "statistics_confirmed")
        season = 1.0 - 0.06 * np.cos(2 * np.pi * (month.month - 1) / 12)
        size = season * (1 + _YEARLY_GROWTH) ** (-back / 12)
        for code, indicator in indicators().items():
            amounts = indicator.monthly * size * shares * chance.normal(1.0, 0.03, len(shares))
            amounts = np.round(amounts, 4)
            row = {"indicator": code, "month": month, "status": status}
            yield row | {
                "enterprise_id": None,
                "value": round(float(amounts.sum()), 4),
                "source": "园区统计(模拟)",
            }
            if code in _BY_ENTERPRISE:
                for one, amount in zip(enterprises, amounts, strict=True):
                    yield row | {
                        "enterprise_id": one["id"],
                        "value": float(amount),
                        "source": "企业填报(模拟)",
                    }


def _months_before(today: date, months: int) -> date:
    number = today.year * 12 + today.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)
