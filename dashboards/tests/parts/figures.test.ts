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

test('a tie goes to the even digit, of the number as it is written', () => {
  expect(figure(69.86500000000001, 2)).toBe('69.86')
  expect([2.5, 3.5, -2.5, -3.5, 0.5, 1e-320].map((one) => figure(one, 0))).toEqual(['2', '4', '-2', '-4', '0', '0'])
  expect([0.125, 0.375, 1.005, -0.125, 0.1 + 0.2].map((one) => figure(one, 2))).toEqual(['0.12', '0.38', '1.00', '-0.12', '0.30'])
  expect(figure(69.8651, 2)).toBe('69.87')
  expect(figure(58.25, 1)).toBe('58.2')
})

test('big numbers are grouped, and keep their size', () => {
  expect(figure(1234567.125, 2)).toBe('1,234,567.12')
  expect(figure(-999.995, 2)).toBe('-1,000.00')
  expect(figure(1e21, 0)).toBe('1,000,000,000,000,000,000,000')
  expect(limitFigure(12000)).toBe('12,000')
  expect(limitFigure(100)).toBe('100')
  expect(limitFigure(0.00005)).toBe('0')
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
