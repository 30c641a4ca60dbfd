/** Pure: findings about data, what stands behind them, and where to look. */
import type { components } from '../api/schema'
import { figure, limitFigure } from '../parts/figures'
import { fieldTime } from '../parts/time'
import { HOUR } from './recordPeriods'

type Schemas = components['schemas']
export type Finding = Schemas['DataFinding']
export type FindingPage = Schemas['FindingPage']
export const OUTCOMES = ['explained', 'device', 'ask_enterprise', 'dismissed'] as const
export type Outcome = (typeof OUTCOMES)[number]
const SHORT = 8 * 24 * HOUR

/** The chart of the finding's time with an hour on either side: minutes where they can be read, else hours. */
export function chartQuery(one: Finding): Record<string, string> {
  const [start, end] = [Date.parse(one.starts_at) - HOUR, Date.parse(one.ends_at) + HOUR]
  return { at: String(one.station.id), q: one.sensor.quantity, period: end - start <= SHORT ? 'minute' : 'hour', from: fieldTime(start), to: fieldTime(end) }
}

/** The numbers behind a finding; a figure is printed as one, lists and marks as they are. */
export function evidencePairs(evidence: Record<string, unknown>): [string, string][] {
  return Object.entries(evidence)
    .filter(([, value]) => value !== null && value !== undefined && typeof value !== 'object')
    .map(([name, value]) => [name, typeof value === 'number' ? (Number.isInteger(value) ? limitFigure(value) : figure(value)) : String(value)])
}
