/** Pure: marks on data, which of them wait for what, and their deadlines in words. */
import type { components } from '../api/schema'
import { full } from '../parts/time'

type Schemas = components['schemas']
export type Mark = Schemas['Mark']
export type MarkCode = Schemas['MarkCodeShape']
export type MarkCodes = Schemas['MarkCodes']
export type Voucher = Schemas['VoucherRef']

export const SHOWS = ['decide', 'lacking', 'soon', 'confirmed', 'fallen_back', 'refused', 'withdrawn', 'all'] as const
export type Show = (typeof SHOWS)[number]
export const KINDS = ['device', 'condition'] as const
export type MarkKind = (typeof KINDS)[number]
const SOON_DAYS = 3
const MINUTE = 60_000
export const LONGEST = 31 * 24 * 60 * MINUTE
const DAY = 24 * 60 * MINUTE

/** filed with a voucher waits for the bureau, without one for the enterprise; soon: its deadline is near or past. */
export function belongs(mark: Mark, show: Show): boolean {
  const filed = mark.state === 'filed'
  if (show === 'all') return true
  if (show === 'decide') return filed && mark.vouchers.length > 0
  if (show === 'lacking') return filed && mark.vouchers.length === 0
  if (show === 'soon') return filed && mark.due_in_days !== null && mark.due_in_days <= SOON_DAYS
  return mark.state === show
}

/** The last day on which a voucher still counts: the deadline is the end of it. */
export const lastDayOf = (mark: Mark): string => full(Date.parse(mark.voucher_due) - 1).slice(0, 10)

export type Deadline = { key: 'mark.due.left' | 'mark.due.today' | 'mark.due.past' | 'mark.due.none'; n: number; day: string }

/** How long there is for the voucher. */
export function deadlineOf(mark: Mark): Deadline {
  const day = lastDayOf(mark)
  const left = mark.due_in_days
  if (left === null) return { key: 'mark.due.none', n: 0, day }
  return { key: left > 0 ? 'mark.due.left' : left === 0 ? 'mark.due.today' : 'mark.due.past', n: Math.abs(left), day }
}

export interface Said {
  station: string
  sensor: string
  kind: MarkKind
  code: string
  from: string
  to: string
  reason: string
}

/** What a form says as the API takes it; null while something is missing or the span is none. */
export function markBody(said: Said): Record<string, unknown> | null {
  const [start, end] = [Date.parse(said.from), Date.parse(said.to)]
  if (!said.station || !said.code || !said.reason.trim() || !(end > start) || end - start > LONGEST) return null
  return { station: said.station, sensor: said.sensor ? Number(said.sensor) : null, kind: said.kind, code: said.code, starts_at: said.from, ends_at: said.to, reason: said.reason.trim() }
}

/** Why a time is marked no more, or not yet; '' where it may be, or while it is no time. */
export function untimely(from: string, to: string, now: number, days: number): 'mark.days.late' | 'mark.days.early' | '' {
  if (Date.parse(from) < now - days * DAY) return 'mark.days.late'
  return Date.parse(to) > now + days * DAY ? 'mark.days.early' : ''
}

/** Codes of a kind by trade; those of any trade come first. */
export function codesBySector(codes: readonly MarkCode[], kind: MarkKind): [string, MarkCode[]][] {
  const found = new Map<string, MarkCode[]>([['', []]])
  for (const one of codes) if (one.kind === kind) found.set(one.sector, [...(found.get(one.sector) ?? []), one])
  return [...found.entries()].filter(([, some]) => some.length)
}

/** Why a file is not sent at all; '' where it may be. */
export function unfit(name: string, bytes: number): 'mark.file.kind' | 'mark.file.large' | '' {
  if (!/\.(pdf|jpe?g|png|docx|xlsx)$/i.test(name)) return 'mark.file.kind'
  return bytes > 10_000_000 ? 'mark.file.large' : ''
}
