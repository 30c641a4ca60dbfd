"""A report as a Word document: real headings, tables whose head is repeated, page numbers, and lines to sign on."""

import io
import zipfile
from collections.abc import Iterable
from datetime import UTC, datetime

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section as Sheet
from docx.shared import Cm, Pt, RGBColor
from docx.text.paragraph import Paragraph
from lxml import etree  # type: ignore[import-untyped] # it ships no types

from records.reports.blocks import Cell, Report, Section, Table, Text

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SONG, _HEI = "宋体", "黑体"
_INK = RGBColor(0x1F, 0x29, 0x33)
_TONES = {"over": "B71C1C", "lacking": "6B5B00"}
_PAPER_CM = (21.0, 29.7)
_MARGIN_CM = 1.8
_COVER_MM = (40, 134)
_TWENTIETHS_A_MM = 56.7  # of a point
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_MANY_COLUMNS = 12


def document(report: Report, made_at: datetime) -> bytes:
    """Return the bytes of a document; the same report made at the same time has the same bytes."""
    paper = docx.Document()
    _fonts(paper)
    _properties(paper, report, made_at)
    _cover(paper, report)
    _turn(paper.add_section(WD_SECTION.NEW_PAGE), wide=True)
    for section in report.sections:
        _section(paper, section)
    _edges(paper, report)
    buffer = io.BytesIO()
    paper.save(buffer)
    return _timeless(buffer.getvalue())


def _fonts(paper: Document) -> None:
    """Name the fonts of Chinese letters, which the style objects do not offer."""
    sizes = {"Normal": 10.5, "Title": 26, "Heading 1": 15, "Heading 2": 12, "Heading 3": 10.5}
    for name, size in sizes.items():
        style = paper.styles[name]
        font = style.font
        face = _SONG if name == "Normal" else _HEI
        font.name, font.size, font.color.rgb = "Times New Roman" if name == "Normal" else face, Pt(size), _INK
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        fonts.set(qn("w:eastAsia"), face)
    title = paper.styles["Title"].element.get_or_add_pPr()
    title.remove(title.find(qn("w:pBdr")))  # the template underlines it
    _turn(paper.sections[0], wide=False)


def _properties(paper: Document, report: Report, made_at: datetime) -> None:
    about = paper.core_properties
    about.title, about.author, about.language = f"{report.title} {report.period}", "Smartpark", "zh-CN"
    about.created = about.modified = made_at.astimezone(UTC).replace(tzinfo=None)
    about.last_modified_by, about.revision, about.comments = "Smartpark", 1, ""


def _cover(paper: Document, report: Report) -> None:
    for _ in range(3):
        paper.add_paragraph()
    _centred(paper.add_paragraph(report.title, style="Title"))
    _centred(paper.add_paragraph(report.period), size=16)
    if report.draft:
        _centred(paper.add_paragraph(f"【{report.draft}】"), size=16, colour="B71C1C")
    paper.add_paragraph()
    table = paper.add_table(0, 2, style="Table Grid")
    table.autofit = False
    widths = [round(width_mm * _TWENTIETHS_A_MM) for width_mm in _COVER_MM]
    for column, width_mm in zip(table.columns, _COVER_MM, strict=True):
        column.width = Cm(width_mm / 10)
    for name, value in report.cover:
        pair = (_cell(name, widths[0], 21, bold=True, fill=True), _cell(value, widths[1], 21))
        table._tbl.append(_line(list(pair)))  # noqa: SLF001 - a row of its own, as in the tables
    paper.add_paragraph()
    for signer in report.signers:
        line = paper.add_paragraph()
        line.paragraph_format.space_before = Pt(14)
        line.add_run(f"{signer}: ").bold = True
        line.add_run(" " * 44).underline = True
        line.add_run("    日期: ").bold = True
        line.add_run(" " * 30).underline = True


def _centred(line: Paragraph, size: float | None = None, colour: str = "") -> None:
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for run in line.runs:
        if size:
            run.font.size = Pt(size)
        if colour:
            run.font.color.rgb = RGBColor.from_string(colour)


def _turn(sheet: Sheet, *, wide: bool) -> None:
    width, height = reversed(_PAPER_CM) if wide else _PAPER_CM
    sheet.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
    sheet.page_width, sheet.page_height = Cm(width), Cm(height)
    sheet.left_margin = sheet.right_margin = Cm(_MARGIN_CM)
    sheet.top_margin = sheet.bottom_margin = Cm(_MARGIN_CM + 0.2)


def _section(paper: Document, section: Section) -> None:
    heading = paper.add_heading(section.title, section.level)
    heading.paragraph_format.page_break_before = section.opens
    for block in section.blocks:
        if isinstance(block, Text):
            run = paper.add_paragraph().add_run(block.text)
            if block.tone:
                run.font.color.rgb = RGBColor.from_string(_TONES.get(block.tone, "1F2933"))
        elif isinstance(block, Table):
            if block.title:
                paper.add_heading(block.title, section.level + 1)
            if block.rows:
                _table(paper, block)
            else:
                paper.add_paragraph(block.empty)


def _table(paper: Document, table: Table) -> None:
    shown = paper.add_table(0, len(table.columns), style="Table Grid")
    shown.autofit = False
    widths_mm = table.widths_mm(10 * (max(_PAPER_CM) - 2 * _MARGIN_CM))
    widths = [round(width_mm * _TWENTIETHS_A_MM) for width_mm in widths_mm]
    for column, width_mm in zip(shown.columns, widths_mm, strict=True):
        column.width = Cm(width_mm / 10)
    half_points = 14 if len(table.columns) > _MANY_COLUMNS else 17
    for line in _heads(table, widths, half_points):
        shown._tbl.append(line)  # noqa: SLF001 - rows of their own: one cell at a time takes a minute
    for cells in table.rows:
        shown._tbl.append(_row(cells, widths, half_points))  # noqa: SLF001
    for cells in table.totals:
        shown._tbl.append(_row(cells, widths, half_points, bold=True))  # noqa: SLF001
    paper.add_paragraph().paragraph_format.space_after = Pt(2)  # two tables in a row would grow together


