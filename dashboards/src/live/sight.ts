/** Pure: can the operator believe what the screen shows? Every reason not to, worst first. */
import type { FeedReport } from '../api/shapes'

export type Blindness =
  | { kind: 'lost' | 'never'; since: number | null }
  | { kind: 'database' | 'broker'; since: number | null }
  | { kind: 'feed' | 'quiet'; feed: string; since: number | null }

const HEARTBEAT_MS = 15_000
const QUIET_MS = 150_000

export interface Line {
  open: boolean
  everOpen: boolean
  lastEventAt: number | null
  feed: FeedReport | null
  feedAt: number
}

/** @param nowMs the server's time [ms]; `localMs` this machine's, for what was received here [ms] */
export function blindness(line: Line, nowMs: number, localMs: number): Blindness[] {
  if (!line.open) return [{ kind: line.everOpen ? 'lost' : 'never', since: line.lastEventAt }]
  const report = line.feed
  if (!report) return []
  const found: Blindness[] = []
  const newest = latest(report)
  if (localMs - line.feedAt > HEARTBEAT_MS) found.push({ kind: 'lost', since: line.lastEventAt })
  if (!report.database.ok) found.push({ kind: 'database', since: newest })
  if (!report.broker.ok) found.push({ kind: 'broker', since: newest })
  for (const feed of report.feeds) {
    const beat = time(feed.heartbeat_at)
    const message = time(feed.last_message_at)
    if (feed.alive === false || beat === null || nowMs - beat > HEARTBEAT_MS || isDown(feed.state)) {
      found.push({ kind: 'feed', feed: feed.name, since: beat })
    } else if (feed.name !== 'gateway' && message !== null && nowMs - message > QUIET_MS) {
      found.push({ kind: 'quiet', feed: feed.name, since: message })
    }
  }
  return found
}

/** A stated "not connected"; names of states that are new here count as alive while the heart beats. */
function isDown(state: string): boolean {
  return /down|stopped|lost|dead/.test(state)
}

function latest(report: FeedReport): number | null {
  const times = report.feeds.map((feed) => time(feed.last_message_at)).filter((at) => at !== null)
  return times.length ? Math.max(...times) : null
}

function time(iso: string | null): number | null {
  return iso === null ? null : Date.parse(iso)
}
