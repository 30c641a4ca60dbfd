import { expect, test } from 'vitest'
import { figure, limitFigure, unitText } from '../../src/parts/figures'
import { axisTime, full, offsetName, when } from '../../src/parts/time'

test('a value has the decimals of its quantity; the unknown is a stroke', () => {
  expect(figure(2.3, 2)).toBe('2.30')
  expect(figure(null, 2)).toBe('/')
  expect(figure(Number.NaN)).toBe('/')
  expect(figure(-0.004, 3)).toBe('-0.004')
  expect(figure(-0.04, 1)).toBe('0.0')
})

test('a limit keeps its own digits', () => {
  expect(limitFigure(2)).toBe('2')
  expect(limitFigure(0.25)).toBe('0.25')
})

test('units are typeset', () => {
  expect(unitText('mg/m3')).toBe('mg/m³')
  expect(unitText('ug/m3')).toBe('µg/m³')
  expect(unitText('%LEL')).toBe('%LEL')
  expect(unitText('')).toBe('')
})

test('times are in the zone of the park, whatever the zone of the PC', () => {
  const at = '2026-11-22T00:05:09Z'
  expect(full(at)).toBe('2026-11-22 08:05:09')
  expect(when(at, Date.parse(at))).toBe('08:05:09')
  expect(when(at, Date.parse('2026-11-23T00:00:00Z'))).toBe('11-22 08:05:09')
  expect(offsetName(Date.parse(at))).toBe('UTC+8')
  expect(axisTime(Date.parse(at), 3_600_000)).toBe('08:05')
})
