import { describe, expect, test } from 'vitest'
import type { Sensor, Station } from '../../src/api/shapes'
import { counted, drawn, lineOf, lonely, placeAt, revised, rowsOf, runs, share, STATUS_OF } from '../../src/official/recordLines'
import { beginning, endOf, fittingPeriod, HOUR, hourKey, hourOf, periodText, presetSpan } from '../../src/official/recordPeriods'
import { keep, listed, pairsOf, pointsOf, readKept, usualQuantity } from '../../src/official/recordQuery'
import type { RecordColumns } from '../../src/official/recordShapes'
import { bearable, columnsOf } from './sample'

const at = (text: string): number => Date.parse(`${text}+08:00`)
const now = at('2026-03-14T08:30:00')

describe('periods', () => {
  test('an hour is named by both its ends, a month and a year by themselves', () => {
    expect(periodText('hour', at('2026-03-14T05:00'), now)).toBe('03-14 05:00–06:00')
    expect([periodText('month', at('2026-03-01T00:00'), now), periodText('year', at('2025-01-01T00:00'), now)]).toEqual(['2026-03', '2025'])
  })

  test('presets begin at midnights of the park and end with what is over or now', () => {
    expect(presetSpan('yesterday', now)).toEqual({ from: at('2026-03-13T00:00'), to: at('2026-03-14T00:00') })
    expect(presetSpan('7d', now)).toEqual({ from: at('2026-03-08T00:00'), to: now })
    expect(presetSpan('lastmonth', now)).toEqual({ from: at('2026-02-01T00:00'), to: at('2026-03-01T00:00') })
    expect(presetSpan('lastyear', now)).toEqual({ from: at('2025-01-01T00:00'), to: at('2026-01-01T00:00') })
  })

  test('a month ends where the next begins, also over a new year', () => {
    expect(endOf('month', at('2025-12-01T00:00'))).toBe(at('2026-01-01T00:00'))
    expect(beginning('month', at('2026-01-31T12:00'), -1)).toBe(at('2025-12-01T00:00'))
    expect(endOf('hour', now)).toBe(now + HOUR)
  })

  test('minutes of a month are asked for as hours, hours of years as days', () => {
    const span = { from: 0, to: 40 * 24 * HOUR }
    expect([fittingPeriod('minute', span), fittingPeriod('hour', span), fittingPeriod('hour', { from: 0, to: 500 * 24 * HOUR })]).toEqual(['hour', 'hour', 'day'])
  })

  test('an hour in an address means one hour, however it is written', () => {
    const start = at('2026-03-14T05:00')
    expect(hourKey(start + 59 * 60_000)).toBe('2026-03-14T05:00+08:00')
    for (const key of [hourKey(start), '2026-03-13T21:00:00Z', '2026-03-14T05', '2026-03-14T05:40', String(start)]) expect(hourOf(key), key).toBe(start)
    expect(hourOf('yesterday')).toBeNaN()
  })
})

