import { describe, expect, test } from 'vitest'
import type { FeedReport } from '../../src/api/shapes'
import { blindness, type Line } from '../../src/live/sight'

const NOW = Date.parse('2026-11-22T03:12:00+08:00')
const iso = (ms: number): string => new Date(ms).toISOString()

function line(report: Partial<FeedReport> = {}, said: Partial<Line> = {}): Line {
  const feed: FeedReport = {
    at: iso(NOW),
    feeds: [{ name: 'safety', state: 'connected', heartbeat_at: iso(NOW - 2000), last_message_at: iso(NOW - 1000), backlog: 0, readings: 1 }],
    database: { ok: true },
    broker: { ok: true, dropped: 0 },
    ledger: null,
    quarantine_open: 0,
    ...report,
  }
  return { open: true, everOpen: true, lastEventAt: NOW, feed, feedAt: NOW, ...said }
}

const kinds = (l: Line, now = NOW): string[] => blindness(l, now, now).map((b) => b.kind)

describe('what the operator cannot see', () => {
  test('nothing is said while all is well', () => expect(kinds(line())).toEqual([]))

  test('a lost line hides every other reason', () => expect(kinds(line({ database: { ok: false } }, { open: false }))).toEqual(['lost']))

  test('a line that never was is not called lost', () => expect(kinds(line({}, { open: false, everOpen: false }))).toEqual(['never']))

  test('the database and the broker are named', () => expect(kinds(line({ database: { ok: false }, broker: { ok: false } }))).toEqual(['database', 'broker']))

  test('a feed whose heart has stopped is named with the time', () => {
    const feeds = [{ name: 'safety', state: 'connected', heartbeat_at: iso(NOW - 40_000), last_message_at: null, backlog: 0, readings: 1 }]
    expect(blindness(line({ feeds }), NOW, NOW)).toEqual([{ kind: 'feed', feed: 'safety', since: NOW - 40_000 }])
  })

  test('a feed that lives but hears nothing is quiet', () => {
    const feeds = [{ name: 'rest', state: 'connected', heartbeat_at: iso(NOW - 1000), last_message_at: iso(NOW - 200_000), backlog: 0, readings: 1 }]
    expect(kinds(line({ feeds }))).toEqual(['quiet'])
  })
})
