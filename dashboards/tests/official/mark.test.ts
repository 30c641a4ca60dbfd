import { expect, test } from 'vitest'
import { chartQuery, evidencePairs, type Finding } from '../../src/official/findingWords'
import { belongs, codesBySector, deadlineOf, lastDayOf, markBody, unfit, untimely, type Mark, type MarkCode } from '../../src/official/markWords'

const mark = (state: string, vouchers: number, due_in_days: number | null): Mark => ({ state, vouchers: Array(vouchers).fill({}), due_in_days, voucher_due: '2026-12-10T16:00:00Z' }) as unknown as Mark

test('a filed mark waits for its voucher or for the bureau, never for both', () => {
  expect(belongs(mark('filed', 1, null), 'decide')).toBe(true)
  expect(belongs(mark('filed', 0, 9), 'decide')).toBe(false)
  expect(belongs(mark('filed', 0, 9), 'lacking')).toBe(true)
  expect(belongs(mark('filed', 0, 9), 'soon')).toBe(false)
  expect(belongs(mark('filed', 0, 3), 'soon')).toBe(true)
  expect(belongs(mark('filed', 0, -2), 'soon')).toBe(true)
  expect(belongs(mark('confirmed', 0, null), 'lacking')).toBe(false)
  expect(belongs(mark('refused', 0, null), 'refused')).toBe(true)
})

test('the deadline is the day that ends with it', () => {
  expect(lastDayOf(mark('filed', 0, 3))).toBe('2026-12-10')
  expect(deadlineOf(mark('filed', 0, 3))).toEqual({ key: 'mark.due.left', n: 3, day: '2026-12-10' })
  expect(deadlineOf(mark('filed', 0, 0)).key).toBe('mark.due.today')
  expect(deadlineOf(mark('filed', 0, -2))).toMatchObject({ key: 'mark.due.past', n: 2 })
  expect(deadlineOf(mark('filed', 1, null)).key).toBe('mark.due.none')
})

const said = { station: '7', sensor: '', kind: 'device', code: 'fault', from: '2026-11-01T00:00:00Z', to: '2026-11-01T02:00:00Z', reason: ' 坏了 ' } as const

test('a mark of a whole outlet names no sensor', () => {
  expect(markBody(said)).toEqual({ station: '7', sensor: null, kind: 'device', code: 'fault', starts_at: said.from, ends_at: said.to, reason: '坏了' })
  expect(markBody({ ...said, sensor: '12' })?.sensor).toBe(12)
})

test('a mark without a reason, a code or a span that the API takes is not sent', () => {
  for (const wrong of [{ reason: ' ' }, { code: '' }, { station: '' }, { to: said.from }, { to: '2026-12-03T00:00:00Z' }, { from: '' }]) expect(markBody({ ...said, ...wrong }), JSON.stringify(wrong)).toBeNull()
})

test('codes of any trade come first', () => {
  const code = (kind: string, sector: string): MarkCode => ({ kind, sector }) as unknown as MarkCode
  expect(codesBySector([code('condition', 'power'), code('condition', ''), code('device', '')], 'condition').map(([sector, some]) => [sector, some.length])).toEqual([['', 1], ['power', 1]])
  expect(codesBySector([code('device', 'power')], 'device').map(([sector]) => sector)).toEqual(['power'])
})

test('a file that would be refused is not sent', () => {
  expect(unfit('a.PDF', 10)).toBe('')
  expect(unfit('a.exe', 10)).toBe('mark.file.kind')
  expect(unfit('a.jpg', 10_000_001)).toBe('mark.file.large')
})

const finding = { station: { id: 3 }, sensor: { quantity: 'w01018' }, starts_at: '2026-11-01T02:00:00Z', ends_at: '2026-11-01T04:00:00Z' } as unknown as Finding

test('the chart of a finding has an hour on either side', () => {
  expect(chartQuery(finding)).toEqual({ at: '3', q: 'w01018', period: 'minute', from: '2026-11-01T09:00', to: '2026-11-01T13:00' })
  expect(chartQuery({ ...finding, ends_at: '2026-11-20T04:00:00Z' }).period).toBe('hour')
})

test('numbers of evidence are printed as figures and lists are left out', () => {
  expect(evidencePairs({ minutes: 1234, value: 3.14159, name: 'x', list: [1], none: null })).toEqual([['minutes', '1,234'], ['value', '3.14'], ['name', 'x']])
})

test('a time too long ago or too far ahead is said before it is sent', () => {
  const now = Date.parse('2026-11-20T08:00:00Z')
  expect(untimely('2026-11-10T08:00:00Z', '2026-11-30T08:00:00Z', now, 10)).toBe('')
  expect(untimely('2026-11-10T07:59:00Z', '2026-11-12T00:00:00Z', now, 10)).toBe('mark.days.late')
  expect(untimely('2026-11-19T00:00:00Z', '2026-11-30T08:01:00Z', now, 10)).toBe('mark.days.early')
  expect(untimely('', '', now, 10)).toBe('')
})
