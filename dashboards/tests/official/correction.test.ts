import { expect, test } from 'vitest'
import { deedsOf, doneText, touchedBy } from '../../src/official/correctionWords'
import type { Correction, CorrectionDetail } from '../../src/official/recordShapes'

const one = { kind: 'scale', factor: 1.02, shift: -3, value: null, state: 'waiting_second', made_by: 'li', quantity: { unit: 'mg/m3', decimals: 1 } } as unknown as Correction

test('nobody decides their own correction, and only who proposed it takes it back', () => {
  expect(deedsOf(one, 'li', true)).toEqual({ decide: false, withdraw: true, own: true })
  expect(deedsOf(one, 'wang', true)).toEqual({ decide: true, withdraw: false, own: false })
  expect(deedsOf(one, 'wang', false)).toEqual({ decide: false, withdraw: false, own: false })
  expect(deedsOf({ ...one, state: 'confirmed' }, 'li', true)).toEqual({ decide: false, withdraw: false, own: false })
})

test('what is done is said in figures', () => {
  expect(doneText(one)).toBe('× 1.0200 − 3.00\u2009mg/m³')
  expect(doneText({ ...one, kind: 'enter', value: 58.25 })).toBe('58.2\u2009mg/m³')
  expect(doneText({ ...one, kind: 'exclude' })).toBe('')
})

const record = (sensor_id: number, period: string, before: number, after: number | null, now: number): object => ({
  sensor_id,
  period,
  start: '2026-11-01T00:00:00+08:00',
  before: { status: 'valid', mean: before },
  after: after === null ? null : { status: 'valid', mean: after },
  now: { status: 'valid', mean: now, mass: 2 },
})

test('the corrected sensor stands first, hours before days; what would not change says so', () => {
  const detail = { ...one, sensor_id: 5, state: 'confirmed', records: [record(2, 'hour', 1, null, 1), record(5, 'day', 1, 2, 2), record(5, 'hour', 1, 3, 1)] } as unknown as CorrectionDetail
  const rows = touchedBy(detail, Date.parse('2026-11-02T00:00:00+08:00'), (id) => ({ name: `s${id}`, decimals: 0, unit: '' }), (status) => status)
  expect(rows.map((row) => [row.name, row.span, row.was, row.becomes])).toEqual([['s5', '11-01 00:00–01:00', '1', '3'], ['s5', '11-01', '1', '2'], ['s2', '11-01 00:00–01:00', '1', '1']])
  expect(rows[0]?.stands).toBe('1 · 2.00\u2009kg')
  expect(rows[0]?.why).toBe('correct.pending')
})

test('a proposal whose records moved on since says so', () => {
  const records = [record(5, 'hour', 1, 3, 1), record(5, 'day', 1, 2, 2)].map((all) => ({ ...all, now: { ...(all as { now: object }).now, mass: null } }))
  const detail = { ...one, sensor_id: 5, records } as unknown as CorrectionDetail
  expect(touchedBy(detail, 0, () => ({ name: '', decimals: 0, unit: '' }), (status) => status).map((row) => row.why)).toEqual(['', 'correct.moved'])
})
