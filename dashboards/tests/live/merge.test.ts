import { describe, expect, test } from 'vitest'
import type { Alert, Latest } from '../../src/api/shapes'
import { CatchUp, mergeAlert, mergeValues, resync } from '../../src/live/merge'
import { alert } from '../sample'

describe('alerts merge by version', () => {
  test('an older version never replaces a newer one', () => {
    const known = new Map<number, Alert>([[1, alert({ version: 3, acked: true })]])
    expect(mergeAlert(known, alert({ version: 2, acked: false }))).toBe(false)
    expect(known.get(1)?.acked).toBe(true)
  })

  test('the order of arrival does not matter', () => {
    const versions = [1, 2, 3, 4].map((version) => alert({ version, value: version }))
    const orders = [versions, [...versions].reverse(), [versions[2], versions[0], versions[3], versions[1]] as Alert[]]
    for (const order of orders) {
      const known = new Map<number, Alert>()
      for (const one of order) mergeAlert(known, one)
      expect(known.get(1)?.version).toBe(4)
      expect(known.get(1)?.value).toBe(4)
    }
  })

  test('the same event twice changes nothing', () => {
    const known = new Map<number, Alert>()
    mergeAlert(known, alert({ version: 2 }))
    const before = JSON.stringify([...known])
    mergeAlert(known, alert({ version: 2 }))
    expect(JSON.stringify([...known])).toBe(before)
  })

  test('a resync drops what ended unseen and keeps what was raised meanwhile', () => {
    const known = new Map<number, Alert>([
      [1, alert({ id: 1 })],
      [2, alert({ id: 2 })],
      [3, alert({ id: 3 })],
    ])
    resync(known, [alert({ id: 1, version: 2 })], new Set([3]))
    expect([...known.keys()]).toEqual([1, 3])
    expect(known.get(1)?.version).toBe(2)
  })
})

describe('values merge by time', () => {
  const at = (second: number): string => `2026-11-22T03:12:0${second}+08:00`
  const item = (second: number, value: number): Latest & { sensor_id: number } => ({ sensor_id: 7, time: at(second), value, flag: 'N', mark: '-' })

  test('a value of the past is history, not news', () => {
    const known = new Map<number, Latest>()
    expect(mergeValues(known, [item(5, 1)])).toEqual([7])
    expect(mergeValues(known, [item(3, 9)])).toEqual([])
    expect(known.get(7)?.value).toBe(1)
  })
})

describe('catching up', () => {
  test('counts what a replay brought and stops when the present speaks', () => {
    const catchUp = new CatchUp()
    catchUp.saw()
    catchUp.begin()
    catchUp.saw()
    catchUp.saw()
    expect(catchUp.finish()).toBe(2)
    catchUp.saw()
    expect(catchUp.finish()).toBeNull()
  })
})