describe('a line', () => {
  const columns: RecordColumns = columnsOf('vvsvnnvm', [1, 2, null, 4, null, null, 7, null], [1, 1, 1, 2, 1, 1, 1, 1])

  test('draws only what is valid and bridges nothing', () => {
    expect(drawn(lineOf(columns, 'measured'), 'hour').map((one) => one[1])).toEqual([1, 2, null, 4, null, null, 7, null])
  })

  test('breaks where minutes are missing', () => {
    const line = { ...lineOf(columns, 'measured'), at: [0, 60_000, 300_000], value: [1, 2, 3], status: 'vvv' }
    expect(drawn(line, 'minute')).toEqual([[0, 1], [60_000, 2], [120_000, null], [300_000, 3]])
  })

  test('shows points that stand alone and values that were revised', () => {
    const line = lineOf(columns, 'measured')
    expect(lonely(drawn(line, 'hour')).map((one) => one[1])).toEqual([4, 7])
    expect(revised(line)).toEqual([[3 * HOUR, 4]])
  })

  test('joins neighbours of a status to a run', () => {
    expect(runs(lineOf(columns, 'measured'), 'hour').map((one) => [one.status, (one.to - one.from) / HOUR])).toEqual([['valid', 2], ['short', 1], ['valid', 1], ['none', 2], ['valid', 1], ['marked', 1]])
  })

  test('keeps hours apart whose mass was substituted', () => {
    const starts = new Set([4 * HOUR])
    expect(runs(lineOf(columns, 'measured'), 'hour', starts).filter((one) => one.status === 'none').map((one) => [one.from / HOUR, one.substituted])).toEqual([[4, true], [5, false]])
  })

  test('says which basis its values have', () => {
    const both = { ...columns, converted: columns.mean.map((one) => (one === null ? null : 2 * one)) }
    expect([lineOf(both, 'converted').value[1], lineOf(both, 'converted').basis]).toEqual([4, 'converted'])
    expect([lineOf(columns, 'converted').value[1], lineOf(columns, 'converted').basis]).toEqual([2, 'measured'])
  })

  test('finds the period that holds an instant', () => {
    const line = lineOf(columns, 'measured')
    expect([placeAt(line, 1.5 * HOUR, 'hour'), placeAt(line, -1, 'hour'), placeAt(line, 9 * HOUR, 'hour')]).toEqual([1, -1, -1])
  })

  test('counts each status, in their order', () => {
    expect(counted([lineOf(columns, 'measured')])).toEqual([{ status: 'valid', n: 4 }, { status: 'short', n: 1 }, { status: 'marked', n: 1 }, { status: 'none', n: 2 }])
    expect(Object.keys(STATUS_OF).join('')).toBe('vsampfn')
  })

  test('lines stand beside each other in rows, newest first', () => {
    const one = lineOf(columns, 'measured')
    const rows = rowsOf([one, { ...one, at: [0, HOUR], value: [9, 8], status: 'vv' }])
    expect([rows[0]?.start, rows[0]?.cells[1], rows.at(-1)?.cells[1]?.value]).toEqual([7 * HOUR, null, 9])
  })

  test('a year of hours is made in a moment', () => {
    const n = 8760
    const line = lineOf(columnsOf('v'.repeat(n), Array.from({ length: n }, (_, i) => i), Array.from({ length: n }, () => 1)), 'measured')
    expect(bearable(() => [drawn(line, 'hour'), runs(line, 'hour'), rowsOf([line])])).toBe(true)
  })

  test('what is short says of how many', () => {
    expect(share({ samples: 45, expected: 60 }, 60)).toBe('(45/60)')
    expect(share({ samples: 3, expected: null }, 5)).toBe('(3/12)')
  })
})

describe('a query', () => {
  const sensor = (id: number, quantity: string, form = '', limits: unknown[] = []): Sensor => ({ id, quantity, form, limits }) as unknown as Sensor
  const station = { id: 1, sensors: [sensor(1, 'a01001'), sensor(2, 'a21026', '', [{}]), sensor(3, 'a21026', 'Zs'), sensor(4, 'a34013')] } as unknown as Station

  test('takes the sensor of the wanted basis, else the other', () => {
    const ids = (basis: 'measured' | 'converted'): number[] => pointsOf([station], ['a21026', 'a34013'], basis).map((one) => one.sensor.id)
    expect([ids('measured'), ids('converted')]).toEqual([[2, 4], [3, 4]])
  })

  test('begins with what has a limit', () => {
    expect([usualQuantity([station]), usualQuantity([])]).toEqual(['a21026', ''])
  })

  test('names every sensor and asks no history of minutes', () => {
    const wanted = { sensors: [2, 3], period: 'hour' as const, asOf: '2026-03-01T00:00:00.000Z', from: 0, to: HOUR }
    const said = new URLSearchParams(pairsOf(wanted, { format: 'csv', cursor: undefined }))
    expect([said.getAll('sensor'), said.get('as_of'), said.get('format'), said.has('cursor')]).toEqual([['2', '3'], '2026-03-01T00:00:00.000Z', 'csv', false])
    expect(new URLSearchParams(pairsOf({ ...wanted, period: 'minute' })).has('as_of')).toBe(false)
  })

  test('is kept once under a name, and a broken store is an empty one', () => {
    expect(keep([{ name: 'b', query: 'at=1' }, { name: 'a', query: 'at=2' }], 'b', 'at=3')).toEqual([{ name: 'a', query: 'at=2' }, { name: 'b', query: 'at=3' }])
    expect([readKept(null), readKept('{'), readKept('[1,{"name":"a","query":""}]')]).toEqual([[], [], [{ name: 'a', query: '' }]])
    expect(listed('1,,2')).toEqual(['1', '2'])
  })
})
