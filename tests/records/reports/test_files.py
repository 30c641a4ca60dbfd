"""Each file is opened again: it says what the facts say, has what an office signs on, and is the same when made again."""

import csv
import dataclasses
import io
import re
from pathlib import Path

import docx
import openpyxl
import pytest

from records.reports import keeping, outlets, outline, page, printing, words
from records.reports.keeping import written
from smartpark.science.rounding import half_even
from tests.records.reports import golden


@pytest.fixture(scope="module")
def printed():
    return golden.facts().printed(1, golden.MADE_AT)


@pytest.fixture(scope="module")
def book(printed):
    return openpyxl.load_workbook(io.BytesIO(written(printed, "xlsx")))


@pytest.fixture(scope="module")
def paper(printed):
    return docx.Document(io.BytesIO(written(printed, "docx")))


def tables(paper) -> list[list[list[str]]]:
    return [[[cell.text for cell in row.cells] for row in table.rows] for table in paper.tables]


def rows_of(sheet) -> list[tuple[object, ...]]:
    return [row for row in sheet.iter_rows(values_only=True) if any(one is not None for one in row)]


def test_a_workbook_has_a_sheet_for_each_part(book):
    assert book.sheetnames == [
        "封面", "概况", "汇总", "超标", "传输有效率", "数据缺失", "标记与修正", "修订", "排放量", "1号锅炉烟囱", "废水总排口",
        "明细", "说明",
    ]  # fmt: skip


def test_every_day_of_every_pollutant_stands_in_the_workbook_as_a_number(book, printed):
    found = {(row[0], row[1], row[2]): row for row in rows_of(book["明细"])[2:]}
    for point in printed.points:
        for row in () if point.auxiliary else point.rows:
            line = found[point.outlet, point.name, f"{row.start:%m月%d日}"]
            one = row.figure
            if one.status == "valid":
                assert line[3] == float(half_even(one.mean, point.decimals))
                assert (line[5], line[6]) == (float(half_even(one.min, 1)), float(half_even(one.max, 1)))
                assert line[10] == float(half_even(one.mass, 3))
                assert line[4] == (float(half_even(one.converted, 1)) if point.converts else "—")
            assert (line[7], line[8], line[9]) == (one.samples, one.expected, one.flag or "—")


def test_a_value_that_does_not_exist_is_said_with_its_counts_in_every_file(book, paper, printed):
    short, absent = "数据不足(12/24)", "数据不足(0/24)"
    days = {row[2]: row for row in rows_of(book["明细"])[2:] if row[1] == "二氧化硫"}
    assert (days["10月05日"][3], days["10月06日"][3]) == (short, absent)
    cells = [cell for table in tables(paper) for row in table for cell in row]
    assert short in cells
    assert absent in cells
    html = page.page(outline.report(printed))
    assert short in html
    assert absent in html
    assert "nan" not in html.lower()
    assert "None" not in html


def test_word_has_headings_tables_page_numbers_and_lines_to_sign(paper):
    headings = [one.text for one in paper.paragraphs if one.style.name == "Heading 1"]
    assert headings[0] == "一、概况"
    assert headings[-1] == "十、说明"
    assert "(2) 废水总排口 (ww-1)" in [one.text for one in paper.paragraphs if one.style.name == "Heading 2"]
    lines = [one.text for one in paper.paragraphs]
    for signer in ("编制: ", "审核: ", "签发: "):
        (line,) = [text for text in lines if text.startswith(signer)]
        assert line.count(" ") > 40
    foot = paper.sections[0].footer._element.xml
    assert "PAGE" in foot
    assert "NUMPAGES" in foot
    heads = [table for table in paper.tables if "w:tblHeader" in table._tbl.xml]
    assert len(heads) >= 10


def test_an_exceedance_stands_with_limit_standard_clause_and_factor_in_each_file(book, paper, printed):
    (line,) = [row for row in rows_of(book["超标"]) if row[0] == "1号锅炉烟囱"]
    assert line[1:9] == (
        "二氧化硫(折算)",
        "2026-10-12",
        "日均值",
        46.3,
        35,
        "mg/m³",
        0.32,
        "排污许可 GB 31571-2015 表5",
    )
    html = page.page(outline.report(printed))
    for text in ("46.3", "0.32", "排污许可 GB 31571-2015 表5", "补传"):
        assert text in html
        assert any(text in row for table in tables(paper) for row in table)


