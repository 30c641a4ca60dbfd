import { describe, expect, test } from 'vitest'
import type { Latest, Station } from '../../src/api/shapes'
import { alertsByStation, isDark, markOf, OUTLINES } from '../../src/map/marks'
import { windName } from '../../src/map/wind'
import { zh } from '../../src/words/zh'
import { alert } from '../sample'

const NOW = Date.parse('2026-11-22T03:12:00+08:00')
const iso = (ago: number): string => new Date(NOW - ago).toISOString()
const sensor = { id: 7, quantity: 'x', form: '', name_zh: '', name_en: '', unit: '', decimals: 1, period_s: 60, due_since: iso(1e9), latest: null, limits: [] }
const station: Station = { id: 3, park: 'demo', code: 'g1', kind: 'gas', feed: 'safety', height_m: null, hazard_source_id: null, name_zh: '', name_en: '', lat: 39, lon: 106, stream_class: 'safety', enterprise: null, zone: null, outlet_kind: null, online: true, status_since: null, sensors: [sensor] }
const fresh = new Map<number, Latest>([[7, { time: iso(10_000), value: 1, flag: 'N', mark: '-' }]])
const old = new Map<number, Latest>([[7, { time: iso(80_000), value: 1, flag: 'N', mark: '-' }]])

describe('a station on the plan', () => {
  test('is normal only while its data are fresh', () => {
    expect(markOf(station, [], fresh, NOW).state).toBe('normal')
    expect(markOf(station, [], old, NOW).state).toBe('stale')
    expect(markOf(station, [], new Map(), NOW).state).toBe('stale')
  })

  test('goes dark by its own last will', () => expect(isDark({ ...station, online: false }, fresh, NOW)).toBe(true))

  test('takes the worst level, keeps it when the data stop, and says that it is unknown', () => {
    const open = [alert({ level: 'yellow' }), alert({ id: 2, level: 'red', condition: 'unknown' })]
    expect(markOf(station, open, old, NOW)).toMatchObject({ state: 'red', unknown: true, unacked: true })
  })

  test('shows a drill only where nothing real is open', () => {
    const drill = alert({ level: 'red', drill: true })
    expect(markOf(station, [drill], fresh, NOW)).toMatchObject({ state: 'red', drill: true })
    expect(markOf(station, [drill, alert({ id: 2, level: 'blue' })], fresh, NOW)).toMatchObject({ state: 'blue', drill: false })
  })

  test('a shelved alert does not colour it', () => expect(markOf(station, [alert({ suppressed: 'shelved' })], fresh, NOW).state).toBe('normal'))

  test('an alert of an enterprise touches the stations of its members', () => {
    const found = alertsByStation([alert({ station: null, members: [{ sensor_id: 7 }] })], new Map([[7, station]]))
    expect(found.get(3)?.length).toBe(1)
  })

  test('every kind has a shape and a word', () => {
    for (const kind of Object.keys(OUTLINES)) expect(zh).toHaveProperty([`kind.${kind}`])
  })
})

test('the wind is named by where it comes from', () => {
  expect(windName(315, 'zh')).toBe('西北风')
  expect(windName(359, 'en')).toBe('N wind')
  expect(windName(-45, 'zh')).toBe('西北风')
})
