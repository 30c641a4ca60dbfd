import { expect, test } from 'vitest'
import { validityEn } from '../../src/words/validity.en'
import { validityZh } from '../../src/words/validity.zh'

const names = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1] ?? '').sort()
const keys = Object.keys(validityZh) as (keyof typeof validityZh)[]

test('both languages say the same and fill the same names', () => {
  expect(Object.keys(validityEn)).toEqual(keys)
  for (const key of keys) {
    expect(names(validityEn[key]), key).toEqual(names(validityZh[key]))
    expect(/[\u4e00-\u9fff]/.test(validityEn[key]), key).toBe(false)
    expect(validityZh[key], key).not.toContain('告警')
  }
})

test('what deserves a look is never told as an accusation', () => {
  for (const key of keys.filter((one) => one.startsWith('finding.'))) {
    expect(/造假|作假|弄虚|篡改|违法|违规|嫌疑/.test(validityZh[key]), key).toBe(false)
    expect(/fraud|fake|forg|tamper|falsif|illegal|guilt|suspect/i.test(validityEn[key]), key).toBe(false)
  }
})
