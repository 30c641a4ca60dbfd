/** Pure: what a sheet of a month freezes, and what stands in its way. */
import { figure } from '../parts/figures'
import { saidOf } from './hourTouched'
import type { Blockers, MonthChange, MonthSheet } from './rateShapes'

export const SHORTEST_REASON = 10

interface Mass {
  quantity: string
  name_zh: string
  name_en: string
  measured: number
  substituted: number
}

interface Outlet {
  code: string
  name_zh: string
  name_en: string
  sensors: unknown[]
  rates: { due: number; received: number; valid: number; effective: number | null }
}

export interface Frozen {
  outlets: number
  sensors: number
  masses: number
  rows: Mass[]
  lines: Outlet[]
}

/** The figures are composed by the server; their fields are those of records/corrections/sheet. */
export function frozenOf(sheet: MonthSheet): Frozen {
  const figures = sheet.figures as { outlets?: Outlet[]; masses?: Mass[] }
  const lines = figures.outlets ?? []
  const rows = figures.masses ?? []
  return { outlets: lines.length, sensors: lines.reduce((all, one) => all + one.sensors.length, 0), masses: rows.length, rows, lines }
}

/** ``hard``: it has to be put right first; ``marks`` may be passed over with a reason. */
export function blockedBy(blockers: Blockers | null): { hard: boolean; marks: boolean } {
  return { hard: Boolean(blockers && (blockers.unclosed.length || blockers.corrections.length)), marks: Boolean(blockers?.marks.length) }
}

export const massText = (kg: number): string => figure(kg, kg === 0 || kg >= 100 ? 0 : kg >= 1 ? 2 : 4)

/** A revision before and after; where both print alike, what they were made of tells them apart. */
export function changeTexts(one: MonthChange, statusWord: (status: string) => string, withSamples: (said: string, n: number) => string): { was: string; becomes: string } {
  const [was, becomes] = [one.before, one.after].map((record) => saidOf(record, one.decimals, statusWord)) as [string, string]
  if (was !== becomes || !one.before || one.before.samples === one.after.samples) return { was, becomes }
  return { was: withSamples(was, Number(one.before.samples)), becomes: withSamples(becomes, Number(one.after.samples)) }
}
