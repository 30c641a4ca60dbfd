import { describe, expect, test } from 'vitest'
import { classTexts, pollutionPetals, ring, roundScale, windPetals } from '../../src/official/rosePetals'
import type { PollutionRose, WindRose } from '../../src/official/roseShapes'

const sectors = [
  { code: 'N', zh: '北', from_deg: 348.75, to_deg: 11.25 },
  { code: 'E', zh: '东', from_deg: 78.75, to_deg: 101.25 },
]

describe('a rose', () => {
  test('has north up: its petal lies on both sides of the upper axis', () => {
    const [, x, y] = /L(-?[\d.]+) (-?[\d.]+)/.exec(ring(0, 100, 348.75, 11.25)) ?? []
    expect([Number(x) < 0, Number(y) < -90]).toEqual([true, true])
    expect(ring(0, 100, 348.75, 11.25)).not.toContain('NaN')
  })

  test('has a round scale that holds its greatest petal', () => {
    expect([roundScale(7.3), roundScale(12), roundScale(0.03), roundScale(0)]).toEqual([8, 20, 0.04, 1])
  })

  test('stacks the classes of speed and leaves out what never blew', () => {
    const { petals, scale } = windPetals({ sectors, frequency_pct: [[10, 0, 5], [0, 0, 0]] } as unknown as WindRose)
    expect([petals.map((one) => one.shade), scale]).toEqual([[0, 2], 20])
  })

  test('has room for the mean in calm and no petal where nothing was measured', () => {
    const { petals, scale } = pollutionPetals({ sectors, values: [{ mean: 30, hours: 4 }, { mean: null, hours: 0 }], calm: { mean: 55, hours: 2 } } as unknown as PollutionRose)
    expect([petals.length, scale]).toEqual([1, 80])
  })

  test('writes its classes with an open end', () => {
    expect(classTexts([0.5, 2, 4, null])).toEqual(['0.5–2', '2–4', '≥ 4'])
  })
})
