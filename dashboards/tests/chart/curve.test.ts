import { describe, expect, test } from 'vitest'
import type { LimitLine, Series } from '../../src/api/shapes'
import { axisRange, curveOf, limitLines } from '../../src/chart/curve'

const limit = (value: number, stage = 'HH'): LimitLine => ({ stage, basis: 'instant', value, unit: '', standard: '', clause: '', verified: true })
const series = (points: Series['points']): Series => ({ sensor_id: 7, quantity: 'x', unit: '', step_s: 60, points, limits: [] })

describe('a curve', () => {
  test('is not drawn across a gap', () => {
    const curve = curveOf(series([[0, 1, 1, 1, 1, 'N'], [60_000, 1, 1, 1, 1, 'N'], [600_000, 1, 1, 1, 1, 'N']]), [])
    expect(curve.mean.map(([, v]) => v)).toEqual([1, 1, null, 1])
  })

  test('keeps the extremes of a bucket as a band', () => {
    const curve = curveOf(series([[0, 1, 9, 3, 2, 'N']]), [])
    expect(curve.low[0]?.[1]).toBe(1)
    expect(curve.spread[0]?.[1]).toBe(8)
  })

  test('marks flagged data, in the bucket of several flags too', () => {
    const curve = curveOf(series([[0, 1, 1, 1, 1, 'N'], [60_000, 2, 2, 2, 2, 'MN']]), [])
    expect(curve.flagged).toEqual([{ at: 60_000, value: 2, flags: 'MN' }])
  })

  test('grows with live values, never backwards', () => {
    const live = [30_000, 120_000].map((at) => ({ time: new Date(at).toISOString(), value: 5, flag: 'N', mark: '-' }))
    const curve = curveOf(series([[60_000, 1, 1, 1, 1, 'N']]), live)
    expect(curve.mean.map(([at]) => at)).toEqual([60_000, 120_000])
  })

  test('shows a near limit and is not flattened by a far one', () => {
    const curve = curveOf(series([[0, 1, 1.2, 1.1, 1, 'N']]), [])
    expect(axisRange(curve, [limit(2)]).max).toBeGreaterThan(2)
    expect(axisRange(curve, [limit(500)]).max).toBeLessThan(2)
  })

  test('draws a limit once', () => expect(limitLines([limit(2), limit(2), limit(1, 'H')]).length).toBe(2))
})
