import { describe, expect, test } from 'vitest'
import { correctionBody } from '../../src/official/hourCorrecting'
import { bytesText, causeOf, exceedance, judged, whyNone } from '../../src/official/hourJudging'
import type { HourLimit, HourRecord } from '../../src/official/hourShapes'

const record = (more: Partial<HourRecord>): HourRecord => ({ status: 'valid', judgeable: true, mean: 58, converted: 63, ...more }) as HourRecord
const limit = (more: Partial<HourLimit>): HourLimit => ({ basis: 'hour', stage: 'H', form: '', value: 50, reference_o2: null, ...more }) as HourLimit

describe('an hour', () => {
  test('is over its limit by (C − C0) / C0, and at the limit it is not over', () => {
    expect([exceedance(58, 50), exceedance(50, 50)]).toEqual([0.16, null])
  })

  test('is held against a limit with a reference oxygen by its converted value', () => {
    expect(judged(record({}), [limit({}), limit({ reference_o2: 6 })], '').map((one) => one.value)).toEqual([58, 63])
    expect(judged(record({ mean: 61 }), [limit({ reference_o2: 6, form: 'Zs' })], 'Zs')[0]?.value).toBe(61)
  })

  test('that may not be judged has no factor, nor has one without a record', () => {
    expect(judged(record({ judgeable: false }), [limit({})], '')[0]?.factor).toBeNull()
    expect(judged(null, [limit({}), limit({ basis: 'day' })], '').map((one) => one.factor)).toEqual([null])
  })

  test('without the value that a limit is held against is not said to be within it, and a lower limit is broken from below', () => {
    expect(judged(record({ converted: null }), [limit({ reference_o2: 6 })], '')).toMatchObject([{ value: null, broken: false }])
    expect(judged(record({ mean: 5 }), [limit({ stage: 'L', value: 6 }), limit({ stage: 'H', value: 9 })], '').map((one) => [one.broken, one.factor])).toEqual([[true, null], [false, null]])
  })

  test('says what made a revision', () => {
    expect([causeOf('closed'), causeOf('correction 12')]).toEqual([{ kind: 'closed', n: '' }, { kind: 'correction', n: '12' }])
  })

  test('its pack has a size that is read at once', () => {
    expect([bytesText(90), bytesText(412_300), bytesText(1_240_000)]).toEqual(['1\u2009KB', '412\u2009KB', '1.2\u2009MB'])
  })
})

describe('a correction', () => {
  const said = { sensor: 7, kind: 'scale' as const, from: '2026-03-14T00:00:00Z', to: '2026-03-14T01:00:00Z', factor: 1.1, shift: '' as const, value: 5, reason: '  span drift of the analyser ' }

  test('sends only what its kind takes', () => {
    expect(correctionBody(said)).toEqual({ sensor: 7, kind: 'scale', from: said.from, to: said.to, factor: 1.1, reason: 'span drift of the analyser' })
    expect(correctionBody({ ...said, kind: 'exclude' })).not.toHaveProperty('factor')
    expect(correctionBody({ ...said, kind: 'enter' })).toMatchObject({ value: 5 })
  })

  test('waits for its reason, its figure and a time that has a length', () => {
    for (const wrong of [{ reason: 'short' }, { factor: '' as const }, { to: said.from }]) expect(correctionBody({ ...said, ...wrong })).toBeNull()
  })
})

test('too few samples are told with their number, other reasons are not', () => {
  expect([whyNone({ status: 'short', samples: 44, expected: 60 }), whyNone({ status: 'marked', samples: 60, expected: 60 })]).toEqual(['数据不足(44/60)', '已标记无效'])
})
