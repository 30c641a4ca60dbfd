/** Pure: periods of official records, how they are called and where they begin, in the park's zone. */
import { fieldTime, full, instantOf, ms, spanText } from '../parts/time'

export const PERIODS = ['minute', 'hour', 'day', 'month', 'year'] as const
export type Period = (typeof PERIODS)[number]
export const PRESETS = ['today', 'yesterday', '7d', 'month', 'lastmonth', 'year', 'lastyear'] as const
export type Preset = (typeof PRESETS)[number]

export const MINUTE = 60_000
export const HOUR = 3_600_000
export const DAY = 24 * HOUR
/** About how long a period is [ms]: what a gap between two of them is told by. */
export const LENGTH: Record<Period, number> = { minute: MINUTE, hour: HOUR, day: DAY, month: 31 * DAY, year: 366 * DAY }
/** What a period is made of; an hour has a page of its own. */
export const FINER: Partial<Record<Period, Period>> = { year: 'month', month: 'day', day: 'hour' }

export interface Span {
  from: number
  to: number
}

/** 11-22 08:00–09:00; 2026-11-22; 2026-11; 2026: never a bare hour. */
export function periodText(period: Period, start: number, nowMs: number): string {
  if (period === 'month') return full(start).slice(0, 7)
  if (period === 'year') return full(start).slice(0, 4)
  return spanText(start, LENGTH[period], nowMs)
}

const at = (field: string): number => ms(instantOf(field)) ?? NaN

/** The first moment of the day, month or year that holds an instant, some of them later. */
export function beginning(of: 'day' | 'month' | 'year', instant: number, later = 0): number {
  const [year = 1970, month = 1, day = 1] = fieldTime(instant).slice(0, 10).split('-').map(Number)
  const date = new Date(Date.UTC(of === 'year' ? year + later : year, of === 'year' ? 0 : month - 1 + (of === 'month' ? later : 0), of === 'day' ? day + later : 1))
  return at(`${date.toISOString().slice(0, 10)}T00:00`)
}

/** When the period that begins at ``start`` ends. */
export function endOf(period: Period, start: number): number {
  return period === 'minute' || period === 'hour' ? start + LENGTH[period] : beginning(period, start, 1)
}

/** What a preset means now; what is not over yet ends with now. */
export function presetSpan(preset: Preset, nowMs: number): Span {
  const today = beginning('day', nowMs)
  switch (preset) {
    case 'today':
      return { from: today, to: nowMs }
    case 'yesterday':
      return { from: beginning('day', nowMs, -1), to: today }
    case '7d':
      return { from: beginning('day', nowMs, -6), to: nowMs }
    case 'month':
      return { from: beginning('month', nowMs), to: nowMs }
    case 'lastmonth':
      return { from: beginning('month', nowMs, -1), to: beginning('month', nowMs) }
    case 'year':
      return { from: beginning('year', nowMs), to: nowMs }
    case 'lastyear':
      return { from: beginning('year', nowMs, -1), to: beginning('year', nowMs) }
  }
}

/** The longest of minutes and hours that a chart is asked for; more is too much to read. */
export function fittingPeriod(period: Period, span: Span): Period {
  const length = span.to - span.from
  return period === 'minute' && length > 8 * DAY ? 'hour' : period === 'hour' && length > 400 * DAY ? 'day' : period
}

/** 2026-03-14T05:00+08:00: an hour in an address, which can mean one hour only. */
export function hourKey(instant: number): string {
  const start = Math.floor(instant / HOUR) * HOUR
  const field = fieldTime(start)
  const offset = Math.round((Date.parse(`${field}Z`) - start) / MINUTE)
  const size = Math.abs(offset)
  const two = (n: number): string => String(n).padStart(2, '0')
  return `${field}${offset < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`
}

/** The start of the hour that an address names; without an offset it is the park's; NaN where it names none. */
export function hourOf(key: string): number {
  const text = /^\d+$/.test(key) ? Number(key) : /(Z|[+-]\d\d:?\d\d)$/.test(key) ? Date.parse(key) : at(key.length === 13 ? `${key}:00` : key.slice(0, 16))
  return Number.isFinite(text) ? Math.floor(text / HOUR) * HOUR : NaN
}
