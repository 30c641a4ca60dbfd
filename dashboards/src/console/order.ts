/** Pure: which alert stands where in the duty list, and how the list stays still under the operator's hand. */
import type { Alert, Level } from '../api/shapes'

const LEVELS: Level[] = ['red', 'orange', 'yellow', 'blue']

export function levelRank(level: string): number {
  const rank = LEVELS.indexOf(level as Level)
  return rank < 0 ? LEVELS.length : rank
}

/** 0 somebody must act, 1 somebody has it, 2 put aside on purpose. */
export function band(alert: Alert): number {
  if (alert.suppressed !== 'none' || alert.word === 'shelved') return 2
  return alert.acked || alert.word === 'closed' ? 1 : 0
}

/** An open red or orange that somebody works on stays above what merely waits: it must never be out of sight. */
function place(alert: Alert): number {
  const grave = !alert.drill && (alert.level === 'red' || alert.level === 'orange')
  return band(alert) === 2 ? 4 : band(alert) + (grave ? 0 : 2)
}

/** Red and orange first, unacknowledged on top, a real one before a drill, worst level first, then newest. */
export function compareAlerts(a: Alert, b: Alert): number {
  return (
    place(a) - place(b) ||
    Number(a.drill) - Number(b.drill) ||
    levelRank(a.level) - levelRank(b.level) ||
    raisedMs(b) - raisedMs(a) ||
    b.id - a.id
  )
}

const parsed = new WeakMap<Alert, number>()

function raisedMs(alert: Alert): number {
  let at = parsed.get(alert)
  if (at === undefined) {
    at = Date.parse(alert.raised_at)
    parsed.set(alert, at)
  }
  return at
}

/**
 * The order on screen. Free: sorted anew. Held (the operator points at the list or just used a key): rows that are
 * there keep their order and stay even when they ended; new rows go where they belong among them.
 */
export function settle(shown: readonly number[], alerts: Map<number, Alert>, wanted: (a: Alert) => boolean, held: boolean): number[] {
  const sorted = [...alerts.values()].filter(wanted).sort(compareAlerts)
  if (!held) return sorted.map((alert) => alert.id)
  const kept = shown.filter((id) => alerts.has(id))
  const known = new Set(kept)
  for (const alert of sorted) {
    if (known.has(alert.id)) continue
    const at = kept.findIndex((id) => compareAlerts(alert, alerts.get(id) as Alert) < 0)
    kept.splice(at < 0 ? kept.length : at, 0, alert.id)
  }
  return kept
}

/** Does the alert match what was typed: every word must occur somewhere in what the row says. */
export function matches(words: string, typed: string): boolean {
  const haystack = words.toLowerCase()
  return typed
    .toLowerCase()
    .split(/\s+/)
    .every((part) => haystack.includes(part))
}

export interface Counts {
  unacked: number
  red: number
  drills: number
  total: number
}

/** What the title and the head of the list say. Drills are counted apart, always. */
export function count(alerts: Iterable<Alert>): Counts {
  const counts = { unacked: 0, red: 0, drills: 0, total: 0 }
  for (const alert of alerts) {
    if (alert.ended_at !== null) continue
    if (alert.drill) {
      counts.drills += 1
      continue
    }
    counts.total += 1
    if (band(alert) === 0) {
      counts.unacked += 1
      if (alert.level === 'red') counts.red += 1
    }
  }
  return counts
}
