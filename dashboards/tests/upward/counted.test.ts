import { expect, test } from 'vitest'
import { countedWords } from '../../src/upward/counted'

const at = (day: number, hour: number): string => `2026-11-${day}T${String(hour).padStart(2, '0')}:00:00+08:00`

test('a count says since when and up to when', () => {
  expect(countedWords(0, 0, at(26, 0), at(26, 14))).toBe('自 11-26 00:00 起，算到 11-26 14:00')
  expect(countedWords(Date.parse(at(19, 14)), 7, at(10, 3), at(26, 14))).toBe('自 11-19 14:00 起，算到 11-26 14:00')
})

test('a count over fewer days than chosen says so', () => {
  expect(countedWords(0, 7, at(24, 22), at(26, 14))).toBe('自 11-24 22:00 起，算到 11-26 14:00，不足所选的 7 天')
})

test('where nothing was due nothing is said', () => {
  expect(countedWords(0, 7, null, null)).toBe('')
  expect(countedWords(Date.parse(at(20, 0)), 7, at(10, 0), at(19, 0))).toBe('')
})
