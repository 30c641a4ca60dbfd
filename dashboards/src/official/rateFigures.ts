/** Pure: effective rates on either basis, how they are called, and what is missing by cause. */
import { figure } from '../parts/figures'
import { fieldTime } from '../parts/time'
import type { EffectiveRates, RatedEnterprise, RatedOutlet, Rates } from './rateShapes'

export const BASES = ['owner', 'raw'] as const
export type Basis = (typeof BASES)[number]
export const WHATS = ['missing', 'platform', 'invalid', 'valid', 'stopped', 'no_flow', 'exempt'] as const
export type What = (typeof WHATS)[number]
export const CAUSES = ['enterprise', 'network', 'platform', 'unknown'] as const
export type Cause = (typeof CAUSES)[number]
export type Grade = 'good' | 'pass' | 'below'

export interface Shown {
  due: number
  received: number
  valid: number
  transmission: number | null
  validity: number | null
  effective: number | null
  capture: number | null
}

/** 2026-10 of an instant, some months before or after. */
export function monthName(instant: number, later = 0): string {
  const [year = 1970, month = 1] = fieldTime(instant).split('-').map(Number)
  return new Date(Date.UTC(year, month - 1 + later, 1)).toISOString().slice(0, 7)
}

/** The counts and rates of a basis: what we lost left out, as it is counted for the enterprise, or left in. */
export function onBasis(rates: Rates, basis: Basis): Shown {
  return basis === 'raw' ? rates.raw : rates
}

/** How a rate is called: bars are included. */
export function gradeOf(effective: number | null, passRate: number, goodRate: number): Grade | null {
  if (effective === null) return null
  return effective >= goodRate ? 'good' : effective >= passRate ? 'pass' : 'below'
}

export const percentText = (value: number | null): string => (value === null ? '/' : value === 100 ? '100' : figure(value, 2))

/** How many hours lie behind each number of a line. */
export function countsOf(rates: Rates): Record<What, number> {
  const sum = (numbers: Record<string, number>): number => Object.values(numbers).reduce((all, one) => all + one, 0)
  const platform = rates.missing.platform ?? 0
  return { missing: sum(rates.missing) - platform, platform, invalid: sum(rates.invalid), valid: rates.valid, stopped: rates.stopped, no_flow: rates.no_flow, exempt: rates.exempt }
}

export interface Part {
  cause: Cause
  hours: number
  /** Of the longest bar of the page [%]. */
  width: number
}

/** The stacked bar of missing hours; the longest of a page fills its cell. */
export function partsOf(rates: Rates, longest: number): Part[] {
  return CAUSES.flatMap((cause) => {
    const hours = rates.missing[cause] ?? 0
    return hours ? [{ cause, hours, width: longest ? (100 * hours) / longest : 0 }] : []
  })
}

export const missingOf = (rates: Rates): number => CAUSES.reduce((all, cause) => all + (rates.missing[cause] ?? 0), 0)

export interface Group {
  code: string
  owner: RatedEnterprise
  outlets: RatedOutlet[]
}

/** Enterprises with their outlets, each the worst first on the basis that is shown. */
export function groupsOf(sheet: EffectiveRates, basis: Basis): Group[] {
  const worst = (one: Rates): number => onBasis(one, basis).effective ?? Infinity
  return sheet.enterprises
    .map((owner) => {
      const code = owner.enterprise?.code ?? ''
      const outlets = sheet.items.filter((one) => (one.enterprise?.code ?? '') === code).sort((a, b) => worst(a) - worst(b))
      return { code, owner, outlets }
    })
    .sort((a, b) => worst(a.owner) - worst(b.owner))
}
