/** Pure: the records that a correction touches, as rows before and after. */
import { figure } from '../parts/figures'
import { periodText } from './recordPeriods'
import type { TouchedRecord } from './recordShapes'

export interface Touched {
  id: string
  name: string
  span: string
  was: string
  becomes: string
}

/** A value, or the word for why there is none; '/' where nobody has computed it. */
export function saidOf(record: Record<string, unknown> | null, decimals: number, statusWord: (status: string) => string): string {
  if (record === null) return '/'
  const status = String(record.status ?? 'none')
  return status === 'valid' ? figure(record.mean as number | null, decimals) : statusWord(status)
}

/** ``nameOf`` names the sensor of a record, '' for the corrected one itself. */
export function touchedRows(records: readonly TouchedRecord[], decimals: number, nowMs: number, statusWord: (status: string) => string, nameOf: (sensor: number | undefined) => string): Touched[] {
  return records.map((one) => ({
    id: `${one.sensor_id ?? ''} ${one.period} ${one.start}`,
    name: nameOf(one.sensor_id),
    span: periodText(one.period, Date.parse(one.start), nowMs),
    was: saidOf(one.before, decimals, statusWord),
    becomes: saidOf(one.after ?? one.now, decimals, statusWord),
  }))
}
