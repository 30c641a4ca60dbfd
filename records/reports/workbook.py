"""A report as an Excel workbook: the cover, then a sheet for each section; numbers are numbers, as they are printed."""

import io
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import xlsxwriter  # type: ignore[import-untyped] # it ships no types

from records.reports.blocks import Block, Cell, Report, Section, Table, Text

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
_LONGEST = 31  # letters of the name of a sheet
_INK, _PALE, _RULE = "#1f2933", "#eceff1", "#b0b8bf"
_TONES = {
    "over": {"font_color": "#b71c1c", "bold": True},
    "lacking": {"font_color": "#6b5b00", "italic": True},
}
_CHINESE, _LATIN = 1.9, 1.0  # letters that a character takes


def workbook(report: Report, made_at: datetime) -> bytes:
    """Return the bytes of a workbook; the same report made at the same time has the same bytes."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        book.set_properties(
            {
                "title": f"{report.title} {report.period}",
                "author": "Smartpark",
                "created": made_at.replace(tzinfo=None),
            }
        )
        paper = _Paper(book, report)
        paper.cover()
        for section in report.sections:
            if section.blocks and section.sheet:
                paper.section(section)
    return buffer.getvalue()


@dataclass(slots=True)
class _Paper:
    """The book being written, its formats, and the names of sheets that are taken."""

    book: Any
    report: Report
    formats: dict[tuple[object, ...], Any] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)

    def cover(self) -> None:
        sheet = self._sheet("封面", wide=False)
        sheet.set_column(0, 0, 18)
        sheet.set_column(1, 1, 62)
        sheet.set_row(1, 34)
        sheet.merge_range(1, 0, 1, 1, self.report.title, self._format(size=20, bold=True, align="center"))
        sheet.merge_range(2, 0, 2, 1, self.report.period, self._format(size=13, align="center"))
        if self.report.draft:
            red = self._format(size=13, bold=True, align="center", color="#b71c1c")
            sheet.merge_range(3, 0, 3, 1, f"【{self.report.draft}】", red)
        line = 5
        for name, value in self.report.cover:
            sheet.write_string(line, 0, name, self._format(bold=True, border=1, fill=_PALE))
            sheet.write_string(line, 1, value, self._format(border=1, wrap=True))
            line += 1
        for signer in self.report.signers:
            line += 2
            sheet.write_string(line, 0, f"{signer}:", self._format(bold=True))
            sheet.write_string(line, 1, " " * 44 + "日期:", self._format(bottom=1))

    def section(self, section: Section) -> None:
        sheet = self._sheet(section.sheet, wide=True)
        sheet.write_string(0, 0, section.title, self._format(size=14, bold=True))
        line = 2
        widths: dict[int, int] = {}
        heads: list[tuple[int, int]] = []
        for block in section.blocks:
            line = self._block(sheet, block, line, widths, heads)
        for column, width in widths.items():
            sheet.set_column(column, column, width)
        if len(heads) == 1:  # one table: its head stays in sight and on every page
            first, last = heads[0]
            sheet.repeat_rows(first, last)
            sheet.freeze_panes(last + 1, 1)

    def _block(
        self, sheet: Any, block: Block, line: int, widths: dict[int, int], heads: list[tuple[int, int]]
    ) -> int:
        if isinstance(block, Text):
            sheet.write_string(line, 0, block.text, self._format(tone=block.tone))
            return line + 1
        return self._table(sheet, block, line, widths, heads) if isinstance(block, Table) else line

    def _table(
        self, sheet: Any, table: Table, line: int, widths: dict[int, int], heads: list[tuple[int, int]]
    ) -> int:
        if table.title:
            sheet.write_string(line, 0, table.title, self._format(bold=True))
            line += 1
        if not table.rows:
            sheet.write_string(line, 0, table.empty, self._format(tone="lacking"))
            return line + 2
        first = line
        line = self._head(sheet, table, line)
        heads.append((first, line - 1))
        for cells in table.rows:
            self._row(sheet, line, cells)
            line += 1
        for cells in table.totals:
            self._row(sheet, line, cells, bold=True)
            line += 1
        for number, column in enumerate(table.columns):
            need = max([column.width, *(_letters(row[number].text) for row in table.rows)])
            widths[number] = min(max(widths.get(number, 0), need + 1), 48)
        return line + 1

    def _head(self, sheet: Any, table: Table, line: int) -> int:
        head = self._format(bold=True, border=1, fill=_PALE, align="center", wrap=True)
        if not table.grouped:
            for number, column in enumerate(table.columns):
                sheet.write_string(line, number, column.name, head)
            return line + 1
        for first, last, group in table.groups:
            if not group:
                sheet.merge_range(line, first, line + 1, first, table.columns[first].name, head)
                continue
            if first == last:
                sheet.write_string(line, first, group, head)
            else:
                sheet.merge_range(line, first, line, last, group, head)
            for number in range(first, last + 1):
                sheet.write_string(line + 1, number, table.columns[number].name, head)
        return line + 2

    def _row(self, sheet: Any, line: int, cells: tuple[Cell, ...], *, bold: bool = False) -> None:
        for number, cell in enumerate(cells):
            if cell.number is None:
                look = self._format(border=1, tone=cell.tone, bold=bold, fill=_PALE if bold else None)
                sheet.write_string(line, number, cell.text, look)
            else:
                form = "#,##0" if cell.decimals <= 0 else "#,##0." + "0" * cell.decimals
                fill = _PALE if bold else None
                look = self._format(border=1, tone=cell.tone, bold=bold, fill=fill, form=form)
                sheet.write_number(line, number, cell.number, look)

    def _sheet(self, name: str, *, wide: bool) -> Any:
        clean = _FORBIDDEN.sub(" ", name)[:_LONGEST].strip() or "表"
        free, number = clean, 2
        while free.lower() in self.names:
            free = f"{clean[: _LONGEST - 4]} {number}"
            number += 1
        self.names.add(free.lower())
        sheet = self.book.add_worksheet(free)
        if wide:
            sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.hide_gridlines(2)
        draft = f"&C【{self.report.draft}】" if self.report.draft else ""
        sheet.set_header(f"&L{self.report.title}{draft}&R{self.report.period}")
        sheet.set_footer(f"&L{self.report.foot}&R第 &P 页 共 &N 页")
        return sheet

    def _format(self, *, tone: str = "", **look: Any) -> Any:
        key = (tone, *sorted((name, value) for name, value in look.items() if value is not None))
        if key not in self.formats:
            wanted: dict[str, Any] = {
                "font_name": "宋体",
                "font_size": look.get("size", 10),
                "font_color": _INK,
            }
            wanted["valign"] = "vcenter"
            wanted |= {k: look[k] for k in ("bold", "align", "border", "bottom") if look.get(k)}
            if look.get("border"):
                wanted["border_color"] = _RULE
            for name, wish in (("fill", "bg_color"), ("form", "num_format"), ("color", "font_color")):
                if look.get(name):
                    wanted[wish] = look[name]
            if look.get("wrap"):
                wanted["text_wrap"] = True
            self.formats[key] = self.book.add_format(wanted | _TONES.get(tone, {}))
        return self.formats[key]


def _letters(text: str) -> int:
    return round(sum(_CHINESE if ord(letter) > 0x2E80 else _LATIN for letter in text))
