/** Pure: which running hours deserve a line. */
import type { components } from '../api/schema'

type RunningHour = components['schemas']['RunningHour']
/** The mean so far is within a fifth of its limit, or the rest must stay below the mean so far. */
const NEAR = 0.8

export function tight(one: RunningHour): boolean {
  if (one.mean === null || one.outlook === 'no data' || one.outlook === 'cannot be exceeded') return false
  return one.outlook === 'cannot be met' || one.on_course === false || one.mean >= NEAR * one.limit.value
}
