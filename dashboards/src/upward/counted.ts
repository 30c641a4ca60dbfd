/** Pure: what part of the days chosen a count reaches over, in words; '' where nothing was due. */
import { full } from '../parts/time'
import { t } from '../words'

const DAY = 86_400_000

/** ``from`` and ``days`` are what was chosen, 0 days for today; a count that misses a tenth of them, or more, says so. */
export function countedWords(from: number, days: number, since: string | null, until: string | null): string {
  if (!since || !until) return ''
  const begin = Math.max(from, Date.parse(since))
  const end = Date.parse(until)
  if (end <= begin) return ''
  const said = { since: full(begin).slice(5, 16), until: full(end).slice(5, 16) }
  return end - begin < 0.9 * days * DAY ? t('counted.short', { ...said, n: days }) : t('counted', said)
}
