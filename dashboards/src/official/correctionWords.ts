/** Pure: corrections, who may decide them, and the records they touch as they stood, are to become and stand. */
import type { components } from '../api/schema'
import { figure, unitText } from '../parts/figures'
import { named, t, word } from '../words'
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

export interface TouchedRow {
  id: string
  span: string
  /** Pollutant, form and unit. */
  name: string
  was: string
  becomes: string
  stands: string
  /** Why it stands otherwise than the proposal says. */
  why: 'correct.pending' | 'correct.moved' | ''
}

/** The longest periods last, the corrected sensor first; ``/`` where nobody has computed it. */
export function touchedBy(detail: CorrectionDetail, nowMs: number): TouchedRow[] {
  const order = ['hour', 'day', 'month', 'year']
  const sorted = [...detail.records].sort((a, b) => Number(a.sensor_id !== detail.sensor_id) - Number(b.sensor_id !== detail.sensor_id) || a.sensor_id - b.sensor_id || order.indexOf(a.period) - order.indexOf(b.period) || Date.parse(a.start) - Date.parse(b.start))
  return sorted.map((one) => {
    const [was, becomes, stands] = [one.before, one.after ?? one.before, one.now].map((record) => figuresOf(one, record)) as [string, string, string]
    return { id: `${one.sensor_id} ${one.period} ${one.start}`, span: periodText(one.period, Date.parse(one.start), nowMs), name: nameOf(one), was, becomes, stands, why: whyOf(detail.state, was, becomes, stands) }
  })
}

/** What prints otherwise by it, or stands otherwise since; the rest need not be read. */
export function changing(rows: readonly TouchedRow[]): TouchedRow[] {
  return rows.filter((one) => one.becomes !== one.was || one.stands !== one.was)
}

/** How the list of exceedances changes by it, in one sentence. */
export function exceedanceText(detail: CorrectionDetail): string {
  const appear = detail.exceedances.filter((one) => one.appears).length
  const vanish = detail.exceedances.length - appear
  const parts = [vanish ? t('correct.vanish', { n: vanish }) : '', appear ? t('correct.appear', { n: appear }) : ''].filter(Boolean)
  return parts.length ? t('correct.exceedances', { what: parts.join(t('correct.and')) }) : t('correct.no_exceedances')
}

/** A form that is computed from another one and does not change it. */
export const isConverted = (form: string): boolean => form === 'Zs'

/** 二氧化硫(实测浓度) mg/m³ */
function nameOf(one: TouchedRecord): string {
  const unit = unitText(one.quantity.unit)
  const converts = [one.before, one.after, one.now].some((record) => typeof record?.converted === 'number')
  const form = isConverted(one.form) ? 'Zs' : converts ? 'Rtd' : ''
  return [named(one.quantity) + (form ? `(${word(`form.${form}`, form)})` : ''), unit].filter(Boolean).join(' ')
}

function whyOf(state: string, was: string, becomes: string, stands: string): TouchedRow['why'] {
  if (state === 'confirmed' && stands !== becomes) return 'correct.pending'
  return state === 'waiting_second' && stands !== was ? 'correct.moved' : ''
}

/** The mean, its value at reference oxygen and the mass where there are any: all may change. */
function figuresOf(one: TouchedRecord, record: TouchedRecord['now']): string {
  const [converted, mass] = [record?.converted, record?.mass] as (number | null | undefined)[]
  const said = [saidOf(record, one.quantity.decimals, (status) => word(`record.status.${status}`, status))]
  if (typeof converted === 'number') said.push(`${t('correct.converted')} ${figure(converted, one.quantity.decimals)}`)
  if (typeof mass === 'number') said.push(`${figure(mass)}\u2009kg`)
  return said.join(' · ')
}
