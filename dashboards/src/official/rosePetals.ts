/** Pure: petals of a rose as SVG paths, north up, clockwise, in a circle of radius 100. */
import type { PollutionRose, WindRose } from './roseShapes'

export const RADIUS = 100
/** A petal is a little narrower than its sector. */
const GAP_DEG = 2

export interface Petal {
  path: string
  /** Which class of speed; the middle one in a pollution rose. */
  shade: number
}

const at = (radius: number, deg: number): string => {
  const angle = (deg * Math.PI) / 180
  return `${(radius * Math.sin(angle)).toFixed(2)} ${(-radius * Math.cos(angle)).toFixed(2)}`
}

/** A piece of a ring between two radii and two bearings [°]. */
export function ring(inner: number, outer: number, fromDeg: number, toDeg: number): string {
  const [low, high] = [fromDeg + GAP_DEG, (toDeg < fromDeg ? toDeg + 360 : toDeg) - GAP_DEG]
  return `M${at(inner, low)} L${at(outer, low)} A${outer.toFixed(2)} ${outer.toFixed(2)} 0 0 1 ${at(outer, high)} L${at(inner, high)} A${inner.toFixed(2)} ${inner.toFixed(2)} 0 0 0 ${at(inner, low)} Z`
}

/** The end of the scale: round, not below the greatest, four rings. */
export function roundScale(greatest: number): number {
  if (!(greatest > 0)) return 1
  const power = 10 ** Math.floor(Math.log10(greatest))
  return ([1, 2, 4, 8, 10].find((one) => one * power >= greatest * 0.999) ?? 10) * power
}

export const total = (shares: readonly number[]): number => shares.reduce((sum, one) => sum + one, 0)

export function windPetals(rose: WindRose): { petals: Petal[]; scale: number } {
  const scale = roundScale(Math.max(...rose.frequency_pct.map(total)))
  const petals = rose.sectors.flatMap((sector, i) => {
    let inner = 0
    return (rose.frequency_pct[i] ?? []).flatMap((share, shade) => {
      const outer = inner + (share / scale) * RADIUS
      const petal = share > 0 ? [{ path: ring(inner, outer, sector.from_deg, sector.to_deg), shade }] : []
      inner = outer
      return petal
    })
  })
  return { petals, scale }
}

export function pollutionPetals(rose: PollutionRose): { petals: Petal[]; scale: number } {
  const means = rose.values.map((one) => one.mean ?? 0)
  const scale = roundScale(Math.max(...means, rose.calm.mean ?? 0))
  const petals = rose.sectors.flatMap((sector, i) => ((means[i] ?? 0) > 0 ? [{ path: ring(0, ((means[i] ?? 0) / scale) * RADIUS, sector.from_deg, sector.to_deg), shade: 2 }] : []))
  return { petals, scale }
}

/** 0.5–2, 2–4, ≥ 8: the classes of speed as they are written. */
export function classTexts(edges: readonly (number | null)[]): string[] {
  return edges.slice(0, -1).map((low, i) => {
    const high = edges[i + 1] ?? null
    return high === null ? `≥ ${low}` : `${low}–${high}`
  })
}
