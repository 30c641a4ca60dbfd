import { expect, test } from 'vitest'
import { blockedBy, changeTexts, frozenOf } from '../../src/official/monthSheet'
import { countsOf, gradeOf, groupsOf, missingOf, monthName, onBasis, partsOf, percentText } from '../../src/official/rateFigures'
import { letterOf, moved, shadeOf } from '../../src/official/rateGrid'
import type { Coverage, EffectiveRates, MonthChange, MonthSheet, Rates } from '../../src/official/rateShapes'

const rates = (effective: number | null, raw: number | null, missing: Record<string, number> = {}): Rates =>
  ({ due: 10, received: 9, valid: 8, stopped: 1, no_flow: 2, exempt: 3, invalid: { short: 1 }, missing: { enterprise: 0, network: 0, platform: 0, unknown: 0, ...missing }, transmission: 90, validity: 88, effective, capture: 1, running: 1, grade: null, hours: 1, raw: { due: 12, received: 9, valid: 8, transmission: 75, validity: 88, effective: raw, capture: 2 } }) as Rates

test('a month is named by the park, not by the reader', () => {
  expect(monthName(Date.parse('2026-11-01T00:30+08:00'))).toBe('2026-11')
  expect(monthName(Date.parse('2026-01-01T00:30+08:00'), -1)).toBe('2025-12')
})

test('bars are included and nothing due has no grade', () => {
  expect([95, 94.99, 75, 74.99, null].map((one) => gradeOf(one, 75, 95))).toEqual(['good', 'pass', 'pass', 'below', null])
  expect([100, 99.99, null].map(percentText)).toEqual(['100', '99.99', '/'])
})

test('what the platform lost is apart from what is missing', () => {
  const one = rates(90, 75, { enterprise: 2, platform: 3 })
  expect(countsOf(one)).toMatchObject({ missing: 2, platform: 3, invalid: 1, stopped: 1, no_flow: 2, exempt: 3 })
  expect(missingOf(one)).toBe(5)
  expect(partsOf(one, 5)).toEqual([{ cause: 'enterprise', hours: 2, width: 40 }, { cause: 'platform', hours: 3, width: 60 }])
  expect(onBasis(one, 'raw').due).toBe(12)
})

test('the worst stands first on the basis that is shown, and nothing due last', () => {
  const owner = (code: string, ...both: [number | null, number | null]): object => ({ enterprise: { code }, outlets: 1, ...rates(...both) })
  const sheet = { enterprises: [owner('a', 90, 50), owner('b', 80, 70), owner('c', null, null)], items: [{ enterprise: { code: 'a' }, ...rates(90, 50) }] } as unknown as EffectiveRates
  expect(groupsOf(sheet, 'owner').map((one) => one.code)).toEqual(['b', 'a', 'c'])
  expect(groupsOf(sheet, 'raw').map((one) => one.code)).toEqual(['a', 'b', 'c'])
  expect(groupsOf(sheet, 'raw')[0]?.outlets).toHaveLength(1)
})

type Day = NonNullable<Coverage['items'][number]['days'][number]>
const day = (due: number, valid: number, letters: string): Day => ({ due, valid, received: valid, platform: 0, not_due: 0, received_rate: null, valid_rate: null, letters })

test('a day says in one letter what most of its lost hours were', () => {
  expect(letterOf(null)).toBe('.')
  expect(letterOf(day(24, 24, 'V'.repeat(24)))).toBe('')
  expect(letterOf(day(24, 20, 'VVssPVVVVVs-'))).toBe('s')
  expect(letterOf(day(24, 22, 'Vs-V'))).toBe('-')
  expect(letterOf(day(0, 0, 'FFFz'))).toBe('F')
  expect(letterOf(day(0, 0, '....'))).toBe('.')
})

test('a cell is darker the less was valid', () => {
  expect([day(10, 10, ''), day(100, 90, ''), day(100, 89, ''), day(100, 74, ''), day(0, 0, '')].map(shadeOf)).toEqual([0, 1, 2, 3, 0])
})

test('arrow keys stay within the grid and other keys are not its own', () => {
  expect(moved('ArrowLeft', { line: 0, day: 0 }, 3, 30)).toEqual({ line: 0, day: 0 })
  expect(moved('ArrowDown', { line: 2, day: 4 }, 3, 30)).toEqual({ line: 2, day: 4 })
  expect(moved('End', { line: 1, day: 4 }, 3, 30)).toEqual({ line: 1, day: 29 })
  expect(moved('a', { line: 1, day: 4 }, 3, 30)).toBeNull()
})

test('a sheet says how much it freezes and what is in its way', () => {
  const sheet = { figures: { outlets: [{ sensors: [1, 2] }, { sensors: [3] }], masses: [{ quantity: 'w01018' }] } } as unknown as MonthSheet
  expect(frozenOf(sheet)).toMatchObject({ outlets: 2, sensors: 3, masses: 1 })
  expect(frozenOf({ figures: {} } as unknown as MonthSheet)).toMatchObject({ outlets: 0, sensors: 0, masses: 0 })
  expect(blockedBy({ unclosed: [], marks: [{}], corrections: [] })).toEqual({ hard: false, marks: true })
  expect(blockedBy({ unclosed: [{}], marks: [], corrections: [] })).toEqual({ hard: true, marks: false })
  expect(blockedBy(null)).toEqual({ hard: false, marks: false })
})

test('a change that prints alike tells how many samples it lost', () => {
  const record = (mean: number, samples: number): object => ({ status: 'valid', mean, samples })
  const texts = (before: object | null, after: object): object => changeTexts({ decimals: 2, before, after } as unknown as MonthChange, (status) => status, (said, n) => `${said} (${n})`)
  expect(texts(record(7.451, 31), record(7.452, 30))).toEqual({ was: '7.45 (31)', becomes: '7.45 (30)' })
  expect(texts(record(7.4, 31), record(7.5, 30))).toEqual({ was: '7.40', becomes: '7.50' })
  expect(texts(null, record(7.5, 30))).toEqual({ was: '/', becomes: '7.50' })
})
