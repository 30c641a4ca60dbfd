/** Pure: which edition of a limit held when, as steps of a line. */
import type { Station } from '../api/shapes'
import type { Period } from './recordPeriods'
import type { Basis } from './recordQuery'
import type { Limit } from './recordShapes'

export interface Place {
  station: Pick<Station, 'code' | 'kind' | 'enterprise' | 'outlet_kind'>
  quantity: string
  form: string
}

/** A limit over [from, to) of a chart. */
export interface Step {
  from: number
  to: number
  limit: Limit
}

export interface StepLine {
  stage: string
  steps: Step[]
  /** Editions after the chart's end: they are told, not drawn. */
  later: Limit[]
}

const KINDS = ['setpoint', 'permit', 'agreement', 'local', 'industry', 'integrated']
const BASES: Record<Period, string[]> = { minute: ['minute', 'instant'], hour: ['hour'], day: ['day'], month: ['month'], year: ['year'] }

const millis = (at: string | null): number => (at === null ? Infinity : Date.parse(at))

/** Does it hold at this place, for values of this basis? Limits with a reference oxygen are held against converted values. */
export function holds(limit: Limit, place: Place, basis: Basis, regions: ReadonlySet<string>): boolean {
  const { station } = place
  const fits = (wanted: string | null | undefined, own: string | null | undefined): boolean => !wanted || wanted === own
  const converted = limit.form === 'Zs' || limit.reference_o2 !== null
  return (
    limit.quantity === place.quantity &&
    (limit.form === place.form || (basis === 'converted' && limit.form === 'Zs')) &&
    converted === (basis === 'converted') &&
    fits(limit.station, station.code) &&
    fits(limit.enterprise, station.enterprise?.code) &&
    fits(limit.outlet_kind, station.outlet_kind) &&
    fits(limit.station_kind, station.kind) &&
    (limit.region === '' || regions.has(limit.region))
  )
}

/** Verified ones first, then the nearest place, then the more binding kind, then the newest. */
function before(a: Limit, b: Limit): number {
  const order = (l: Limit): number[] => [l.verified ? 0 : 1, l.station ? 0 : 1, l.enterprise ? 0 : 1, l.outlet_kind ? 0 : 1, l.station_kind ? 0 : 1, KINDS.indexOf(l.kind), l.region ? 0 : 1, -millis(l.valid_from), l.id]
  const [x, y] = [order(a), order(b)]
  const i = x.findIndex((one, place) => one !== y[place])
  return i < 0 ? 0 : (x[i] ?? 0) - (y[i] ?? 0)
}

/** The limit in force at an instant, of those that hold at the place. */
export function inForce(limits: readonly Limit[], instant: number): Limit | undefined {
  return limits.filter((one) => millis(one.valid_from) <= instant && instant < millis(one.valid_to)).sort(before)[0]
}

/** A line of steps for each stage that has a limit on values of this period. */
export function stepLines(limits: readonly Limit[], period: Period, from: number, to: number): StepLine[] {
  const fitting = limits.filter((one) => BASES[period].includes(one.basis))
  const stages = [...new Set(fitting.map((one) => `${one.basis} ${one.stage}`))]
  return stages.flatMap((key) => {
    const own = fitting.filter((one) => `${one.basis} ${one.stage}` === key)
    const inside = own.flatMap((one) => [millis(one.valid_from), millis(one.valid_to)]).filter((at) => at > from && at < to)
    const edges = [...new Set([from, ...inside, to])].sort((a, b) => a - b)
    const steps: Step[] = []
    for (const [i, edge] of edges.slice(0, -1).entries()) {
      const limit = inForce(own, edge)
      const last = steps.at(-1)
      if (!limit) continue
      if (last && last.limit.id === limit.id && last.to === edge) last.to = edges[i + 1] ?? to
      else steps.push({ from: edge, to: edges[i + 1] ?? to, limit })
    }
    const later = own.filter((one) => millis(one.valid_from) >= to && millis(one.valid_from) < Infinity).sort((a, b) => millis(a.valid_from) - millis(b.valid_from))
    return steps.length || later.length ? [{ stage: own[0]?.stage ?? '', steps, later }] : []
  })
}
