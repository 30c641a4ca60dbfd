/** Pure: what a record came to, in a figure or in words. */
import { figure } from '../parts/figures'

/** A value, or the word for why there is none; '/' where nobody has computed it. */
export function saidOf(record: Record<string, unknown> | null, decimals: number, statusWord: (status: string) => string): string {
  if (record === null) return '/'
  const status = String(record.status ?? 'none')
  return status === 'valid' ? figure(record.mean as number | null, decimals) : statusWord(status)
}
