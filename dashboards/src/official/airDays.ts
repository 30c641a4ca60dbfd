/** Pure: a year of air as a calendar, its classes with their own colours, and how compliance is put. */
import { figure } from '../parts/figures'
import { fieldTime } from '../parts/time'
import type { AirPlace, AqiItem, AqiLevel, ComplianceItem, Counted, Yearly } from './airShapes'

export const POLLUTANTS = ['PM2.5', 'PM10', 'SO2', 'NO2', 'O3', 'CO'] as const
export const AVERAGES = ['1h', '8h', 'day', 'year'] as const
/** Subscripts as they are written: PM₂.₅. */
const WRITTEN: Record<string, string> = { 'PM2.5': 'PM₂.₅', PM10: 'PM₁₀', SO2: 'SO₂', NO2: 'NO₂', O3: 'O₃', CO: 'CO' }

export interface Day {
  /** 2026-03-14 */
  date: string
  item: AqiItem
}

export interface MonthRow {
  month: number
  /** By day of the month, from the first; undefined where nothing is known yet. */
  days: (Day | undefined)[]
  /** The edition that begins with this month, where it is not that of the month before. */
  edition: string | null
}

export function writtenAs(pollutant: string): string {
  return WRITTEN[pollutant] ?? pollutant
}

/** Twelve rows of a year; where the edition changes, the month says so. */
export function calendar(items: readonly AqiItem[], year: number): MonthRow[] {
  const found = new Map(items.map((item) => [fieldTime(Date.parse(item.start)).slice(0, 10), item]))
  let before: string | null = null
  return Array.from({ length: 12 }, (_, i) => {
    const length = new Date(Date.UTC(year, i + 1, 0)).getUTCDate()
    const days = Array.from({ length }, (_, d) => {
      const date = `${year}-${String(i + 1).padStart(2, '0')}-${String(d + 1).padStart(2, '0')}`
      const item = found.get(date)
      return item && { date, item }
    })
    const first = days.find((one) => one !== undefined)?.item.edition ?? null
    const edition = first !== null && before !== null && first !== before ? first : null
    before = days.filter((one) => one !== undefined).at(-1)?.item.edition ?? before
    return { month: i + 1, days, edition }
  })
}

export function levelOf(levels: readonly AqiLevel[], aqi: number | null | undefined): AqiLevel | null {
  if (aqi === null || aqi === undefined) return null
  return levels.find((one) => aqi <= one.highest) ?? levels.at(-1) ?? null
}

/** The colour of the AQI's scheme, and the ink that can be read on it. */
export function paint(level: AqiLevel | null): { background: string; color: string } | undefined {
  if (!level) return undefined
  const [r, g, b] = level.rgb
  return { background: `rgb(${r} ${g} ${b})`, color: contrast([r, g, b], [0, 0, 0]) >= contrast([r, g, b], [255, 255, 255]) ? '#000' : '#fff' }
}

type Rgb = [number, number, number]

export function contrast(one: Rgb, other: Rgb): number {
  const [low = 0, high = 0] = [brightness(one), brightness(other)].sort((a, b) => a - b)
  return (high + 0.05) / (low + 0.05)
}

function brightness(colour: Rgb): number {
  const [r = 0, g = 0, b = 0] = colour.map((part) => (part / 255 <= 0.03928 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4))
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

export function ratioText(ratio: number | null | undefined): string {
  return ratio === null || ratio === undefined ? '/' : `${figure(100 * ratio, 1)} %`
}

/** What a pollutant shows where it has no figure: / by plan, NA where it ought to have one. */
export function nothingOf(place: AirPlace, item: AqiItem, pollutant: (typeof POLLUTANTS)[number]): string {
  if (place.not_monitored.includes(pollutant)) return '/'
  return item.missing.includes(pollutant) ? 'NA' : '—'
}

export function isYearly(verdict: Counted | Yearly): verdict is Yearly {
  return 'by_month' in verdict
}

/** By pollutant as the eye looks for it, then from the short average to the long. */
export function inOrder(items: readonly ComplianceItem[]): ComplianceItem[] {
  const rank = (one: ComplianceItem): number => 10 * POLLUTANTS.indexOf(one.pollutant) + AVERAGES.indexOf(one.average)
  return [...items].sort((a, b) => rank(a) - rank(b))
}

/** The limit that holds on a day, of those of the year. */
export function limitOn(item: ComplianceItem, day: string): number | null {
  const held = item.limits.find((one) => one.valid_from <= day && (one.valid_to === null || day <= one.valid_to))
  return (held ?? item.limits.at(-1))?.value ?? null
}
