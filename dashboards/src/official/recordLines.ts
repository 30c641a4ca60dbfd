/** Pure: records by column as lines of a chart, runs of a strip and rows of a table. */
import { LENGTH, type Period } from './recordPeriods'
import type { Basis } from './recordQuery'
import type { OfficialRecord, RecordColumns, RecordedSensor, Status } from './recordShapes'

/** The letters of the column of status, as the API has them. */
export const STATUS_OF: Record<string, Status> = { v: 'valid', s: 'short', a: 'abnormal', m: 'marked', p: 'stopped', f: 'no_flow', n: 'none' }
export const STATUSES = Object.values(STATUS_OF)

export interface Line {
  sensor: RecordedSensor
  /** Which of the two bases its values have. */
  basis: Basis
  at: readonly number[]
  value: readonly (number | null)[]
  low: readonly (number | null)[]
  high: readonly (number | null)[]
  status: string
  flag: readonly string[]
  revision: readonly number[]
}

export interface Run {
  from: number
  to: number
  status: Status
  /** Its mass was put in by a rule. */
  substituted: boolean
}

export type Point = [number, number | null]

/** One line: converted values where they are wanted and known, else what was measured, which it says. */
export function lineOf(columns: RecordColumns, basis: Basis): Line {
  const converted = basis === 'converted' && columns.converted !== null
  const { sensor, start, status, flag, revision, min, max } = columns
  const none = converted ? start.map(() => null) : null
  const own = sensor.form === 'Zs' || converted
  return { sensor, basis: own ? 'converted' : 'measured', at: start, value: converted ? (columns.converted ?? []) : columns.mean, low: none ?? min, high: none ?? max, status, flag, revision }
}

export const statusAt = (line: Line, i: number): Status => STATUS_OF[line.status[i] ?? ''] ?? 'none'

/** The points of a curve: only what is valid is drawn, and what is missing is not bridged. */
export function drawn(line: Line, period: Period): Point[] {
  const points: Point[] = []
  const gap = LENGTH[period] * 1.5
  for (let i = 0; i < line.at.length; i++) {
    const at = line.at[i] ?? 0
    const before = line.at[i - 1]
    if (before !== undefined && at - before > gap) points.push([before + LENGTH[period], null])
    points.push([at, statusAt(line, i) === 'valid' ? (line.value[i] ?? null) : null])
  }
  return points
}

/** Points with nothing on either side, of which a line alone would show nothing. */
export function lonely(points: readonly Point[]): Point[] {
  return points.filter((point, i) => point[1] !== null && (points[i - 1]?.[1] ?? null) === null && (points[i + 1]?.[1] ?? null) === null)
}

/** Values that are no longer what they were first. */
export function revised(line: Line): [number, number][] {
  const found: [number, number][] = []
  line.revision.forEach((revision, i) => {
    const value = line.value[i] ?? null
    if (revision > 1 && value !== null && statusAt(line, i) === 'valid') found.push([line.at[i] ?? 0, value])
  })
  return found
}

/** Neighbours of the same status as one run each; those whose mass was substituted apart. */
export function runs(line: Line, period: Period, starts?: ReadonlySet<number>): Run[] {
  const found: Run[] = []
  for (let i = 0; i < line.at.length; i++) {
    const from = line.at[i] ?? 0
    const to = Math.min(from + LENGTH[period], line.at[i + 1] ?? Infinity)
    const status = statusAt(line, i)
    const substituted = starts?.has(from) ?? false
    const last = found.at(-1)
    if (last && last.status === status && last.substituted === substituted && from - last.to < LENGTH[period] / 2) last.to = to
    else found.push({ from, to, status, substituted })
  }
  return found
}

/** How many periods of each status there are. */
export function counted(lines: readonly Line[]): { status: Status; n: number }[] {
  const found = new Map<Status, number>()
  for (const line of lines) for (let i = 0; i < line.at.length; i++) found.set(statusAt(line, i), (found.get(statusAt(line, i)) ?? 0) + 1)
  return STATUSES.filter((one) => found.has(one)).map((status) => ({ status, n: found.get(status) ?? 0 }))
}

export interface Cell {
  value: number | null
  status: Status
  flag: string
  revision: number
}

export type Row = { id: number; start: number; cells: (Cell | null)[] }

/** One row a period, newest first, one cell a line. */
export function rowsOf(lines: readonly Line[]): Row[] {
  const rows = new Map<number, Row>()
  lines.forEach((line, place) => {
    line.at.forEach((start, i) => {
      let row = rows.get(start)
      if (!row) rows.set(start, (row = { id: start, start, cells: lines.map(() => null) }))
      row.cells[place] = { value: line.value[i] ?? null, status: statusAt(line, i), flag: line.flag[i] ?? '', revision: line.revision[i] ?? 1 }
    })
  })
  return [...rows.values()].sort((a, b) => b.start - a.start)
}

/** The place in a line of the period that holds an instant; -1 where none does. */
export function placeAt(line: Line, instant: number, period: Period): number {
  let [low, high] = [0, line.at.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((line.at[middle] ?? 0) <= instant) low = middle + 1
    else high = middle
  }
  return low > 0 && instant - (line.at[low - 1] ?? 0) < LENGTH[period] ? low - 1 : -1
}

/** (45/60): valid samples of those due. */
export function share(record: Pick<OfficialRecord, 'samples' | 'expected'>, periodS: number): string {
  const due = record.expected ?? Math.max(1, Math.round(60 / periodS))
  return `(${record.samples}/${due})`
}

export const recordKey = (sensor: number, start: number): string => `${sensor} ${start}`
