"""A report as one page of HTML with its charts, to be printed; pure."""

from collections.abc import Iterator
from html import escape

from records.reports.blocks import Block, Cell, Report, Section, Table, Text
from records.reports.charts import svg

_STYLE = """
@page { size: A4 landscape; margin: 15mm 13mm 14mm; @top-left { content: HEAD; font: 8pt FONTS; color: #5b6670 }
  @bottom-left { content: FOOT; font: 8pt FONTS; color: #5b6670 }
  @bottom-right { content: "第 " counter(page) " 页 共 " counter(pages) " 页"; font: 8pt FONTS; color: #5b6670 } }
@page upright { size: A4; margin: 16mm 20mm }
@page :first { @top-left { content: none } }
* { box-sizing: border-box }
body { font: 9.5pt/1.5 FONTS; color: #1f2933; margin: 0; font-variant-numeric: tabular-nums }
.cover { page: upright; break-after: page; padding-top: 40mm }
.cover h1 { font-size: 26pt; text-align: center; margin: 0 0 6mm; font-weight: 600 }
.cover .period { font-size: 15pt; text-align: center; margin: 0 0 4mm }
.cover .draft { font-size: 15pt; text-align: center; color: #b71c1c; font-weight: 600 }
.cover table { margin: 12mm auto 20mm; width: 150mm }
.cover th { width: 34mm; text-align: left }
.sign { display: flex; gap: 8mm; width: 150mm; margin: 9mm auto 0; font-size: 11pt }
.sign span { flex: 3; border-bottom: 0.4mm solid #5b6670 } .sign span + b + span { flex: 2 }
h2 { font-size: 13.5pt; margin: 7mm 0 3mm; font-weight: 600; break-after: avoid }
h3 { font-size: 11.5pt; margin: 5mm 0 2mm; font-weight: 600; break-after: avoid }
h4 { font-size: 10pt; margin: 4mm 0 1.5mm; font-weight: 600; break-after: avoid }
.opens { break-before: page }
p { margin: 1mm 0 2mm } p.lead { break-after: avoid } table.short { break-inside: avoid } p.lacking { color: #6b5b00 }
table { border-collapse: collapse; table-layout: fixed; margin: 1mm 0 4mm }
thead { display: table-header-group } tr { break-inside: avoid }
th, td { border: 0.2mm solid #b0b8bf; padding: 0.7mm 1.4mm; font-size: 8pt; vertical-align: middle }
th { background: #eceff1; font-weight: 600 } td.n { text-align: right }
table.many th, table.many td { font-size: 6.8pt }
table.long th, table.long td { font-size: 7pt; line-height: 1.22; padding: 0.12mm 0.8mm }
tfoot td { background: #f6f7f8; font-weight: 600 } tfoot { display: table-row-group }
.over { color: #b71c1c; font-weight: 700 } .lacking { color: #6b5b00 } .muted { color: #8a949e }
figure { margin: 2mm 0 4mm; break-inside: avoid } figure svg { max-width: 100%; height: auto }
.charts { display: grid; grid-template-columns: 1fr 1fr; gap: 2mm 6mm } .charts figure { margin: 0 }
.water { position: fixed; inset: 0; display: grid; place-items: center; z-index: 9; pointer-events: none }
.water b { font-size: 74pt; letter-spacing: 8mm; transform: rotate(-28deg); color: rgba(183, 28, 28, 0.10) }
"""
# No script runs, and nothing is fetched.
_POLICY = (
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
)
_FONTS = '"Source Han Sans SC", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", "SimHei", sans-serif'
_MANY_COLUMNS, _MANY_ROWS, _FEW_ROWS = 12, 22, 14
_ROOM_MM = 270


def page(report: Report) -> str:
    """Return a whole document of HTML that asks for nothing from anywhere else."""
    style = _STYLE.replace("HEAD", _css(f"{report.title}  {report.period}")).replace(
        "FOOT", _css(report.foot)
    )
    water = f'<div class="water"><b>{escape(report.draft)}</b></div>' if report.draft else ""
    body = "".join(_section(section) for section in report.sections)
    return (
        f'<!doctype html><html lang="zh-CN"><meta charset="utf-8">{_POLICY}<title>{escape(report.title)}'
        f" {escape(report.period)}</title><style>{style.replace('FONTS', _FONTS)}</style><body>"
        f"{water}{_cover(report)}{body}</body></html>"
    )


