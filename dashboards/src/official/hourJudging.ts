/** Pure: an hour against the limit of its own day, and what its revisions say. */
import { t } from '../words'
import type { HourLimit, HourRecord } from './hourShapes'

/** (C − C0) / C0 of a value over its limit; null within it. */
export function exceedance(value: number, limit: number): number | null {
  return limit > 0 && value > limit ? (value - limit) / limit : null
}

export interface Judged {
  limit: HourLimit
  /** What is held against it: converted where the limit has a reference oxygen. */
  value: number | null
  /** Outside of it, and such as may be held against it. */
  broken: boolean
  /** Of an upper limit that is broken. */
  factor: number | null
}

/** The hour's limits, each with the value that is held against it; nothing is judged that may not be. */
export function judged(record: HourRecord | null, limits: readonly HourLimit[], form: string): Judged[] {
  return limits
    .filter((one) => one.basis === 'hour')
    .map((limit) => {
      const converted = form !== 'Zs' && (limit.reference_o2 !== null || limit.form === 'Zs')
      const value = record === null ? null : converted ? record.converted : record.mean
      const low = limit.stage.startsWith('L')
      const broken = record?.judgeable === true && value !== null && (low ? value < limit.value : value > limit.value)
      return { limit, value, broken, factor: broken && !low ? exceedance(value, limit.value) : null }
    })
}

/** 数据不足(45/60): why an hour has no value, of how many where that is the reason. */
export function whyNone(record: Pick<HourRecord, 'status' | 'samples' | 'expected'>): string {
  return t(`record.status.${record.status}`) + (record.status === 'short' ? `(${record.samples}/${record.expected})` : '')
}

/** What made a revision: its kind and the number of what did it. */
export function causeOf(cause: string): { kind: string; n: string } {
  const [kind = '', n = ''] = cause.split(' ')
  return { kind, n }
}

/** 412 KB, 1.2 MB. */
export function bytesText(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.max(1, Math.round(bytes / 1000))}\u2009KB` : `${(bytes / 1_000_000).toFixed(1)}\u2009MB`
}
