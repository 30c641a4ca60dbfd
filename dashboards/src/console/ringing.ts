/** Pure: what is heard for which news, and when many at once become one. */
import type { Alert, Level } from '../api/shapes'

export interface Tone {
  at_s: number
  for_s: number
  hz: number
  loud: number
}

const PATTERNS: Record<Level | 'flood', [number, number, number][]> = {
  red: [0, 1, 2].flatMap((i): [number, number, number][] => [
    [i * 0.6, 0.25, 980],
    [i * 0.6 + 0.28, 0.25, 740],
  ]),
  orange: [
    [0, 0.22, 740],
    [0.3, 0.22, 740],
    [0.6, 0.22, 740],
  ],
  yellow: [
    [0, 0.2, 590],
    [0.3, 0.2, 590],
  ],
  blue: [[0, 0.2, 490]],
  flood: [
    [0, 0.5, 440],
    [0.6, 0.5, 660],
    [1.2, 0.8, 880],
  ],
}

export function pattern(kind: Level | 'flood'): Tone[] {
  return PATTERNS[kind].map(([at_s, for_s, hz]) => ({ at_s, for_s, hz, loud: kind === 'blue' ? 0.15 : 0.3 }))
}

/** Only what was announced by the server as to be heard: never old data, never what is suppressed, never replays. */
export function isAudible(alert: Alert, replayed: boolean, nowMs: number): boolean {
  const event = alert.event
  if (event?.type !== 'annunciated') return false
  if (alert.suppressed !== 'none' || alert.origin === 'retrospective' || alert.ended_at !== null) return false
  return !replayed || (!alert.acked && nowMs - Date.parse(event.at) < 120_000)
}

const FLOOD = 10
const WINDOW_MS = 10_000
const SAME_LEVEL_MS = 5_000

/** Of many raises in few seconds only the first of a level sounds; from the tenth on one flood tone, once. */
export class Restraint {
  private raises: number[] = []
  private rang = new Map<Level | 'flood', number>()

  allow(level: Level, nowMs: number): Level | 'flood' | null {
    this.raises = this.raises.filter((at) => nowMs - at < WINDOW_MS)
    this.raises.push(nowMs)
    const kind = this.raises.length >= FLOOD && level !== 'red' ? 'flood' : level
    const pause = kind === 'flood' ? 60_000 : SAME_LEVEL_MS
    const last = this.rang.get(kind)
    if (last !== undefined && nowMs - last < pause) return null
    if (kind !== 'flood' && level !== 'red' && nowMs - (this.rang.get('flood') ?? -Infinity) < 60_000) return null
    this.rang.set(kind, nowMs)
    return kind
  }
}
