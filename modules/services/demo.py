"""Simulated notices and requests."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np

from modules.park_view import Row

_NOTICES = (
    (2, "安全", "safety", "冬季防冻防凝专项检查通知", "Winter freeze-protection inspection"),
    (5, "环保", "environment", "重污染天气应急演练安排", "Heavy-pollution response drill"),
    (9, "交通", "traffic", "2号卡口夜间施工绕行公告", "Night works at gate 2: diversion"),
    (16, "综合", "general", "园区公共管廊检修计划", "Overhaul plan of the public pipe rack"),
    (24, "能源", "energy", "有序用电方案意见征集", "Orderly power use: call for comments"),
)
_REQUESTS = (
    ("报修", "repair", "公共管廊照明损坏", "lights out on the pipe rack"),
    ("咨询", "question", "危废转移联单办理咨询", "how to file a waste manifest"),
    ("投诉", "complaint", "夜间异味反映", "smell at night"),
    ("报修", "repair", "雨水井盖缺失", "a rain-drain cover is missing"),
    ("咨询", "question", "用水计划调整申请", "change of the water plan"),
    ("报修", "repair", "卡口道闸故障", "a gate barrier is stuck"),
)
_ALLOWED_DAYS = 5


def notices(today: date) -> Iterator[dict[str, Any]]:
    """Yield the park's notices; the newest two days old."""
    for number, (back, kind_zh, kind_en, zh, en) in enumerate(_NOTICES, 1):
        data = {
            "kind_zh": kind_zh,
            "kind_en": kind_en,
            "title_zh": zh,
            "title_en": en,
            "published": today - timedelta(days=back),
        }
        yield {"register": "notice", "key": f"notice-{number}", "data": data}


def requests(
    enterprises: Sequence[Row], today: date, chance: np.random.Generator
) -> Iterator[dict[str, Any]]:
    """Yield requests of enterprises, most of them answered."""
    for number in range(1, 19 if enterprises else 1):
        kind_zh, kind_en, zh, en = _REQUESTS[int(chance.integers(len(_REQUESTS)))]
        one = enterprises[int(chance.integers(len(enterprises)))]
        opened = today - timedelta(days=int(chance.integers(0, 30)))
        closed = opened + timedelta(days=int(chance.integers(0, 7)))
        data = {
            "kind_zh": kind_zh,
            "kind_en": kind_en,
            "title_zh": zh,
            "title_en": en,
            "opened": opened,
            "closed": closed if closed <= today else None,
        }
        due = opened + timedelta(days=_ALLOWED_DAYS)
        yield {
            "register": "request",
            "key": f"request-{number:03d}",
            "enterprise_id": one["id"],
            "data": data,
            "due": due,
        }
