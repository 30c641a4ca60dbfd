"""Files as people keep them: wide and long, text in any encoding and workbooks."""

import zipfile
from datetime import datetime, timedelta

import openpyxl
import pytest

from records.imports.mapping import MappingError
from tests.records.imports.deeds import HEAD, T0, load, minutes, refused
from tests.records.imports.file_park import WIDE, write

pytestmark = pytest.mark.integration

LONG = """
park: p
time: {column: t, zone: Asia/Shanghai, period_s: 60}
long:
  station: s
  quantity: q
  value: v
  flag: f
  n: n
  min: lo
  max: hi
  stations: {一号排口: ww-out}
  quantities: {COD: w01018, Q: {quantity: w00000, unit: m3/d}}
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_chinese_files_are_read_however_they_were_saved(park, tmp_path, wide, encoding):
    path = write(tmp_path, "a.csv", HEAD + "2025-03-01 08:00,31,维护,36\r\n", encoding)
    load(park, path, wide)
    assert minutes(park, 12)[0][7] == "M"


def test_a_decimal_comma_needs_another_delimiter_and_gets_it(park, tmp_path):
    mapping = write(tmp_path, "m.yaml", WIDE + 'file: {decimal: ","}\n')
    text = "时间;COD;标记;流量\n2025-03-01 08:00;31,5;;36\n2025-03-01 08:01;x;;36,0\n2025-03-01 08:02;1,5;;\n"
    text += "2025-03-01 08:03;1.5;;\n2025-03-01 08:04;1.234,5;;\n"
    outcome = load(park, write(tmp_path, "a.csv", text), mapping)
    assert [row[3] for row in minutes(park, 12)] == [31.5, 1.5]
    assert [(line, value, reason) for line, _, value, reason in refused(outcome)] == [
        ("3", "x", "not_a_number"), ("5", "1.5", "not_a_number"), ("6", "1.234,5", "not_a_number"),
    ]  # fmt: skip


def test_a_number_of_a_workbook_is_one_whatever_the_decimal_sign_of_its_words_is(park, tmp_path):
    mapping = write(tmp_path, "m.yaml", WIDE + 'file: {decimal: ","}\n')
    book = openpyxl.Workbook()
    for row in (["时间", "COD", "标记", "流量"], ["2025-03-01 08:00", 31.5], ["2025-03-01 08:01", "32,5"]):
        book.active.append(row)
    book.active.append(["2025-03-01 08:02", "33.5"])
    book.save(tmp_path / "a.xlsx")
    outcome = load(park, tmp_path / "a.xlsx", mapping)
    assert [row[3] for row in minutes(park, 12)] == [31.5, 32.5]
    assert refused(outcome) == [("4", "COD", "33.5", "not_a_number")]


def test_a_long_file_names_station_and_quantity_in_each_row(park, tmp_path):
    text = (
        "t,s,q,v,f,n,lo,hi\n2025-03-01T08:00,一号排口,COD,31,N,4,30,33\n2025-03-01T00:01Z,ww-out,011,32,,,,\n"
        "2025-03-01T08:00,一号排口,Q,86.4,,,,\n2025-03-01T08:00,一号排口,CODx,5,,,,\n2025-03-01 08:02,ww-1,COD,5,,,,\n"
    )
    outcome = load(park, write(tmp_path, "a.csv", text), write(tmp_path, "m.yaml", LONG))
    assert [row[:7] for row in minutes(park, 12)] == [
        (T0, 4, 4, 31.0, 30.0, 33.0, 31.0),
        (T0 + timedelta(minutes=1), 1, 1, 32.0, 32.0, 32.0, 32.0),
    ]
    assert minutes(park, 11)[0][3] == pytest.approx(1.0)
    assert refused(outcome) == [
        ("5", "一号排口 CODx", "5", "unknown_sensor"),
        ("6", "ww-1 COD", "5", "unknown_sensor"),
    ]


def test_two_names_of_one_sensor_in_a_long_file_keep_each_its_unit(park, tmp_path):
    quantities = "quantities: {COD: w01018, COD_ug: {quantity: w01018, unit: µg/L}}"
    mapping = (
        "park: p\ntime: {column: t, format: iso, period_s: 60}\nlong:\n  station: s\n  quantity: q\n  value: v\n"
        f"  {quantities}\n"
    )
    text = "t,s,q,v\n2025-03-01T08:00,ww-out,COD,31\n2025-03-01T08:01,ww-out,COD_ug,32000\n2025-03-01T08:01,ww-out,COD,33\n"
    outcome = load(park, write(tmp_path, "a.csv", text), write(tmp_path, "m.yaml", mapping))
    assert [row[3] for row in minutes(park, 12)] == [31.0, 32.0]
    assert refused(outcome) == [("4", "ww-out COD", "33", "conflict")]


def test_the_unit_of_a_long_file_is_that_of_quantities_that_name_none(park, tmp_path):
    mapping = (
        "park: p\ntime: {column: t, format: iso, period_s: 60}\nlong:\n  station: s\n  quantity: q\n  value: v\n"
        "  unit: µg/L\n  quantities: {COD: w01018, NH: {quantity: w21003, unit: mg/L}, Q: w00000}\n"
    )
    path = write(
        tmp_path,
        "a.csv",
        "t,s,q,v\n2025-03-01T08:00,ww-out,COD,31000\n2025-03-01T08:00,ww-out,w01012,5000\n2025-03-01T08:00,ww-out,NH,2\n",
    )
    with pytest.raises(MappingError, match=r"Q: unit of w00000: .*does not convert"):
        load(park, path, write(tmp_path, "m.yaml", mapping))
    load(park, path, write(tmp_path, "n.yaml", mapping.replace(", Q: w00000", "")))
    assert [minutes(park, sensor)[0][3] for sensor in (12, 13, 14)] == [31.0, 2.0, 5.0]


def test_a_sheet_that_says_it_is_smaller_than_it_is_is_read_as_a_whole(park, tmp_path, wide):
    book = openpyxl.Workbook()
    book.active.append(["时间", "COD", "标记", "流量"])
    for minute in range(5):
        book.active.append([f"2025-03-01 08:0{minute}", 31.5, "正常", 36])
    book.save(tmp_path / "whole.xlsx")
    with zipfile.ZipFile(tmp_path / "whole.xlsx") as old, zipfile.ZipFile(tmp_path / "a.xlsx", "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b'<dimension ref="A1:D6"', b'<dimension ref="A1:B3"'))
        assert b'<dimension ref="A1:D6"' in old.read("xl/worksheets/sheet1.xml")
    load(park, tmp_path / "a.xlsx", wide)
    assert [len(minutes(park, sensor)) for sensor in (11, 12)] == [5, 5]


def test_a_workbook_is_read_like_a_text_file(park, tmp_path, wide):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["时间", "COD", "标记", "流量"])
    sheet.append(["2025-03-01 08:00", 31.5, "正常", 36])
    sheet.append(["2025-03-01 08:01", "坏了", None, None])
    book.save(tmp_path / "a.xlsx")
    outcome = load(park, tmp_path / "a.xlsx", wide)
    assert [row[3] for row in minutes(park, 12)] == [31.5]
    assert refused(outcome) == [("3", "COD", "坏了", "not_a_number")]


def test_cells_of_a_workbook_may_be_real_times(park, tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["时间", "COD", "标记", "流量"])
    book.active.append([datetime(2025, 3, 1, 8, 0), 31.5, None, None])  # noqa: DTZ001 - Excel has no zones
    book.save(tmp_path / "a.xlsx")
    load(park, tmp_path / "a.xlsx", write(tmp_path, "m.yaml", WIDE.replace('"%Y-%m-%d %H:%M"', "iso")))
    assert minutes(park, 12)[0][0] == T0
