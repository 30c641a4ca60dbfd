import { expect, test } from 'vitest'
import { changing, deedsOf, doneText, exceedanceText, touchedBy } from '../../src/official/correctionWords'
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

const QUANTITIES: Record<number, object> = { 5: { name_zh: '二氧化硫', unit: 'mg/m3', decimals: 0 }, 2: { name_zh: '烟气流量', unit: 'm3/h', decimals: 0 } }
const record = (sensor_id: number, period: string, before: number, after: number | null, now: number, more: object = {}): object => ({
  sensor_id,
  period,
  quantity: QUANTITIES[sensor_id],
  form: '',
  start: '2026-11-01T00:00:00+08:00',
  before: { status: 'valid', mean: before },
  after: after === null ? null : { status: 'valid', mean: after },
  now: { status: 'valid', mean: now },
  ...more,
})
const detailOf = (records: object[], more: object = {}): CorrectionDetail => ({ ...one, sensor_id: 5, form: '', exceedances: [], records, ...more }) as unknown as CorrectionDetail

test('the corrected sensor stands first, hours before days', () => {
  const detail = detailOf([record(2, 'hour', 1, null, 1), record(5, 'day', 1, 2, 2), record(5, 'hour', 1, 3, 1, { now: { status: 'valid', mean: 1, mass: 2 } })], { state: 'confirmed' })
  const rows = touchedBy(detail, Date.parse('2026-11-02T00:00:00+08:00'))
  expect(rows.map((row) => [row.name, row.span, row.was, row.becomes])).toEqual([['二氧化硫 mg/m³', '11-01 00:00–01:00', '1', '3'], ['二氧化硫 mg/m³', '11-01', '1', '2'], ['烟气流量 m³/h', '11-01 00:00–01:00', '1', '1']])
  expect(rows[0]?.stands).toBe('1 · 2.00\u2009kg')
  expect(rows[0]?.why).toBe('correct.pending')
  expect(changing(rows).map((row) => row.name)).toEqual(['二氧化硫 mg/m³', '二氧化硫 mg/m³'])
})

test('a proposal whose records moved on since says so', () => {
  expect(touchedBy(detailOf([record(5, 'hour', 1, 3, 1), record(5, 'day', 1, 2, 2)]), 0).map((row) => row.why)).toEqual(['', 'correct.moved'])
})

test('a record says in which form it is, its value at reference oxygen, and in words why there is none', () => {
  const measured = record(5, 'hour', 1, 2, 1, { before: { status: 'valid', mean: 58.5, converted: 70.5 }, after: { status: 'short', mean: null, converted: null } })
  const converted = record(5, 'day', 1, 2, 1, { form: 'Zs' })
  const rows = touchedBy(detailOf([measured, converted]), 0)
  expect(rows.map((row) => row.name)).toEqual(['二氧化硫(实测浓度) mg/m³', '二氧化硫(折算浓度) mg/m³'])
  expect([rows[0]?.was, rows[0]?.becomes]).toEqual(['58 · 折算 70', '数据不足'])
})

test('one sentence tells how the list of exceedances changes', () => {
  const gone = { appears: false }
  expect(exceedanceText(detailOf([]))).toBe('确认后超标清单不变。')
  expect(exceedanceText(detailOf([], { exceedances: [gone] }))).toBe('确认后将撤出 1 条超标。')
  expect(exceedanceText(detailOf([], { exceedances: [gone, { appears: true }, { appears: true }] }))).toBe('确认后将撤出 1 条超标、新增 2 条超标。')
})
