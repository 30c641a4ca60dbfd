import { expect, test } from 'vitest'
import { tight } from '../../src/modules/projection'
import { draft, lastOver, periodOf, reportBody } from '../../src/official/reportAsking'
import { totalsEn } from '../../src/words/totals.en'
import { totalsZh } from '../../src/words/totals.zh'

const NOW = Date.parse('2026-01-01T00:30:00+08:00')

test('a report is offered of the last period that is over', () => {
  expect([lastOver('daily', NOW), lastOver('monthly', NOW), lastOver('annual', NOW)]).toEqual(['2025-12-31', '2025-12', '2025'])
  expect(lastOver('monthly', Date.parse('2026-11-27T00:00:00+08:00'))).toBe('2026-10')
})

test('a report is asked for by the first day of its period', () => {
  const wanted = { enterprise: '', formats: ['pdf', 'xlsx'] as ('pdf' | 'xlsx')[] }
  expect(reportBody({ ...wanted, kind: 'daily', period: '2026-11-25' })).toEqual({ kind: 'daily', start: '2026-11-25', enterprise: null, formats: ['xlsx', 'pdf'] })
  expect(reportBody({ ...wanted, kind: 'monthly', period: '2026-10' })).toMatchObject({ start: '2026-10-01' })
  expect(reportBody({ ...wanted, kind: 'annual', period: '2025', enterprise: 'dl' })).toMatchObject({ start: '2025-01-01', enterprise: 'dl' })
  expect(reportBody({ ...wanted, kind: 'annual', period: '2025-01' })).toBeNull()
  expect(reportBody({ ...wanted, kind: 'daily', period: '2026-11-25', formats: [] })).toBeNull()
})

test('only the month of an enterprise is a draft until it is finalised', () => {
  const enterprise = { id: 1, code: 'dl', name_zh: '电力', name_en: 'Power', phone: '' }
  const month = { kind: 'monthly', enterprise, finalised_month: null } as const
  expect([month, { ...month, finalised_month: 7 }, { ...month, enterprise: null }, { ...month, kind: 'annual' as const }].map(draft)).toEqual([true, false, false, false])
})

test('a period is never called by a day where a month or a year is meant', () => {
  expect((['daily', 'monthly', 'annual'] as const).map((kind) => periodOf({ kind, start: '2026-01-01' }))).toEqual(['2026-01-01', '2026-01', '2026'])
})

test('a running hour deserves a line when it is near its limit, over it, or lost', () => {
  type Hour = Parameters<typeof tight>[0]
  const hour = (mean: number | null, outlook: Hour['outlook'], on_course: boolean | null = true): Hour => ({ mean, outlook, on_course, limit: { value: 100 } }) as Hour
  expect([hour(79, 'open'), hour(80, 'open'), hour(120, 'open', false), hour(99, 'cannot be met'), hour(95, 'cannot be exceeded'), hour(null, 'no data', null)].map(tight)).toEqual([false, true, true, true, false, false])
})

test('both languages of totals say the same and fill the same names', () => {
  const names = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1] ?? '').sort()
  for (const [key, chinese] of Object.entries(totalsZh)) {
    const english = totalsEn[key as keyof typeof totalsZh]
    expect(names(english), key).toEqual(names(chinese))
    expect(/[\u4e00-\u9fff]/.test(english), key).toBe(false)
    expect(chinese, key).not.toContain('告警')
  }
})
