/** Pure: why a message is in quarantine, in the reader's language; a cause says more than its reason, a logger's frame less of JSON. */
import type { Quarantined } from '../api/shapes'
import { word } from '../words'

type Told = Pick<Quarantined, 'reason' | 'cause' | 'topic'>

export function reasonWord(held: Told): string {
  return held.cause ? word(`cause.${held.cause}`, held.cause) : word(`reason.${held.reason}`, held.reason)
}

export function reasonSentence(held: Told): string {
  if (held.cause) return word(`why.${held.cause}`, '')
  const general = word(`why.${held.reason}`, '')
  return held.topic.split('/')[2] === 'hj212' ? word(`why.hj212.${held.reason}`, general) : general
}
