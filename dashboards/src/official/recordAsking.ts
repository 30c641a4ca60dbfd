/** Asks for everything a query of the bureau shows: records by column, a year before, limits, shares, substitutions. */
import { ref, shallowRef, type Ref } from 'vue'
import { get } from '../api/http'
import type { Page } from '../api/shapes'
import { lineOf, recordKey, share, type Line } from './recordLines'
import { holds, stepLines, type StepLine } from './recordLimits'
import { pairsOf, type Basis, type Point, type Wanted } from './recordQuery'
import type { ColumnPage, Comparison, Limit, RecordColumns, RecordPage, Substitute } from './recordShapes'

/** So many lines are drawn; files hold them all. */
export const MOST_LINES = 12
const MOST_SHARES = 2000

export interface Panel {
  key: string
  lines: Line[]
  before: Line[]
  limits: StepLine[]
  /** Values of the other basis are those that limits are held against. */
  elsewhere: boolean
  substituted: Set<number>[]
}

export interface Found {
  panels: Panel[]
  lines: Line[]
  /** (45/60) of records that are not valid, by sensor and start. */
  shares: Map<string, string>
  wanted: Wanted
}

export interface Asking {
  found: Ref<Found | null>
  loading: Ref<boolean>
  problem: Ref<unknown>
  ask: (points: readonly Point[], wanted: Wanted, basis: Basis, compare: boolean) => Promise<void>
  forget: () => void
}

export function useAsking(): Asking {
  const found = shallowRef<Found | null>(null)
  const loading = ref(false)
  const problem = shallowRef<unknown>(null)
  let asked = 0

  async function ask(points: readonly Point[], wanted: Wanted, basis: Basis, compare: boolean): Promise<void> {
    const own = ++asked
    loading.value = true
    try {
      const [first, second, shares, limits, substitutes] = await Promise.all([...columns(wanted, compare), sharesOf(wanted), limitsOf(points), substitutesOf(points, wanted)])
      if (own !== asked) return
      const lines = first.map((one) => lineOf(one, basis))
      const before = second.map((one) => lineOf(one, basis))
      found.value = { panels: panelsOf(points, lines, before, limits, substitutes, wanted), lines, shares, wanted }
      problem.value = null
    } catch (trouble) {
      if (own === asked) problem.value = trouble
    } finally {
      if (own === asked) loading.value = false
    }
  }

  function forget(): void {
    asked++
    found.value = null
    loading.value = false
    problem.value = null
  }

  return { found, loading, problem, ask, forget }
}

/** The records, and the same a year before moved onto the same times. */
function columns(wanted: Wanted, compare: boolean): [Promise<RecordColumns[]>, Promise<RecordColumns[]>] {
  if (!compare) return [get<ColumnPage>(`/records?${pairsOf(wanted, { columns: 'true' })}`).then((one) => one.series), Promise.resolve([])]
  const both = get<Comparison>(`/records/compare?${pairsOf(wanted)}`)
  return [
    both.then((one) => one.first.series),
    both.then((one) => {
      const moved = Date.parse(one.first.from) - Date.parse(one.second.from)
      return one.second.series.map((columns) => ({ ...columns, start: columns.start.map((at) => at + moved) }))
    }),
  ]
}

/** How many samples stand behind records that have too few. */
async function sharesOf(wanted: Wanted): Promise<Map<string, string>> {
  const shares = new Map<string, string>()
  let cursor: string | undefined
  do {
    const page: RecordPage = await get(`/records?${pairsOf(wanted, { status: 'short', limit: '500', cursor })}`)
    const periods = new Map(page.sensors.map((one) => [one.id, one.period_s]))
    for (const one of page.items) shares.set(recordKey(one.sensor_id, Date.parse(one.start)), share(one, periods.get(one.sensor_id) ?? 60))
    cursor = page.next ?? undefined
  } while (cursor && shares.size < MOST_SHARES)
  return shares
}

/** Every edition of the limits of these quantities, and of each sensor those of now, which tell the regions that count. */
async function limitsOf(points: readonly Point[]): Promise<{ all: Limit[]; regions: Set<string> }> {
  const quantities = [...new Set(points.map((one) => one.sensor.quantity))]
  const asked = await Promise.all([...quantities.map((quantity) => get<Page<Limit>>('/limits', { quantity, limit: 500 })), ...points.slice(0, MOST_LINES).map((one) => get<Page<Limit>>('/limits', { sensor: one.sensor.id, limit: 100 }))])
  const now = asked.slice(quantities.length)
  return { all: asked.slice(0, quantities.length).flatMap((one) => one.items), regions: new Set(now.flatMap((one) => one.items.map((limit) => limit.region)).filter(Boolean)) }
}

/** Hours whose mass was substituted; only hours are substituted. */
async function substitutesOf(points: readonly Point[], wanted: Wanted): Promise<Map<number, Set<number>>> {
  const found = new Map<number, Set<number>>()
  if (wanted.period !== 'hour') return found
  const places = [...new Set(points.filter((one) => one.station.stream_class === 'emission').map((one) => one.station.code))].slice(0, MOST_LINES)
  const span = { from: new Date(wanted.from).toISOString(), to: new Date(wanted.to).toISOString() }
  const pages = await Promise.all(places.map((station) => get<Page<Substitute>>('/substitutions', { station, ...span, limit: 500 }).catch(() => null)))
  for (const one of pages.flatMap((page) => page?.items ?? [])) {
    if (one.kg === null) continue
    const own = found.get(one.sensor_id) ?? new Set<number>()
    found.set(one.sensor_id, own.add(Date.parse(one.start)))
  }
  return found
}

/** A chart for each quantity and unit; limits only where all lines of it have the same. */
function panelsOf(points: readonly Point[], lines: readonly Line[], before: readonly Line[], limits: { all: Limit[]; regions: Set<string> }, substitutes: Map<number, Set<number>>, wanted: Wanted): Panel[] {
  const panels = new Map<string, Panel>()
  const seen = new Map<string, Set<string>>()
  lines.slice(0, MOST_LINES).forEach((line) => {
    const key = `${line.sensor.quantity} ${line.sensor.unit}`
    const panel = panels.get(key) ?? { key, lines: [], before: [], limits: [], elsewhere: false, substituted: [] }
    panels.set(key, panel)
    panel.lines.push(line)
    panel.before.push(...before.filter((one) => one.sensor.id === line.sensor.id))
    panel.substituted.push(substitutes.get(line.sensor.id) ?? new Set())
    const station = points.find((one) => one.sensor.id === line.sensor.id)?.station
    if (!station) return
    const place = { station, quantity: line.sensor.quantity, form: line.sensor.form }
    const own = limits.all.filter((one) => holds(one, place, line.basis, limits.regions))
    const other = line.basis === 'measured' ? 'converted' : 'measured'
    panel.elsewhere ||= limits.all.some((one) => holds(one, { ...place, form: other === 'converted' ? place.form : '' }, other, limits.regions))
    const told = seen.get(key) ?? new Set<string>()
    seen.set(key, told)
    for (const steps of stepLines(own, wanted.period, wanted.from, wanted.to)) {
      const same = JSON.stringify([steps.stage, steps.steps.map((one) => [one.from, one.limit.value]), steps.later.map((one) => one.id)])
      if (!told.has(same)) panel.limits.push(steps)
      told.add(same)
    }
  })
  return [...panels.values()]
}
