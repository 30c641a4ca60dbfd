"""The comparison of a logger's values with ours as a file: a line for each period of each quantity."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

_VERDICTS = {
    "different": ("不一致", "different"),
    "equal": ("一致", "equal"),
    "only_logger": ("仅上报有", "logger only"),
    "only_ours": ("仅自产有", "ours only"),
    "few": ("数据不足", "too few readings"),
}
_HEADER = (
    "start", "enterprise", "station", "station_name", "mn", "quantity", "form", "name", "unit", "logger", "ours", "n",
    "expected", "difference", "relative", "verdict", "flag", "revision",
)  # fmt: skip
_MARK = b"\xef\xbb\xbf"  # so that office programs read Chinese


def lines(rows: Iterable[Mapping[str, Any]], place: Mapping[str, Any], lang: str) -> Iterator[bytes]:
    """Yield the rows of a comparison of one station as CSV, names and verdicts in a language.

    Ours has two digits more than the quantity is printed with; the logger's value is as sent.
    """
    which = 1 if lang == "en" else 0
    enterprise = place[f"enterprise_{lang}"] or place["enterprise_zh"] or ""
    named = place[f"name_{lang}"] or place["name_zh"]
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    out.writerow(_HEADER)
    yield _MARK + _taken(text)
    for row in rows:
        if row["sensor_id"] is None:
            return  # nothing but the totals
        digits = row["decimals"] + 2
        out.writerow((
            row["start"].isoformat(), _plain(enterprise), place["code"], _plain(named), row["mn"] or place["mn"],
            row["quantity"], row["form"], _plain(row[f"name_{lang}"] or row["name_zh"]), row["unit"], row["logger"],
            _rounded(row["ours"], digits), row["n"], row["expected"], _rounded(row["difference"], digits),
            _rounded(row["relative"], 6), _VERDICTS[row["verdict"]][which], _plain(row["flag"] or ""), row["revision"],
        ))  # fmt: skip
        yield _taken(text)


def _taken(text: io.StringIO) -> bytes:
    written = text.getvalue().encode()
    text.seek(0)
    text.truncate()
    return written


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


def _plain(text: str) -> str:
    """Quote what a spreadsheet would take for a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "@", "-"} else text
