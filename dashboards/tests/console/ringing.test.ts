import { describe, expect, test } from 'vitest'
import { isAudible, Restraint } from '../../src/console/ringing'
import { alert } from '../sample'

const AT = '2026-11-22T03:12:00+08:00'
const NOW = Date.parse(AT)
const event = (type: string) => ({ id: 5, type, at: AT, actor: 'system', data: {} })

describe('what is heard', () => {
  test('only what the server announced', () => {
    expect(isAudible(alert({ event: event('annunciated') }), false, NOW)).toBe(true)
    expect(isAudible(alert({ event: event('raised') }), false, NOW)).toBe(false)
  })

  test('never old data, never the suppressed', () => {
    expect(isAudible(alert({ event: event('annunciated'), origin: 'retrospective' }), false, NOW)).toBe(false)
    expect(isAudible(alert({ event: event('annunciated'), suppressed: 'by_design' }), false, NOW)).toBe(false)
  })

  test('of a replay only what is fresh and waits still', () => {
    expect(isAudible(alert({ event: event('annunciated') }), true, NOW + 30_000)).toBe(true)
    expect(isAudible(alert({ event: event('annunciated') }), true, NOW + 600_000)).toBe(false)
    expect(isAudible(alert({ event: event('annunciated'), acked: true }), true, NOW)).toBe(false)
  })
})

describe('restraint', () => {
  test('380 raises in 30 s sound only a few times, and a red among them still sounds', () => {
    const restraint = new Restraint()
    const sounds: string[] = []
    for (let i = 0; i < 380; i++) {
      const kind = restraint.allow(i === 200 ? 'red' : i % 2 ? 'yellow' : 'orange', i * 79)
      if (kind) sounds.push(kind)
    }
    expect(sounds.length).toBeLessThanOrEqual(6)
    expect(sounds).toContain('flood')
    expect(sounds).toContain('red')
  })

  test('two alerts minutes apart both sound', () => {
    const restraint = new Restraint()
    expect(restraint.allow('yellow', 0)).toBe('yellow')
    expect(restraint.allow('yellow', 180_000)).toBe('yellow')
  })
})
