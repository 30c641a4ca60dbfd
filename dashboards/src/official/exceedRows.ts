/** Pure: hours and days over their limit as rows, and how their owners complied. */
import type { components } from '../api/schema'
import { figure, limitFigure, unitText } from '../parts/figures'
import { fieldTime, instantOf, ms } from '../parts/time'
import { beginning, DAY, presetSpan, type Span } from './recordPeriods'

type Schemas = components['schemas']
export type Exceedance = Schemas['Exceedance']
export type ExceedancePage = Schemas['ExceedancePage']
export type ComplianceSheet = Schemas['ComplianceSheet'] & { unjudged: Unjudged[] }
/** An outlet with valid hours of pollutants that no limit applies to; ``partly``: others of it have one. */
export type Unjudged = Pick<Exceedance, 'enterprise' | 'station'> & { partly: boolean; quantities: Exceedance['quantity'][] }

export const WEEKS = ['week', 'lastweek', 'month', 'lastmonth'] as const
export type Week = (typeof WEEKS)[number]
export const LENGTHS = ['hour', 'day'] as const
export type Length = (typeof LENGTHS)[number]

/** A week begins on Monday, in the park's zone; what is not over yet ends with now. */
export function weekSpan(preset: Week, nowMs: number): Span {
  if (preset === 'month' || preset === 'lastmonth') return presetSpan(preset, nowMs)
  const weekday = (new Date(`${fieldTime(nowMs).slice(0, 10)}T00:00Z`).getUTCDay() + 6) % 7
  const monday = beginning('day', nowMs, -weekday)
  return preset === 'week' ? { from: monday, to: nowMs } : { from: beginning('day', nowMs, -weekday - 7), to: monday }
}

/** Whole days from one date to another, both meant; null where they make no span. */
export function daySpan(from: string, to: string): Span | null {
  const [low, last] = [ms(instantOf(`${from}T00:00`)), ms(instantOf(`${to}T00:00`))]
  return low === null || last === null || last < low ? null : { from: low, to: beginning('day', last, 1) }
}

export const rowKey = (one: Exceedance): string => `${one.sensor_id} ${one.form} ${one.period} ${one.start}`

/** 30 mg/m³. */
export const limitText = (one: Exceedance): string => `${limitFigure(one.limit.value)}\u2009${unitText(one.limit.unit)}`

/** The minute before the end names the last day of a span. */
export const lastDay = (span: Span): string => fieldTime(Math.max(span.from, span.to - 60_000)).slice(0, 10)

export interface Tile {
  code: string
  owner: object | null
  judged: number
  over: number
  daysJudged: number
  daysOver: number
  /** The highest factor as it is printed. */
  worst: string | null
}

/** A tile an enterprise, of one pollutant or all: the most exceedances first, then the highest factor. */
export function tilesOf(sheet: ComplianceSheet | null, quantity: string): Tile[] {
  const found = new Map<string, Tile>()
  for (const one of sheet?.items ?? []) {
    if (quantity && one.quantity.code !== quantity) continue
    const code = one.enterprise?.code ?? ''
    const tile = found.get(code) ?? { code, owner: one.enterprise, judged: 0, over: 0, daysJudged: 0, daysOver: 0, worst: null }
    tile.judged += one.hours_judged
    tile.over += one.hours_over
    tile.daysJudged += one.days_judged
    tile.daysOver += one.days_over
    if (one.max_factor !== null && Number(one.max_factor) > Number(tile.worst ?? -1)) tile.worst = one.max_factor
    found.set(code, tile)
  }
  return [...found.values()].sort((a, b) => b.over + b.daysOver - (a.over + a.daysOver) || Number(b.worst ?? 0) - Number(a.worst ?? 0))
}

export function together(tiles: readonly Tile[]): { judged: number; over: number; daysJudged: number; daysOver: number } {
  const sum = { judged: 0, over: 0, daysJudged: 0, daysOver: 0 }
  for (const one of tiles) for (const key of ['judged', 'over', 'daysJudged', 'daysOver'] as const) sum[key] += one[key]
  return sum
}

/** Whose outlets the rate is about: as many as had anything judged, of one pollutant or all. */
export function covered(sheet: ComplianceSheet | null, quantity: string): { owners: number; outlets: number } {
  const items = (sheet?.items ?? []).filter((one) => (!quantity || one.quantity.code === quantity) && one.hours_judged + one.days_judged > 0)
  return { owners: new Set(items.map((one) => one.enterprise?.code ?? '')).size, outlets: new Set(items.map((one) => one.station.id)).size }
}

/** Outlets without a limit, of an enterprise or pollutant that is chosen: those that nothing of was judged come first. */
export function unjudgedOf(sheet: ComplianceSheet | null, enterprise: string, quantity: string): Unjudged[] {
  return (sheet?.unjudged ?? [])
    .filter((one) => !enterprise || one.enterprise?.code === enterprise)
    .map((one) => (quantity ? { ...one, partly: false, quantities: one.quantities.filter((each) => each.code === quantity) } : one))
    .filter((one) => one.quantities.length > 0)
    .sort((a, b) => Number(a.partly) - Number(b.partly))
}

/** Without an exceedance is only who was judged; of whom a part was not, it is said. */
export function withoutAny(tiles: readonly Tile[], unjudged: readonly Unjudged[]): { tile: Tile; partly: boolean }[] {
  const open = new Set(unjudged.map((one) => one.enterprise?.code ?? ''))
  return tiles.filter((one) => one.judged + one.daysJudged > 0 && one.over + one.daysOver === 0).map((tile) => ({ tile, partly: open.has(tile.code) }))
}

/** The share that complied [%] to two decimals; less than all is never shown as 100. */
export function compliedText(judged: number, over: number): string {
  if (!judged) return '/'
  return over === 0 ? '100' : figure(Math.min(99.99, (100 * (judged - over)) / judged), 2)
}

/** What a row opens: an hour its page, a day its hours. */
export function behind(one: Exceedance): { hour: number } | { at: string; q: string; from: string; to: string; basis: string } {
  const start = Date.parse(one.start)
  if (one.period === 'hour') return { hour: start }
  const to = Number.isFinite(Date.parse(one.end)) ? Date.parse(one.end) : start + DAY
  return { at: String(one.station.id), q: one.quantity.code, from: fieldTime(start), to: fieldTime(to), basis: one.form ? 'converted' : 'measured' }
}
