import { describe, expect, test } from 'vitest'
import { ageWords, clockWords, isStale } from '../../src/parts/age'

describe('ages', () => {
  test.each([
    [0, '0 秒'],
    [59_999, '59 秒'],
    [60_000, '1 分'],
    [3_600_000, '1 小时'],
    [4_320_000, '1 小时 12 分'],
    [90_000_000, '1 天 1 小时'],
  ])('%d ms is %s', (ms, words) => expect(ageWords(ms, 'zh')).toBe(words))

  test('in English as well', () => expect(ageWords(4_320_000, 'en')).toBe('1 h 12 min'))

  test('a clock runs in minutes and seconds, then hours', () => {
    expect(clockWords(47_000)).toBe('00:47')
    expect(clockWords(3_912_000)).toBe('1:05:12')
    expect(clockWords(-5)).toBe('00:00')
  })

  test('data of 60 s are stale after 72 s', () => {
    expect(isStale(71_000, 60)).toBe(false)
    expect(isStale(73_000, 60)).toBe(true)
  })

  test('data of 1 s are not called stale for a hiccup', () => expect(isStale(4_000, 1)).toBe(false))
})
