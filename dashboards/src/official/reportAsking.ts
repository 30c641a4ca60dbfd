/** Pure: which report is asked for, and how its period and its checksum are put. */
import { fieldTime } from '../parts/time'
import type { Report, ReportFormat, ReportKind } from './reportShapes'

export const REPORT_KINDS = ['daily', 'monthly', 'annual'] as const satisfies readonly ReportKind[]
export const FORMATS = ['xlsx', 'docx', 'pdf'] as const satisfies readonly ReportFormat[]

export interface Wanted {
  kind: ReportKind
  /** 2026-11-25, 2026-10 or 2026, as its field holds it */
  period: string
  enterprise: string
  formats: ReportFormat[]
}

/** The last day, month or year that is over. */
export function lastOver(kind: ReportKind, nowMs: number): string {
  const today = fieldTime(nowMs).slice(0, 10)
  if (kind === 'daily') return new Date(Date.parse(`${today}T00:00Z`) - 86_400_000).toISOString().slice(0, 10)
  const year = Number(today.slice(0, 4))
  if (kind === 'annual') return String(year - 1)
  const month = Number(today.slice(5, 7))
  return month === 1 ? `${year - 1}-12` : `${year}-${String(month - 1).padStart(2, '0')}`
}

/** What is sent; null as long as something is lacking. */
export function reportBody(wanted: Wanted): Record<string, unknown> | null {
  const whole = { daily: /^\d{4}-\d\d-\d\d$/, monthly: /^\d{4}-\d\d$/, annual: /^\d{4}$/ }[wanted.kind]
  if (!whole.test(wanted.period) || !wanted.formats.length) return null
  const start = `${wanted.period}-01-01`.slice(0, 10)
  return { kind: wanted.kind, start, enterprise: wanted.enterprise || null, formats: FORMATS.filter((one) => wanted.formats.includes(one)) }
}

/** 2026-11-25, 2026-10, 2026: never a day where a month is meant. */
export function periodOf(report: Pick<Report, 'kind' | 'start'>): string {
  return report.start.slice(0, { daily: 10, monthly: 7, annual: 4 }[report.kind])
}

/** A month of an enterprise that is not finalised: it is signed with a reason only. */
export function draft(report: Pick<Report, 'kind' | 'enterprise' | 'finalised_month'>): boolean {
  return report.kind === 'monthly' && report.enterprise !== null && report.finalised_month === null
}