def test_rates_causes_proofs_and_emissions_are_told(book):
    rates = {row[0]: row for row in rows_of(book["传输有效率"])}
    assert rates["废水总排口"][5:9] == (69.9, 96.2, 67.2, "不合格")
    causes = {row[0]: row[1] for row in rows_of(book["数据缺失"]) if row[0] in {"企业", "平台"}}
    assert causes == {"企业": 41, "平台": 3}
    deeds = rows_of(book["标记与修正"])
    assert [row[9] for row in deeds if row[0] in {3, 12}] == ["缺凭证", "台账.pdf"]
    emitted = {
        row[0]: row
        for row in rows_of(book["排放量"])
        if len(row) > 6 and row[6] is not None and row[7] is not None
    }
    assert emitted["二氧化硫"][1:6] == (358.022, 12.5, 0, 370.522, 3.4)
    assert emitted["化学需氧量"][1] == "数据不足(缺400h)"


def test_a_rule_of_substitution_that_nobody_verified_is_named_with_its_standard_in_every_file(
    book, paper, printed
):
    line = ("二氧化硫", "其他缺失: 失效前 180 个有效小时的最大值", "HJ 75-2017 clause 12", "待核实", 12, 12.5)
    assert line in [row[:6] for row in rows_of(book["排放量"])]
    html = page.page(outline.report(printed))
    for text in (*line[1:4], "含待核实替代方法的合计量仅供参考"):
        assert text in html
    words = [cell for table in tables(paper) for row in table for cell in row]
    assert "待核实" in words
    assert "HJ 75-2017 clause 12" in words


def test_a_mass_that_is_lacking_is_no_dash(book):
    days = {(row[1], row[2]): row for row in rows_of(book["明细"])[2:]}
    assert days["二氧化硫", "10月05日"][10] == "数据不足(12/24)"
    unweighed = golden.replaced(golden.facts().points[0], weighed=False)
    told = golden.replaced(golden.facts(), points=(unweighed,))
    assert outlets.summary(told).blocks[0].rows[0][-1].text == "—"


def test_hours_of_a_day_have_a_share_and_no_ratio_of_good_days(printed):
    days = (golden.aqi("空气一站", 0, 40),)
    names = {}
    for kind in ("daily", "monthly"):
        cover = golden.replaced(golden.facts().cover, kind=kind)
        table = outline.air(golden.replaced(golden.facts(), cover=cover, air=days)).blocks[0]
        names[kind] = table.columns[-1].name
    assert names == {"daily": "优良小时占比 %", "monthly": "优良率 %"}


@pytest.mark.parametrize("form", ["xlsx", "docx"])
def test_what_no_xml_can_carry_is_replaced_wherever_somebody_wrote_it(form):
    facts = golden.facts()
    cover = golden.replaced(facts.cover, enterprise="甲\x01化工", zone="一\x0b区")
    points = (
        golden.replaced(facts.points[0], outlet="1号\ufffe烟囱", name="二氧\x1f化硫"),
        *facts.points[1:],
    )
    marks = (golden.replaced(facts.marks[0], reason="采样泵\x08更换", proof="a\x02.pdf"),)
    told = golden.replaced(facts, cover=cover, points=points, marks=marks).printed(1, golden.MADE_AT)
    content = written(told, form)
    if form == "xlsx":
        reasons = {
            row[5]
            for row in rows_of(openpyxl.load_workbook(io.BytesIO(content))["标记与修正"])
            if row[0] == 3
        }
    else:
        reasons = {
            cell for table in tables(docx.Document(io.BytesIO(content))) for row in table for cell in row
        }
    assert "采样泵\N{REPLACEMENT CHARACTER}更换" in reasons


@pytest.mark.parametrize("form", ["xlsx", "docx"])
def test_the_same_facts_are_the_same_bytes(printed, form):
    assert written(printed, form) == written(printed, form)


