import { afterEach, describe, expect, test } from 'vitest'
import { spanText, digitTime, fieldTime, instantOf, setZone } from '../../src/parts/time'

afterEach(() => setZone('Asia/Shanghai'))

describe("a form's time is the park's, wherever the browser is", () => {
  test('written and read it is the same instant', () => {
    for (const zone of ['Asia/Shanghai', 'Asia/Kolkata', 'America/St_Johns', 'UTC']) {
      setZone(zone)
      expect(instantOf(fieldTime(Date.parse('2026-11-22T00:05:00Z'))), zone).toBe('2026-11-22T00:05:00.000Z')
    }
  })

  test('in the park it is eight hours ahead', () => {
    expect(instantOf('2026-11-22T08:00')).toBe('2026-11-22T00:00:00.000Z')
    expect(fieldTime(Date.parse('2026-11-21T16:00:00Z'))).toBe('2026-11-22T00:00')
  })

  test('a clock that was put back or forward is believed', () => {
    setZone('Europe/Berlin')
    expect(instantOf('2026-03-29T04:00')).toBe('2026-03-29T02:00:00.000Z')
    expect(instantOf('2026-10-25T04:00')).toBe('2026-10-25T03:00:00.000Z')
  })

  test('what is no time is nothing', () => expect(instantOf('')).toBe(''))
})

test('digits of a logger are read as its local time', () => {
  expect(digitTime('20261122080500')).toBe('2026-11-22 08:05:00')
  expect(digitTime('58.3')).toBe('58.3')
})

test('a span always has its date', () => {
  const nowMs = Date.parse('2026-11-26T14:00:00+08:00')
  expect(spanText('2026-11-26T08:00:00+08:00', 3_600_000, nowMs)).toBe('11-26 08:00–09:00')
  expect(spanText('2025-11-26T23:59:00+08:00', 60_000, nowMs)).toBe('2025-11-26 23:59–24:00')
  expect(spanText('2026-11-26T23:00:00+08:00', 3_600_000, nowMs)).toBe('11-26 23:00–24:00')
  expect(spanText('2026-11-26T00:00:00+08:00', 3_600_000, nowMs)).toBe('11-26 00:00–01:00')
  expect(spanText('2026-11-26T00:00:00+08:00', 86_400_000, nowMs)).toBe('11-26')
})