def _heads(table: Table, widths: list[int], half_points: int) -> Iterable[etree._Element]:
    if not table.grouped:
        yield _line(
            [
                _cell(c.name, w, half_points, bold=True, fill=True)
                for c, w in zip(table.columns, widths, strict=True)
            ],
            head=True,
        )
        return
    above, below = [], []
    for first, last, group in table.groups:
        span = sum(widths[first : last + 1])
        if group:
            above.append(_cell(group, span, half_points, bold=True, fill=True, across=last - first + 1))
            names = [(table.columns[n].name, widths[n]) for n in range(first, last + 1)]
            below += [_cell(name, width, half_points, bold=True, fill=True) for name, width in names]
        else:
            name = table.columns[first].name
            above.append(_cell(name, span, half_points, bold=True, fill=True, merge="restart"))
            below.append(_cell("", span, half_points, bold=True, fill=True, merge="continue"))
    yield _line(above, head=True)
    yield _line(below, head=True)


def _row(
    cells: tuple[Cell, ...], widths: list[int], half_points: int, *, bold: bool = False
) -> etree._Element:
    made = []
    for cell, width in zip(cells, widths, strict=True):
        colour = _TONES.get(cell.tone, "")
        strong = bold or cell.tone == "over"
        made.append(
            _cell(
                cell.text,
                width,
                half_points,
                bold=strong,
                fill=bold,
                colour=colour,
                right=cell.number is not None,
            )
        )
    return _line(made)


def _line(cells: list[etree._Element], *, head: bool = False) -> etree._Element:
    line = OxmlElement("w:tr")
    about = etree.SubElement(line, qn("w:trPr"))
    etree.SubElement(about, qn("w:cantSplit"))
    if head:
        etree.SubElement(about, qn("w:tblHeader"))
    line.extend(cells)
    return line


def _cell(  # noqa: PLR0913 - how one cell looks
    text: str,
    width: int,
    half_points: int,
    *,
    bold: bool = False,
    fill: bool = False,
    colour: str = "",
    right: bool = False,
    across: int = 1,
    merge: str = "",
) -> etree._Element:
    """Return a cell; ``width`` in twentieths of a point, ``across`` columns, ``merge`` with the line below."""
    cell = OxmlElement("w:tc")
    about = etree.SubElement(cell, qn("w:tcPr"))
    etree.SubElement(about, qn("w:tcW"), {qn("w:w"): str(width), qn("w:type"): "dxa"})
    if across > 1:
        etree.SubElement(about, qn("w:gridSpan"), {qn("w:val"): str(across)})
    if merge:
        etree.SubElement(about, qn("w:vMerge"), {qn("w:val"): merge})
    if fill:
        etree.SubElement(about, qn("w:shd"), {qn("w:val"): "clear", qn("w:fill"): "ECEFF1"})
    line = etree.SubElement(cell, qn("w:p"))
    shape = etree.SubElement(line, qn("w:pPr"))
    etree.SubElement(shape, qn("w:spacing"), {qn("w:before"): "10", qn("w:after"): "10"})
    etree.SubElement(shape, qn("w:jc"), {qn("w:val"): "right" if right else "center" if fill else "left"})
    run = etree.SubElement(line, qn("w:r"))
    look = etree.SubElement(run, qn("w:rPr"))
    if bold:
        etree.SubElement(look, qn("w:b"))
    if colour:
        etree.SubElement(look, qn("w:color"), {qn("w:val"): colour})
    etree.SubElement(look, qn("w:sz"), {qn("w:val"): str(half_points)})
    etree.SubElement(run, qn("w:t")).text = text
    return cell


def _edges(paper: Document, report: Report) -> None:
    """Write title and draft above, revision and page number below, on every page."""
    for sheet in paper.sections:
        sheet.header.is_linked_to_previous = sheet.footer.is_linked_to_previous = True
    first = paper.sections[0]
    head, foot = first.header.paragraphs[0], first.footer.paragraphs[0]
    head.text = f"{report.title}  {report.period}"
    if report.draft:
        mark = head.add_run(f"  【{report.draft}】")
        mark.bold, mark.font.color.rgb = True, RGBColor.from_string("B71C1C")
    foot.text = f"{report.foot}    第 "
    _field(foot, "PAGE")
    foot.add_run(" 页 共 ")
    _field(foot, "NUMPAGES")
    foot.add_run(" 页")
    for line in (head, foot):
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        for run in line.runs:
            run.font.size = Pt(8)


def _field(line: Paragraph, code: str) -> None:
    """Add a number that Word counts."""
    for kind in ("begin", "", "end"):
        run = line.add_run()._r  # noqa: SLF001 - fields have no objects of their own
        if kind:
            etree.SubElement(run, qn("w:fldChar"), {qn("w:fldCharType"): kind})
        else:
            etree.SubElement(run, qn("w:instrText")).text = code


def _timeless(content: bytes) -> bytes:
    """Return the same zip without the times of its making."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as made,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as plain,
    ):
        for name in made.namelist():
            entry = zipfile.ZipInfo(name, _ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            plain.writestr(entry, made.read(name))
    return buffer.getvalue()
