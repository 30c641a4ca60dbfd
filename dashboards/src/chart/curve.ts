/** Pure: a sensor's curve as a chart: band of min and max, line of the mean, limit lines by stage, flags drawn. */
import type { Latest, LimitLine, Series } from '../api/shapes'

export interface Curve {
  /** [time ms, mean]; a null value breaks the line */
  mean: [number, number | null][]
  low: [number, number | null][]
  /** height of the band above low */
  spread: [number, number | null][]
  /** points whose data are flagged: drawn hollow */
  flagged: { at: number; value: number; flags: string }[]
}

/** A bucket more than three steps after the one before is a gap, and a gap is not bridged. */
export function curveOf(series: Series, live: Latest[]): Curve {
  const curve: Curve = { mean: [], low: [], spread: [], flagged: [] }
  const gap = Math.max(series.step_s * 3000, 3 * medianStep(series))
  let before: number | null = null
  const add = (at: number, low: number | null, high: number | null, mean: number | null, flags: string): void => {
    if (before !== null && at - before > gap) breakLine(curve, before + 1)
    curve.mean.push([at, mean])
    curve.low.push([at, low])
    curve.spread.push([at, low === null || high === null ? null : high - low])
    if (mean !== null && /[^N]/.test(flags)) curve.flagged.push({ at, value: mean, flags })
    before = at
  }
  for (const [at, low, high, mean, last, flags] of series.points) {
    const shown = mean ?? last
    add(at, low ?? shown, high ?? shown, shown, flags ?? '')
  }
  for (const value of live) {
    const at = Date.parse(value.time)
    if (before === null || at > before) add(at, value.value, value.value, value.value, value.flag)
  }
  return curve
}

function breakLine(curve: Curve, at: number): void {
  curve.mean.push([at, null])
  curve.low.push([at, null])
  curve.spread.push([at, null])
}

function medianStep(series: Series): number {
  const steps = series.points.slice(1).map((p, i) => p[0] - (series.points[i]?.[0] ?? p[0]))
  if (!steps.length) return 60_000
  return steps.sort((a, b) => a - b)[Math.floor((steps.length - 1) / 2)] ?? 60_000
}

/** Limits worth a line: instant and minute always, longer ones on request; one line for each stage and value. */
export function limitLines(limits: readonly LimitLine[]): LimitLine[] {
  const seen = new Set<string>()
  return limits.filter((limit) => {
    const key = `${limit.stage} ${limit.basis} ${limit.value}`
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}

/** The axis shows the data and the nearest limits, but a far limit must not flatten the curve to nothing. */
export function axisRange(curve: Curve, limits: readonly LimitLine[]): { min: number; max: number } {
  const data = curve.mean.flatMap(([, v], i) => {
    if (v === null) return []
    const low = curve.low[i]?.[1] ?? v
    return [low, low + (curve.spread[i]?.[1] ?? 0), v]
  })
  const low = data.length ? Math.min(...data) : 0
  const high = data.length ? Math.max(...data) : 1
  let [min, max] = [low, high]
  const reach = Math.max(high - low, Math.abs(high) * 0.5, 1e-9) * 8
  for (const { value } of limits) {
    if (value > high && value - high <= reach) max = Math.max(max, value)
    if (value < low && low - value <= reach) min = Math.min(min, value)
  }
  const room = (max - min || Math.abs(max) || 1) * 0.08
  return { min: min >= 0 && min - room < 0 ? 0 : min - room, max: max + room }
}
