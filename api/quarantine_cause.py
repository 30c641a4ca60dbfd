"""Which of several causes of the same reason it is that a message was refused, where that is known."""

from collections.abc import Mapping
from typing import Any, Literal

Cause = Literal["not_admitted", "wrong_password", "wrong_key", "no_key", "wrong_check", "logger_delivers"]


def cause_of(row: Mapping[str, Any]) -> Cause | None:
    """Return the cause by reason, topic, the station's kind, and how the sentence of ``ingest`` and ``hj212`` begins."""
    reason, detail = row["reason"], row["detail"]
    kind = row["topic"].split("/")[2:3]
    if reason == "wrong_feed":
        # In its own topic a station is refused only where a logger delivers for it.
        takes = kind == [row["kind"]] or " takes its data from HJ 212 " in detail
        return "logger_delivers" if takes else None
    if kind != ["hj212"]:
        return None
    if reason == "unknown_station":
        return "wrong_password" if detail.startswith("PW of ") else "not_admitted"
    if reason != "bad_crc":
        return None
    if " SM4 key " in detail:
        return "wrong_key"
    return "no_key" if " no key is set" in detail else "wrong_check"
