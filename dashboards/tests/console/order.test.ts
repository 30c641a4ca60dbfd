import { describe, expect, test } from 'vitest'
import type { Alert } from '../../src/api/shapes'
import { compareAlerts, count, matches, settle } from '../../src/console/order'
import { alert } from '../sample'

const at = (minute: number): string => `2026-11-22T03:${String(minute).padStart(2, '0')}:00+08:00`
const ids = (list: Alert[]): number[] => [...list].sort(compareAlerts).map((a) => a.id)
const map = (...list: Alert[]): Map<number, Alert> => new Map(list.map((a) => [a.id, a]))
const all = (): boolean => true

describe('the order of the duty list', () => {
  test('the unacknowledged stand on top, but an open red is never below what merely waits', () => {
    expect(
      ids([
        alert({ id: 1, level: 'red', acked: true, word: 'acknowledged' }),
        alert({ id: 2, level: 'yellow', raised_at: at(9) }),
        alert({ id: 3, level: 'red', raised_at: at(1) }),
        alert({ id: 4, level: 'red', raised_at: at(2) }),
        alert({ id: 5, level: 'orange', raised_at: at(8) }),
      ]),
    ).toEqual([4, 3, 5, 1, 2])
  })

  test('a drill never stands above the real thing', () => {
    expect(ids([alert({ id: 1, level: 'red', drill: true }), alert({ id: 2, level: 'blue' })])).toEqual([2, 1])
  })

  test('what is shelved stands last', () => {
    expect(ids([alert({ id: 1, level: 'red', suppressed: 'shelved', word: 'shelved' }), alert({ id: 2, level: 'blue', acked: true })])).toEqual([2, 1])
  })
})

describe('a list under the hand', () => {
  const before = map(alert({ id: 1, level: 'red' }), alert({ id: 2, level: 'orange' }), alert({ id: 3, level: 'yellow' }))

  test('keeps its rows in their order when they change', () => {
    const after = map(alert({ id: 1, level: 'red', acked: true, word: 'acknowledged' }), alert({ id: 2, level: 'orange' }), alert({ id: 3, level: 'red' }))
    expect(settle([1, 2, 3], after, all, true)).toEqual([1, 2, 3])
    expect(settle([1, 2, 3], after, all, false)).toEqual([3, 2, 1])
  })

  test('takes new rows in where they belong', () => {
    const after = new Map([...before, [9, alert({ id: 9, level: 'red', raised_at: at(30) })]])
    expect(settle([1, 2, 3], after, all, true)).toEqual([9, 1, 2, 3])
  })

  test('lets an ended row go only when the hand is off', () => {
    const open = (a: Alert): boolean => a.ended_at === null
    const after = new Map([...before, [2, alert({ id: 2, level: 'orange', ended_at: at(31) })]])
    expect(settle([1, 2, 3], after, open, true)).toEqual([1, 2, 3])
    expect(settle([1, 2, 3], after, open, false)).toEqual([1, 3])
  })

  test('never loses an open alert, held or not', () => {
    const many = map(...Array.from({ length: 500 }, (_, i) => alert({ id: i + 1, level: i % 3 ? 'yellow' : 'red', raised_at: at(i % 60) })))
    expect(new Set(settle([5, 4, 3], many, all, true)).size).toBe(500)
    expect(new Set(settle([], many, all, false)).size).toBe(500)
  })
})

describe('counts', () => {
  test('drills are counted nowhere but apart', () => {
    expect(count([alert({ id: 1, drill: true, level: 'red' }), alert({ id: 2, level: 'red' }), alert({ id: 3, acked: true })])).toEqual({ unacked: 1, red: 1, drills: 1, total: 2 })
  })
})

test('every typed word must occur', () => {
  expect(matches('红色 氯气 盐湖氯碱', '氯气 盐湖')).toBe(true)
  expect(matches('红色 氯气 盐湖氯碱', '氯气 煤化')).toBe(false)
})
