"""What no report could print is refused where it is written, whoever writes it."""

from typing import Annotated

import pytest
from pydantic import TypeAdapter

from api.free_text import Printable

pytestmark = pytest.mark.integration
P = "/api/v1"
BAD = "采样泵\x0b更换"
SPAN = {"starts_at": "2026-10-01T00:00:00+08:00", "ends_at": "2026-10-01T01:00:00+08:00"}
ENTRY = {"enterprise": "e1", "pollutant": "COD", "year": 2026, "kg": 1}
CASES = [
    ("marks", {"sensor": 1, "kind": "device", "code": "x", **SPAN, "reason": BAD}, "body.reason"),
    ("marks/1/decide", {"decision": "refused", "note": BAD}, "body.note"),
    (
        "corrections",
        {
            "sensor": 1,
            "from": SPAN["starts_at"],
            "to": SPAN["ends_at"],
            "kind": "exclude",
            "reason": BAD,
        },
        "body.reason",
    ),
    ("corrections/1/confirm", {"note": BAD}, "body.note"),
    ("months/e1/2026-10/finalise", {"reason": BAD}, "body.reason"),
    ("data-findings/1/review", {"outcome": "explained", "note": BAD}, "body.note"),
    ("sand-episodes", {"park": "p1", "name": BAD, **SPAN, "document": "d"}, "body.name"),
    ("sand-episodes", {"park": "p1", "name": "n", **SPAN, "document": BAD}, "body.document"),
    ("declared-emissions", {**ENTRY, "quarter": 1, "document": BAD}, "body.document"),
    ("drills", {"park": "p1", "ends_at": SPAN["ends_at"], "reason": BAD}, "body.reason"),
    (
        "maintenance-windows",
        {"station": "s1", "kind": "maintenance", "ends_at": SPAN["ends_at"], "reason": BAD},
        "body.reason",
    ),
]


@pytest.mark.parametrize(("path", "body", "field"), CASES)
def test_a_control_character_is_refused_in_one_sentence(as_role, path, body, field):
    answer = as_role("admin").post(f"{P}/{path}", json=body)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"] == [
        {"field": field, "detail": "holds the control character U+000B; leave it out"}
    ]
    chinese = as_role("admin").post(f"{P}/{path}", json=body, headers={"Accept-Language": "zh"})
    assert chinese.json()["errors"][0]["detail"] == "含有控制字符 U+000B; 请删去"


def test_lines_and_tabs_are_words():
    text = "第一行\r\n\t第二行"
    assert TypeAdapter(Annotated[str, Printable]).validate_python(text) == text
