/** Pure: corrections, who may decide them, and the records they touch as they stood, are to become and stand. */
import type { components } from '../api/schema'
import { figure, unitText } from '../parts/figures'
import { saidOf } from './hourTouched'
import { periodText } from './recordPeriods'
import type { Correction, CorrectionDetail, TouchedRecord } from './recordShapes'

export type ChainVerdict = components['schemas']['ChainVerdict']
export const STATES = ['waiting_second', 'confirmed', 'refused', 'withdrawn'] as const
export type State = (typeof STATES)[number]

/** × 1.02 − 3 mg/m³; 58.2 mg/m³; '' where the data are left out. */
export function doneText(one: Correction): string {
  const unit = unitText(one.quantity.unit)
  if (one.kind === 'enter') return `${figure(one.value, one.quantity.decimals)}\u2009${unit}`
  if (one.kind !== 'scale') return ''
  return `× ${figure(one.factor, 4)}${one.shift ? ` ${one.shift > 0 ? '+' : '−'} ${figure(Math.abs(one.shift))}\u2009${unit}` : ''}`
}

export type Deeds = { decide: boolean; withdraw: boolean; own: boolean }

/** Two people: who proposed it may take it back, and only another one decides. */
export function deedsOf(one: Correction, username: string, officiates: boolean): Deeds {
  const waits = one.state === 'waiting_second'
  const own = one.made_by === username
  return { decide: waits && officiates && !own, withdraw: waits && own, own: waits && own }
}

export interface SensorWords {
  name: string
  decimals: number
  unit: string
}

export interface TouchedRow {
  id: string
  span: string
  name: string
  was: string
  becomes: string
  stands: string
  /** Why it stands otherwise than the proposal says. */
  why: 'correct.pending' | 'correct.moved' | ''
}

/** The longest periods last, the corrected sensor first; ``/`` where nobody has computed it. */
export function touchedBy(detail: CorrectionDetail, nowMs: number, sensorOf: (id: number) => SensorWords, statusWord: (status: string) => string): TouchedRow[] {
  const order = ['hour', 'day', 'month', 'year']
  const sorted = [...detail.records].sort((a, b) => Number(a.sensor_id !== detail.sensor_id) - Number(b.sensor_id !== detail.sensor_id) || a.sensor_id - b.sensor_id || order.indexOf(a.period) - order.indexOf(b.period) || Date.parse(a.start) - Date.parse(b.start))
  return sorted.map((one) => {
    const sensor = sensorOf(one.sensor_id)
    const [was, becomes, stands] = [one.before, one.after ?? one.before, one.now].map((record) => both(record, sensor, statusWord)) as [string, string, string]
    return { id: `${one.sensor_id} ${one.period} ${one.start}`, span: periodText(one.period, Date.parse(one.start), nowMs), name: sensor.name, was, becomes, stands, why: whyOf(detail.state, was, becomes, stands) }
  })
}

function whyOf(state: string, was: string, becomes: string, stands: string): TouchedRow['why'] {
  if (state === 'confirmed' && stands !== becomes) return 'correct.pending'
  return state === 'waiting_second' && stands !== was ? 'correct.moved' : ''
}

/** The mean, and the mass where there is one: both may change. */
function both(record: TouchedRecord['now'], sensor: SensorWords, statusWord: (status: string) => string): string {
  const mass = record?.mass as number | null | undefined
  const said = saidOf(record, sensor.decimals, statusWord)
  return typeof mass === 'number' ? `${said} · ${figure(mass)}\u2009kg` : said
}
