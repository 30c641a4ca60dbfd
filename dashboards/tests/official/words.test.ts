import { expect, test } from 'vitest'
import { officialEn } from '../../src/words/official.en'
import { officialZh } from '../../src/words/official.zh'

const names = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1] ?? '').sort()

test('both languages say the same and fill the same names', () => {
  for (const [key, chinese] of Object.entries(officialZh)) {
    const english = officialEn[key as keyof typeof officialZh]
    expect(names(english), key).toEqual(names(chinese))
    expect(/[\u4e00-\u9fff]/.test(english), key).toBe(false)
    expect(chinese, key).not.toContain('告警')
  }
})

test('every letter of the strip has its words', () => {
  for (const status of ['short', 'abnormal', 'marked', 'stopped', 'no_flow', 'none']) {
    expect(officialZh, status).toHaveProperty(`record.letter.${status}`.split('\0'))
    expect(officialZh, status).toHaveProperty(`record.status.${status}`.split('\0'))
  }
})
