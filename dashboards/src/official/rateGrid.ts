/** Pure: the grid of hours, station by day: what a day says in one letter, and where the arrow keys go. */
import type { Coverage } from './rateShapes'

type Day = NonNullable<Coverage['items'][number]['days'][number]>

/** From the worst to the best, as the API writes an hour. */
const ORDER = ['-', 'P', 'a', 's', 'm', 'F', 'z', 'V'] as const

/** The letter of a day: of what stood for most of its hours that were not valid, the worse of equals; '' where all were. */
export function letterOf(day: Day | null): string {
  if (!day) return '.'
  if (day.due > 0 && day.valid === day.due) return ''
  const hours = [...(day.letters ?? '')].filter((one) => one !== '.' && one !== 'V')
  if (!hours.length) return day.due === 0 ? '.' : ''
  const count = (letter: string): number => hours.filter((one) => one === letter).length
  return ORDER.reduce((best, letter) => (count(letter) > count(best) ? letter : best), ORDER[0] as string)
}

/** How dark a cell is: 0 all valid or nothing due, 1 some lost, 2 under nine tenths, 3 under three quarters. */
export function shadeOf(day: Day | null): 0 | 1 | 2 | 3 {
  if (!day || day.due === 0) return 0
  const share = day.valid / day.due
  return share >= 1 ? 0 : share >= 0.9 ? 1 : share >= 0.75 ? 2 : 3
}

export interface Place {
  line: number
  day: number
}

/** Where a key goes in a grid of so many lines and days; null: the key is none of the grid's. */
export function moved(key: string, from: Place, lines: number, days: number): Place | null {
  const within = (line: number, day: number): Place => ({ line: Math.min(lines - 1, Math.max(0, line)), day: Math.min(days - 1, Math.max(0, day)) })
  switch (key) {
    case 'ArrowLeft':
      return within(from.line, from.day - 1)
    case 'ArrowRight':
      return within(from.line, from.day + 1)
    case 'ArrowUp':
      return within(from.line - 1, from.day)
    case 'ArrowDown':
      return within(from.line + 1, from.day)
    case 'Home':
      return within(from.line, 0)
    case 'End':
      return within(from.line, days - 1)
    case 'PageUp':
      return within(0, from.day)
    case 'PageDown':
      return within(lines - 1, from.day)
    default:
      return null
  }
}
