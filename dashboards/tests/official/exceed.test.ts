import { expect, test } from 'vitest'
import { behind, compliedText, covered, daySpan, lastDay, tilesOf, together, unjudgedOf, weekSpan, withoutAny, type ComplianceSheet, type Exceedance } from '../../src/official/exceedRows'

const at = (text: string): number => Date.parse(`${text}+08:00`)

test('a week begins on Monday of the park, also on a Sunday and on a Monday', () => {
  expect(weekSpan('week', at('2026-11-29T23:30'))).toEqual({ from: at('2026-11-23T00:00'), to: at('2026-11-29T23:30') })
  expect(weekSpan('week', at('2026-11-23T00:10')).from).toBe(at('2026-11-23T00:00'))
  expect(weekSpan('lastweek', at('2026-11-23T08:30'))).toEqual({ from: at('2026-11-16T00:00'), to: at('2026-11-23T00:00') })
  expect(weekSpan('lastmonth', at('2026-03-02T08:30'))).toEqual({ from: at('2026-02-01T00:00'), to: at('2026-03-01T00:00') })
})

test('days are whole and both are meant', () => {
  const span = daySpan('2026-11-01', '2026-11-03')
  expect(span).toEqual({ from: at('2026-11-01T00:00'), to: at('2026-11-04T00:00') })
  expect(lastDay(span ?? { from: 0, to: 0 })).toBe('2026-11-03')
  expect(daySpan('2026-11-03', '2026-11-01')).toBeNull()
  expect(daySpan('', '2026-11-01')).toBeNull()
})

const counts = (enterprise: string | null, quantity: string, judged: number, over: number, factor: string | null): object => ({
  enterprise: enterprise ? { id: 1, code: enterprise, name_zh: enterprise, name_en: enterprise } : null,
  quantity: { code: quantity },
  hours_judged: judged,
  hours_over: over,
  days_judged: 0,
  days_over: 0,
  max_factor: factor,
})
const sheet = { items: [counts('a', 'w', 10, 0, null), counts('b', 'w', 10, 2, '0.50'), counts('b', 'x', 5, 1, '10.20'), counts(null, 'x', 4, 0, null)] } as unknown as ComplianceSheet

test('tiles add the pollutants of an enterprise, the most exceedances first', () => {
  const tiles = tilesOf(sheet, '')
  expect(tiles.map((one) => [one.code, one.judged, one.over, one.worst])).toEqual([['b', 15, 3, '10.20'], ['a', 10, 0, null], ['', 4, 0, null]])
  expect(together(tiles)).toEqual({ judged: 29, over: 3, daysJudged: 0, daysOver: 0 })
  expect(tilesOf(sheet, 'w').map((one) => one.over)).toEqual([2, 0])
})

test('a rate that is less than all is never shown as 100', () => {
  expect(compliedText(100_000, 1)).toBe('99.99')
  expect(compliedText(10, 0)).toBe('100')
  expect(compliedText(3, 1)).toBe('66.67')
  expect(compliedText(0, 0)).toBe('/')
})

test('an hour opens its page and a day its hours on the basis it was judged by', () => {
  const one = { period: 'hour', start: '2026-11-23T08:00:00+08:00', end: '2026-11-23T09:00:00+08:00', station: { id: 7 }, quantity: { code: 'a21002' }, form: 'Zs' } as unknown as Exceedance
  expect(behind(one)).toEqual({ hour: at('2026-11-23T08:00') })
  const day = { ...one, period: 'day', start: '2026-11-23T00:00:00+08:00', end: '2026-11-24T00:00:00+08:00' } as Exceedance
  expect(behind(day)).toEqual({ at: '7', q: 'a21002', from: '2026-11-23T00:00', to: '2026-11-24T00:00', basis: 'converted' })
})

test('nobody is called without exceedances of whom nothing was judged, and of whom a part was not it is said', () => {
  const idle = counts('c', 'w', 0, 0, null)
  const open = (code: string, id: number, partly: boolean, quantities: string[]): object => ({ enterprise: { code }, station: { id }, partly, quantities: quantities.map((one) => ({ code: one })) })
  const items = [...sheet.items, idle].map((one, id) => ({ ...one, station: { id } }))
  const found = { items, unjudged: [open('a', 9, true, ['y']), open('d', 8, false, ['w', 'y'])] } as unknown as ComplianceSheet
  expect(withoutAny(tilesOf(found, ''), found.unjudged).map((one) => [one.tile.code, one.partly])).toEqual([['a', true], ['', false]])
  expect(covered(found, '')).toEqual({ owners: 3, outlets: 4 })
  expect(covered(found, 'w')).toEqual({ owners: 2, outlets: 2 })
  expect(unjudgedOf(found, '', '').map((one) => [one.station.id, one.partly])).toEqual([[8, false], [9, true]])
  expect(unjudgedOf(found, 'd', 'w').map((one) => one.quantities.length)).toEqual([1])
  expect(unjudgedOf(found, 'a', 'w')).toEqual([])
  expect(unjudgedOf(null, '', '')).toEqual([])
})
