/** Pure: what a form of a correction says, as the API takes it. */
export const KINDS = ['scale', 'exclude', 'enter'] as const
export type Kind = (typeof KINDS)[number]

export interface Said {
  sensor: number
  kind: Kind
  from: string
  to: string
  factor: number | ''
  shift: number | ''
  value: number | ''
  reason: string
}

const SHORTEST_REASON = 10

/** Only what its kind takes; null while something that it needs is missing. */
export function correctionBody(said: Said): Record<string, unknown> | null {
  const { sensor, kind, from, to, factor, shift, value, reason } = said
  if (!from || !to || Date.parse(to) <= Date.parse(from) || reason.trim().length < SHORTEST_REASON) return null
  const about = { sensor, kind, from, to, reason: reason.trim() }
  if (kind === 'scale') return factor === '' ? null : { ...about, factor, ...(shift === '' ? {} : { shift }) }
  if (kind === 'enter') return value === '' ? null : { ...about, value }
  return about
}
