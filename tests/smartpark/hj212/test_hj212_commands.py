"""The table of commands is whole: known words, a source in every line, no command twice."""

import csv
import re
from importlib.resources import files
from pathlib import Path
from typing import get_args

from smartpark.hj212 import commands as table
from smartpark.hj212.commands import commands

ROWS = list(
    csv.DictReader(
        line
        for line in files("smartpark.hj212").joinpath("commands.csv").read_text("utf-8").splitlines()
        if not line.startswith("#")
    )
)


def test_every_command_stands_once_with_four_digits():
    codes = [row["cn"] for row in ROWS]
    assert len(set(codes)) == len(codes) == len(commands())
    assert all(len(code) == 4 and code.isdigit() for code in codes)


def test_every_line_has_both_names_and_a_source():
    assert [
        row["cn"] for row in ROWS if not (row["name_zh"] and row["name_en"] and row["source"].strip())
    ] == []


def test_the_words_of_the_table_are_the_known_ones():
    assert {row["carries"] for row in ROWS} == {*get_args(table.Carries)}
    assert {row["send"] for row in ROWS} | {row["second"] for row in ROWS} == {"yes", ""}


def test_only_what_may_be_sent_can_ask_for_a_second_signature_or_has_fields():
    assert [one.cn for one in commands().values() if (one.second or one.fields) and not one.sendable] == []


def test_whatever_sets_something_at_an_instrument_needs_a_second_person():
    assert {one.cn for one in commands().values() if one.second} >= {
        *("1000", "1062", "1064", "1072", "3011", "3012", "3013", "3014", "3016", "3021"),
    }


def test_the_four_periods_of_data_are_known_by_their_command():
    kept = {one.cn: one.carries for one in commands().values() if one.carries not in {"talk", "report"}}
    assert kept == {"2011": "instant", "2051": "minute", "2061": "hour", "2031": "day", "2111": "minute"}


def test_replies_are_never_sent_as_requests():
    replies = (table.REQUEST_REPLY, table.RESULT, table.NOTICE_REPLY, table.DATA_REPLY, table.HEARTBEAT)
    assert [commands()[cn].sendable for cn in replies] == [False] * 5


def test_every_return_code_of_the_standard_has_words_in_both_languages():
    assert set(table.QN_RTN) == {1, 2, 3, 4, 5, 6, 7, 8, 9, 100}
    assert set(table.EXE_RTN) == {1, 2, 3, 4, 5, 6, 100}
    assert all(zh and en for zh, en in [*table.QN_RTN.values(), *table.EXE_RTN.values()])


def test_the_page_about_hj_212_names_every_command_and_every_deviation():
    root = Path(__file__).resolve().parents[3]
    page = (root / "docs" / "hj212.md").read_text("utf-8")
    assert {one for one in commands() if not re.search(rf"\b{one}\b", page)} == set()
    sources = "".join(path.read_text("utf-8") for path in (root / "smartpark" / "hj212").glob("*.py"))
    noted = set(re.findall(r'(?:add\(|[|] \{|frozenset\(\{|names, )"(\w+)"', sources))
    assert len(noted) == 11
    assert {word for word in noted if f"`{word}`" not in page} == set()
