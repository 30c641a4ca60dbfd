/** Pure: rows of emitted mass, how a share, an exhaustion and a difference are put. */
import { figure } from '../parts/figures'
import { fieldTime, instantOf } from '../parts/time'
import type { AllowanceUse, DeclaredBeside, Emission, EmissionPollutant, EmittedMass, ParkCut } from './emissionShapes'
import { beginning } from './recordPeriods'

export const UNITS = ['t', 'kg'] as const
export type Unit = (typeof UNITS)[number]
export const KINDS = ['measured', 'substituted', 'calculated'] as const
export type Kind = (typeof KINDS)[number]
/** A declared amount so far from ours is marked [%]; nothing is decided by it. */
export const NOTABLE_PERCENT = 10

export interface Share {
  kind: Kind
  percent: number
  kg: number
}

export interface Place {
  key: string
  row: Emission
  /** Of an outlet: the row of its enterprise, which it stands under whatever the order. */
  above: Emission
}

/** A mass in the chosen unit: tonnes with three decimals, kilograms with as many as they need. */
export function massText(kg: number | null | undefined, unit: Unit): string {
  if (kg === null || kg === undefined) return '/'
  if (unit === 't') return figure(kg / 1000, 3)
  return figure(kg, Math.abs(kg) < 10 ? 2 : Math.abs(kg) < 100 ? 1 : 0)
}

/** A share that is not nothing never prints as nothing, one that is not all never as all. */
export function percentText(percent: number | null | undefined): string {
  if (percent === null || percent === undefined) return '/'
  if (percent > 0 && percent < 0.1) return '< 0.1'
  if (percent < 100 && percent > 99.9) return '> 99.9'
  return figure(percent, percent === 0 || percent === 100 ? 0 : 1)
}

/** How the mass is known, of what there is any. */
export function shares(mass: EmittedMass): Share[] {
  return KINDS.flatMap((kind) => {
    const percent = mass[`${kind}_percent`]
    return percent ? [{ kind, percent, kg: mass[`${kind}_kg`] }] : []
  })
}

export function yearOf(nowMs: number): number {
  return Number(fieldTime(nowMs).slice(0, 4))
}

/** How much of a year is over [%]; null for a year that is not this one. */
export function yearPercent(year: number, nowMs: number): number | null {
  const [begin, end] = [beginning('year', nowMs), beginning('year', nowMs, 1)]
  return yearOf(nowMs) === year ? (100 * (nowMs - begin)) / (end - begin) : null
}

/** The whole of a year, of this one what is over: the bounds to ask for. */
export function yearAsked(year: number, nowMs: number): { from: string; to: string } {
  const end = instantOf(`${year + 1}-01-01T00:00`)
  return { from: instantOf(`${year}-01-01T00:00`), to: Date.parse(end) > nowMs ? new Date(nowMs).toISOString() : end }
}

/** When what is permitted is used up, or why no day can be named; '' without a permit. */
export function exhaustion(allowance: AllowanceUse | null): '' | 'exhausted' | 'on' | 'not_this_year' | 'short' | 'no_emission' {
  if (!allowance) return ''
  return allowance.why ?? (allowance.exhausted_on ? 'on' : 'short')
}

/** The months that are not calculated yet, as one reads them: 9、11月. */
export function uncalculated(use: Pick<AllowanceUse, 'uncalculated_months'> | null | undefined): string {
  return (use?.uncalculated_months ?? []).map((one) => Number(one.slice(5))).join('、')
}

/** Is anything known of a step: a mass, or that hours of it are missing? */
export function known(mass: EmittedMass): boolean {
  return mass.total_kg > 0 || mass.missing_hours > 0
}

/** What the end of a year will say of its cut: nothing where the year is not the one that is due, or not known as a whole. */
export function verdict(cut: ParkCut, year: number, whole: boolean): '' | 'part' | 'met' | 'missed' | 'grown' {
  if (!whole) return 'part'
  if (cut.due_year !== year || cut.projected_cut_percent === null) return ''
  if (cut.projected_cut_percent < 0) return 'grown'
  return cut.projected_cut_percent < cut.cut_percent ? 'missed' : 'met'
}

/** The place of the first step that anything is known of; 0 where that is the first, or nothing is. */
export function firstKnown(bars: readonly EmittedMass[]): number {
  return Math.max(0, bars.findIndex(known))
}

export function notable(declared: DeclaredBeside | null): boolean {
  if (!declared) return false
  if (declared.difference_percent === null) return declared.kg > 0
  return Math.abs(declared.difference_percent) >= NOTABLE_PERCENT
}

/** calibration-180: what is meant and how many values the greatest was taken of. */
export function methodOf(code: string): { family: string; n: string } {
  const [, family = code, n = ''] = /^([a-z-]+?)-?(\d*)$/.exec(code) ?? []
  return { family, n }
}

/** Rows in the order of pollutants, an enterprise together; under an opened one its outlets. */
export function laidOut(rows: readonly Emission[], outlets: readonly Emission[], open: ReadonlySet<string>, pollutants: readonly EmissionPollutant[]): Place[] {
  const rank = new Map(pollutants.map((one, i) => [one.code, i]))
  const sorted = [...rows].sort((a, b) => nameOf(a).localeCompare(nameOf(b), 'zh-CN') || (rank.get(a.pollutant) ?? 99) - (rank.get(b.pollutant) ?? 99))
  return sorted.flatMap((row) => {
    const key = keyOf(row)
    const under = open.has(key) ? outlets.filter((one) => keyOf({ ...one, outlet: null }) === key) : []
    return [{ key, row, above: row }, ...under.map((one) => ({ key: `${key}/${one.outlet?.code ?? ''}`, row: one, above: row }))]
  })
}

export function keyOf(row: Pick<Emission, 'enterprise' | 'pollutant' | 'outlet'>): string {
  return [row.enterprise?.code ?? '', row.pollutant, row.outlet?.code].filter((one) => one !== undefined).join('|')
}

const nameOf = (row: Emission): string => row.enterprise?.name_zh ?? ''
