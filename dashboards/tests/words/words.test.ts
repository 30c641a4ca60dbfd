import { describe, expect, test } from 'vitest'
import { en } from '../../src/words/en'
import { loggersEn } from '../../src/words/loggers.en'
import { loggersZh } from '../../src/words/loggers.zh'
import { pagesEn } from '../../src/words/pages.en'
import { pagesZh } from '../../src/words/pages.zh'
import { zh } from '../../src/words/zh'

const both: [string, string, string][] = [
  ...Object.keys(zh).map((key): [string, string, string] => [key, zh[key as keyof typeof zh], en[key as keyof typeof zh]]),
  ...Object.keys(pagesZh).map((key): [string, string, string] => [key, pagesZh[key as keyof typeof pagesZh], pagesEn[key as keyof typeof pagesZh]]),
  ...Object.keys(loggersZh).map((key): [string, string, string] => [key, loggersZh[key as keyof typeof loggersZh], loggersEn[key as keyof typeof loggersZh]]),
]
const names = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1] ?? '').sort()

describe('the dictionary', () => {
  test('has the same keys in both languages', () => {
    expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort())
    expect(Object.keys(pagesEn).sort()).toEqual(Object.keys(pagesZh).sort())
    expect(Object.keys(loggersEn).sort()).toEqual(Object.keys(loggersZh).sort())
  })

  test('has no empty word and fills the same names', () => {
    for (const [key, chinese, english] of both) {
      expect(chinese.trim(), key).not.toBe('')
      expect(english.trim(), key).not.toBe('')
      expect(names(english), key).toEqual(names(chinese))
    }
  })

  test('never uses the word of information technology for an alarm', () => {
    for (const [key, chinese] of both) expect(chinese, key).not.toContain('告警')
  })

  test('never says a level of one or two alone', () => {
    for (const [key, chinese] of both) expect(/^[一二三四]级$/.test(chinese), key).toBe(false)
  })

  test('has a word in English wherever it has one in Chinese, without Chinese left over', () => {
    for (const [key, , english] of both) if (key !== 'app.language') expect(/[\u4e00-\u9fff]/.test(english), key).toBe(false)
  })
})
