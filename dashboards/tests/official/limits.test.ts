import { describe, expect, test } from 'vitest'
import { holds, inForce, stepLines } from '../../src/official/recordLimits'
import type { Limit } from '../../src/official/recordShapes'

const limit = (more: Partial<Limit>): Limit =>
  ({ id: 1, quantity: 'a21026', form: '', station: null, enterprise: null, outlet_kind: null, station_kind: 'stack', basis: 'hour', stage: 'H', value: 50, unit: 'mg/m3', reference_o2: null, region: '', kind: 'industry', standard: 'GB', clause: '1', valid_from: '2020-01-01T00:00:00+08:00', valid_to: null, verified: true, source: '', ...more }) as Limit
const place = { station: { code: 's1', kind: 'stack', enterprise: null, outlet_kind: 'boiler' }, quantity: 'a21026', form: '' } as never
const at = (text: string): number => Date.parse(`${text}T00:00:00+08:00`)

describe('limits', () => {
  test('hold where every column that says something fits', () => {
    const none = new Set<string>()
    expect(holds(limit({}), place, 'measured', none)).toBe(true)
    expect(holds(limit({ station: 's2' }), place, 'measured', none)).toBe(false)
    expect(holds(limit({ region: 'north' }), place, 'measured', none)).toBe(false)
    expect(holds(limit({ region: 'north' }), place, 'measured', new Set(['north']))).toBe(true)
  })

  test('with a reference oxygen are held against converted values only', () => {
    const dry = limit({ reference_o2: 6 })
    expect([holds(dry, place, 'measured', new Set()), holds(dry, place, 'converted', new Set()), holds(limit({}), place, 'converted', new Set())]).toEqual([false, true, false])
  })

  test('the nearest one is in force, a reference never before a verified one', () => {
    const found = inForce([limit({ id: 1 }), limit({ id: 2, station: 's1', value: 35 }), limit({ id: 3, station: 's1', value: 20, verified: false })], at('2026-01-01'))
    expect(found?.id).toBe(2)
  })

  test('step down on the day of the new edition', () => {
    const editions = [limit({ id: 1, valid_to: '2026-07-01T00:00:00+08:00' }), limit({ id: 2, value: 35, valid_from: '2026-07-01T00:00:00+08:00' })]
    const [line] = stepLines(editions, 'hour', at('2026-06-01'), at('2026-08-01'))
    expect(line?.steps.map((one) => [one.limit.value, one.to - one.from > 0, one.from])).toEqual([[50, true, at('2026-06-01')], [35, true, at('2026-07-01')]])
  })

  test('that come after the chart are told, those of another period are not', () => {
    const coming = limit({ id: 2, value: 20, valid_from: '2031-01-01T00:00:00+08:00' })
    const [line] = stepLines([limit({ valid_to: '2031-01-01T00:00:00+08:00' }), coming, limit({ id: 3, basis: 'day' })], 'hour', at('2026-06-01'), at('2026-08-01'))
    expect([line?.steps.length, line?.later.map((one) => one.id)]).toEqual([1, [2]])
    expect(stepLines([limit({ basis: 'day' })], 'hour', at('2026-06-01'), at('2026-08-01'))).toEqual([])
  })
})
