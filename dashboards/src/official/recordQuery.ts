/** Pure: which sensors a query of the bureau means, what it asks the API, and queries that are kept under a name. */
import type { Sensor, Station } from '../api/shapes'
import type { Period, Span } from './recordPeriods'

export const BASES = ['measured', 'converted'] as const
export type Basis = (typeof BASES)[number]

/** A sensor with the place it stands at. */
export interface Point {
  station: Station
  sensor: Sensor
}

export interface Wanted extends Span {
  sensors: number[]
  period: Period
  asOf: string
}

export interface Kept {
  name: string
  query: string
}

/** The stations of numbers in an address, as far as there are such. */
export function placesOf(stations: ReadonlyMap<number, Station>, ids: readonly string[]): Station[] {
  return ids.map((id) => stations.get(Number(id))).filter((one) => one !== undefined)
}

export const listed = (text: string): string[] => text.split(',').filter(Boolean)

/** Of a place and quantity the sensor of the wanted basis: converted where the logger sends that, else the measured one. */
export function pointsOf(stations: readonly Station[], quantities: readonly string[], basis: Basis): Point[] {
  const found: Point[] = []
  for (const station of stations) {
    const own = station.sensors ?? []
    for (const quantity of quantities) {
      const all = own.filter((one) => one.quantity === quantity)
      const converted = all.filter((one) => one.form === 'Zs')
      const measured = all.filter((one) => one.form !== 'Zs')
      const [first, second] = basis === 'converted' ? [converted, measured] : [measured, converted]
      for (const sensor of first.length ? first : second) found.push({ station, sensor })
    }
  }
  return found
}

/** What is shown before anybody chose: what has a limit at these places, else what is first. */
export function usualQuantity(stations: readonly Station[]): string {
  const sensors = stations.flatMap((one) => one.sensors ?? [])
  return (sensors.find((one) => one.limits.length) ?? sensors[0])?.quantity ?? ''
}

/** The pairs of an address, a sensor at a time. */
export function pairsOf(wanted: Wanted, more: Record<string, string | undefined> = {}): string {
  const pairs = new URLSearchParams(wanted.sensors.map((id) => ['sensor', String(id)]))
  pairs.set('period', wanted.period)
  pairs.set('from', new Date(wanted.from).toISOString())
  pairs.set('to', new Date(wanted.to).toISOString())
  if (wanted.asOf && wanted.period !== 'minute') pairs.set('as_of', wanted.asOf)
  for (const [name, value] of Object.entries(more)) if (value !== undefined) pairs.set(name, value)
  return pairs.toString()
}

/** The kept queries that a browser remembers; what it does not understand is none. */
export function readKept(text: string | null): Kept[] {
  try {
    const said: unknown = JSON.parse(text ?? '[]')
    return Array.isArray(said) ? said.filter((one): one is Kept => typeof one?.name === 'string' && typeof one?.query === 'string') : []
  } catch {
    return []
  }
}

/** A query under a name takes the place of the one that had it. */
export function keep(kept: readonly Kept[], name: string, query: string): Kept[] {
  return [...kept.filter((one) => one.name !== name), { name, query }].sort((a, b) => a.name.localeCompare(b.name, 'zh-CN'))
}
