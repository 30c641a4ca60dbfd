import { describe, expect, test } from 'vitest'
import type { Difference, Sensor } from '../../src/api/shapes'
import { pairOf } from '../../src/loggers/pair'

const sensor = { id: 7, name_zh: '二氧化硫', name_en: 'SO2', unit: 'mg/m³', decimals: 1 } as Sensor
const words = { logger: 'logger', ours: 'ours' }

function difference(start: string, logger: number | null, ours: number | null, sensor_id = 7): Difference {
  return { sensor_id, start, logger, ours } as Difference
}

const drawn = (found: Difference[]) => Object.fromEntries(pairOf(sensor, found, words).series.map((one) => [one.key, one.points.map(([, value]) => value)]))

describe('the logger beside ours', () => {
  test('is drawn in order of time, of one sensor alone', () => {
    const found = [difference('2026-11-22T09:00:00+08:00', 2, 2.04), difference('2026-11-22T08:00:00+08:00', 1, 1.256), difference('2026-11-22T08:00:00+08:00', 9, 9, 8)]
    expect(drawn(found)).toEqual({ logger: [1, 2], ours: [1.26, 2.04] })
  })

  test('is not drawn across a period that only one of them has', () => {
    expect(drawn([difference('2026-11-22T08:00:00+08:00', 1, null), difference('2026-11-22T09:00:00+08:00', 2, 2)])).toEqual({ logger: [1, 2], ours: [null, 2] })
  })

  test('is not drawn across periods that neither has', () => {
    const found = ['08', '09', '12'].map((hour) => difference(`2026-11-22T${hour}:00:00+08:00`, 1, 1))
    expect(drawn(found)).toEqual({ logger: [1, 1, null, 1], ours: [1, 1, null, 1] })
  })

  test('of a single period is two points', () => {
    expect(drawn([difference('2026-11-22T08:00:00+08:00', 1, 2)])).toEqual({ logger: [1], ours: [2] })
  })
})
