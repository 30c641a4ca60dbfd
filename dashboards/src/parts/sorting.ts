/** Pure: how a table sorts and filters what it shows. */
export interface Column {
  key: string
  label: string
  unit?: string | null
  /** number, time, text, level, age, link: how the cell is drawn and aligned */
  type?: string | null
  decimals?: number | null
  width?: string
  /** What to sort and filter by, where the cell shows something else. */
  by?: (row: Record<string, unknown>) => unknown
}

export interface Sorting {
  key: string
  down: boolean
}

/** Unknown values stand last, whichever way; numbers by size, the rest by the reader's alphabet. */
export function sortRows<T extends Record<string, unknown>>(rows: readonly T[], sorting: Sorting | null, columns: Column[]): T[] {
  if (!sorting) return [...rows]
  const column = columns.find((c) => c.key === sorting.key)
  const by = column?.by ?? ((row: Record<string, unknown>) => row[sorting.key])
  const sign = sorting.down ? -1 : 1
  return [...rows].sort((a, b) => {
    const x = by(a)
    const y = by(b)
    if (isNone(x) || isNone(y)) return Number(isNone(x)) - Number(isNone(y))
    if (typeof x === 'number' && typeof y === 'number') return sign * (x - y)
    return sign * String(x).localeCompare(String(y), 'zh-CN', { numeric: true })
  })
}

/** Every typed word must occur in the row. */
export function filterRows<T extends Record<string, unknown>>(rows: readonly T[], typed: string, columns: Column[]): T[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean)
  if (!words.length) return [...rows]
  return rows.filter((row) => {
    const text = columns.map((c) => String((c.by ? c.by(row) : row[c.key]) ?? '')).join(' ').toLowerCase()
    return words.every((word) => text.includes(word))
  })
}

/** What the screen shows as CSV, with a byte-order mark so that office programs read Chinese. */
export function toCsv(rows: readonly Record<string, unknown>[], columns: Column[]): string {
  const cell = (value: unknown): string => {
    const text = isNone(value) ? '' : String(value)
    return /[",\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text
  }
  const head = columns.map((c) => cell(c.unit ? `${c.label} [${c.unit}]` : c.label))
  const body = rows.map((row) => columns.map((c) => cell(c.by ? c.by(row) : row[c.key])).join(','))
  return '\ufeff' + [head.join(','), ...body].join('\r\n') + '\r\n'
}

function isNone(value: unknown): boolean {
  return value === null || value === undefined || value === ''
}