def _css(text: str) -> str:
    """Return a text as a string of CSS that cannot end the style element."""
    safe = "".join(f"\\{ord(letter):x} " if letter in '"\\<>\n' else letter for letter in text)
    return f'"{safe}"'


def _cover(report: Report) -> str:
    lines = "".join(
        f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in report.cover
    )
    draft = f'<p class="draft">【{escape(report.draft)}】</p>' if report.draft else ""
    signers = "".join(
        f'<div class="sign"><b>{escape(name)}:</b><span></span><b>日期:</b><span></span></div>'
        for name in report.signers
    )
    return (
        f'<div class="cover"><h1>{escape(report.title)}</h1><p class="period">{escape(report.period)}</p>{draft}'
        f"<table>{lines}</table>{signers}</div>"
    )


def _section(section: Section) -> str:
    level = section.level + 1
    kind = "opens" if section.opens else ""
    return (
        f'<section class="{kind}"><h{level}>{escape(section.title)}</h{level}>'
        f"{''.join(_blocks(section))}</section>"
    )


def _blocks(section: Section) -> Iterator[str]:
    charts: list[str] = []
    for block in section.blocks:
        if isinstance(block, Text | Table):
            yield _gathered(charts)
            charts = []
            yield _block(block, section.level + 2)
        else:
            charts.append(f"<figure>{svg(block)}</figure>")
    yield _gathered(charts)


def _gathered(charts: list[str]) -> str:
    return f'<div class="charts">{"".join(charts)}</div>' if len(charts) > 1 else "".join(charts)


def _block(block: Block, level: int) -> str:
    if isinstance(block, Text):
        return f'<p class="lead {block.tone}">{escape(block.text)}</p>'
    if not isinstance(block, Table):
        raise TypeError(f"{block!r} is a chart")
    title = f"<h{level}>{escape(block.title)}</h{level}>" if block.title else ""
    if not block.rows:
        return f"{title}<p>{escape(block.empty)}</p>"
    looks = (
        ("many", len(block.columns) > _MANY_COLUMNS),
        ("long", len(block.rows) > _MANY_ROWS),
        ("short", len(block.rows) <= _FEW_ROWS),
    )
    classes = " ".join(name for name, wanted in looks if wanted)
    widths_mm = block.widths_mm(_ROOM_MM)
    columns = "".join(f'<col style="width:{width_mm:.1f}mm">' for width_mm in widths_mm)
    rows = "".join(f"<tr>{''.join(map(_cell, cells))}</tr>" for cells in block.rows)
    totals = "".join(f"<tr>{''.join(map(_cell, cells))}</tr>" for cells in block.totals)
    foot = f"<tfoot>{totals}</tfoot>" if totals else ""
    return f'{title}<table class="{classes}" style="width:{sum(widths_mm):.1f}mm">{columns}<thead>{_head(block)}</thead><tbody>{rows}</tbody>{foot}</table>'


def _head(table: Table) -> str:
    if not table.grouped:
        return f"<tr>{''.join(f'<th>{escape(column.name)}</th>' for column in table.columns)}</tr>"
    above, below = [], []
    for first, last, group in table.groups:
        if group:
            above.append(f'<th colspan="{last - first + 1}">{escape(group)}</th>')
            below += [f"<th>{escape(table.columns[number].name)}</th>" for number in range(first, last + 1)]
        else:
            above.append(f'<th rowspan="2">{escape(table.columns[first].name)}</th>')
    return f"<tr>{''.join(above)}</tr><tr>{''.join(below)}</tr>"


def _cell(cell: Cell) -> str:
    classes = " ".join(name for name in ("n" if cell.number is not None else "", cell.tone) if name)
    attribute = f' class="{classes}"' if classes else ""
    return f"<td{attribute}>{escape(cell.text)}</td>"