def test_a_draft_says_so_and_a_finalised_month_does_not(printed):
    html = page.page(outline.report(printed))
    assert html.count("未定稿") >= 3
    sealed = golden.facts(sealed=golden.SEALED).printed(2, golden.MADE_AT)
    assert outline.report(sealed).draft == ""
    assert "已定稿 (bureau, 2026-11-10 09:00)" in page.page(outline.report(sealed))


def test_days_of_sand_are_counted_with_and_without(printed):
    days = (golden.aqi("空气一站", 0, 40), golden.aqi("空气一站", 1, 180), golden.aqi("空气一站", 2, None))
    sandy = (days[0], golden.replaced(days[1], sand=True), days[2])
    section = outline.air(golden.replaced(golden.facts(), air=sandy))
    counts = {row[1].text: [cell.text for cell in row[2:]] for row in section.blocks[0].rows}
    assert counts["含沙尘"] == ["1", "1", "0", "0", "0", "0", "1", "100.0"]
    assert counts["剔除沙尘"] == ["1", "0", "0", "0", "0", "0", "1", "100.0"]
    assert [row[6].text for row in section.blocks[-1].rows] == ["—", "沙尘天气", "缺 O3"]
    assert section.blocks[-1].rows[2][2].text == "NA"


def test_what_people_wrote_cannot_become_markup(printed):
    facts = golden.facts()
    hostile = facts.marks[0].__class__(**{**_of(facts.marks[0]), "reason": "</style><script>x</script>"})
    told = golden.replaced(facts, marks=(hostile,)).printed(1, golden.MADE_AT)
    html = page.page(outline.report(told))
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "default-src 'none'" in html


def _of(one) -> dict[str, object]:
    return {name: getattr(one, name) for name in one.__slots__}


@pytest.mark.skipif(printing.printer() is None, reason="no Chromium on this machine")
def test_a_pdf_has_pages_and_the_time_of_its_report(printed):
    content = written(printed, "pdf")
    assert content.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", content)) > 1
    assert b"/CreationDate (D:20261031180500" in content


def test_without_a_browser_one_sentence_says_what_to_do(printed, monkeypatch):
    monkeypatch.setattr(printing, "_NAMES", ("no-such-browser",))
    with pytest.raises(printing.NoPrinterError, match="install it: apt-get install chromium") as caught:
        written(printed, "pdf")
    assert "apt-get install chromium" in caught.value.zh


def test_a_browser_that_fails_is_no_empty_file(printed, monkeypatch):
    monkeypatch.setattr(printing, "printer", lambda: "/bin/false")
    with pytest.raises(printing.NoPrinterError, match="exit code 1"):
        written(printed, "pdf")


def test_a_file_is_named_in_chinese_without_what_no_disk_takes():
    assert (
        keeping.file_name("monthly", '甲/化"工', "2026年10月", 2, "docx")
        == "环保月报_甲化工_2026年10月_第2版.docx"
    )
    assert keeping.file_name("daily", "甲\x01\t化工", "x", 1, "pdf") == "环保日报_甲化工_x_第1版.pdf"


def test_the_cover_names_the_trade_in_chinese():
    facts = golden.facts()
    cover = dataclasses.replace(facts.cover, sector="chlor_alkali")
    made = outline.report(dataclasses.replace(facts, cover=cover).printed(1, golden.MADE_AT))
    assert ("行业", "氯碱") in made.cover


def test_every_trade_of_the_demo_park_has_a_chinese_word():
    path = Path(__file__).parents[3] / "parks" / "demo" / "enterprises.csv"
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    assert {row["sector"] for row in csv.DictReader(lines)} <= words.SECTORS.keys()


def test_hours_of_pollutants_and_of_outlets_are_told_apart(book):
    labels = [row[0] for row in rows_of(book["概况"])]
    assert {"应传 / 实传 / 有效 (因子小时)", "数据缺失 (排口小时)"} <= set(labels)
    assert any("两者不能相减" in str(cell) for row in rows_of(book["说明"]) for cell in row)
