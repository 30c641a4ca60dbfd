/** Pure: what a station looks like on the plan. Shape says kind; size, colour and numeral say state. */
import type { Alert, Latest, Station } from '../api/shapes'
import { levelRank } from '../console/order'
import { isStale } from '../parts/age'

export type MarkState = 'red' | 'orange' | 'yellow' | 'blue' | 'stale' | 'normal'

export interface Mark {
  state: MarkState
  drill: boolean
  unknown: boolean
  unacked: boolean
}

/** 16 x 16 outlines, one for each kind of station. */
export const OUTLINES: Record<string, string> = {
  gas: 'M8 2 14.5 13.5H1.5z',
  hazard: 'M2.5 2.5h11v11h-11z',
  process: 'M8 1.5 14.5 6.3 12 14H4L1.5 6.3z',
  voc: 'M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2z',
  air: 'M5 2h6l4 6-4 6H5L1 8z',
  stack: 'M6 1.5h4L11.5 14.5h-7z',
  wastewater: 'M8 1.5C11 6 12.5 8 12.5 10a4.5 4.5 0 0 1-9 0C3.5 8 5 6 8 1.5z',
  rain: 'M8 1.5C11 6 12.5 8 12.5 10a4.5 4.5 0 0 1-9 0C3.5 8 5 6 8 1.5z',
  surface: 'M1 6c2.3-3 4.7-3 7 0s4.7 3 7 0v5c-2.3 3-4.7 3-7 0s-4.7-3-7 0z',
  ground: 'M2.5 4h11L8 14.5z',
  weather: 'M6.5 1.5h3v5h5v3h-5v5h-3v-5h-5v-3h5z',
  dust: 'M8 1.5 14.5 8 8 14.5 1.5 8z',
  noise: 'M2 6h3l5-4v12l-5-4H2z',
  energy: 'M9.5 1 3.5 9H7.5l-1 6 6-8.5H8.5z',
  water: 'M8 2.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11z',
  mobile: 'M2 5h8l3 3h1.5v4H2z',
  camera: 'M1.5 4.5h9v7h-9zM10.5 7l4-2.5v7l-4-2.5z',
}

/** How a station stands: its worst open alert; else stale when nothing of it is fresh; else normal. */
export function markOf(station: Station, open: readonly Alert[], values: Map<number, Latest>, nowMs: number): Mark {
  const felt = open.filter((alert) => alert.suppressed === 'none' && (alert.condition !== 'normal' || !alert.acked))
  const real = felt.filter((alert) => !alert.drill)
  const worst = [...(real.length ? real : felt)].sort((a, b) => levelRank(a.level) - levelRank(b.level))[0]
  const stale = isDark(station, values, nowMs)
  return {
    state: worst ? worst.level : stale ? 'stale' : 'normal',
    drill: worst?.drill ?? false,
    unknown: stale || felt.some((alert) => alert.condition === 'unknown'),
    unacked: felt.some((alert) => !alert.acked && !alert.drill),
  }
}

/** Offline by its own word, or none of its sensors is fresh. A station without sensors is not dark. */
export function isDark(station: Station, values: Map<number, Latest>, nowMs: number): boolean {
  if (station.online === false) return true
  const due = (station.sensors ?? []).filter((sensor) => sensor.due_since !== null)
  if (!due.length) return false
  return due.every((sensor) => {
    const latest = values.get(sensor.id)
    return !latest || isStale(nowMs - Date.parse(latest.time), sensor.period_s)
  })
}

const NUMERALS: Record<string, string> = { red: 'Ⅰ', orange: 'Ⅱ', yellow: 'Ⅲ', blue: 'Ⅳ' }

/** The mark as SVG; `size` in rem of its box is in the class, not here. */
export function markSvg(kind: string, mark: Mark): string {
  const outline = OUTLINES[kind] ?? OUTLINES.voc
  const numeral = NUMERALS[mark.state]
  const label = numeral ? `<text x="8" y="11.6" text-anchor="middle">${mark.unknown ? '?' : numeral}</text>` : ''
  return `<svg viewBox="0 0 16 16"><path d="${outline}"/>${label}</svg>`
}

/** Open alerts by the station they belong to; an enterprise's alert touches the stations of its members. */
export function alertsByStation(alerts: Iterable<Alert>, stationOfSensor: Map<number, Station>): Map<number, Alert[]> {
  const found = new Map<number, Alert[]>()
  const put = (id: number, alert: Alert): void => {
    const list = found.get(id)
    if (!list) found.set(id, [alert])
    else if (!list.includes(alert)) list.push(alert)
  }
  for (const alert of alerts) {
    if (alert.ended_at !== null) continue
    if (alert.station) put(alert.station.id, alert)
    for (const member of alert.members ?? []) {
      const station = member.sensor_id === undefined ? undefined : stationOfSensor.get(member.sensor_id)
      if (station) put(station.id, alert)
    }
  }
  return found
}
