/** What an alert says in the reader's language: stage, place, state, who has it. */
import type { Alert, AlertEvent } from '../api/shapes'
import { named, t, word, type Word } from '../words'
import { limitFigure, unitText } from './figures'
import { personName } from './people'
import { hms, when } from './time'

const EMISSION = new Set(['voc', 'stack', 'wastewater', 'rain'])

export function stageWord(alert: Alert): string {
  if (alert.mark === 'O' || alert.flag === 'T') {
    if (alert.station && !EMISSION.has(alert.station.kind)) return t('stage.over')
  }
  if (!alert.stage) return t(`class.${alert.class}` as Word)
  if (alert.station?.kind === 'gas' && (alert.stage === 'H' || alert.stage === 'HH')) {
    return t(`stage.gas.${alert.stage}`)
  }
  if (alert.station && EMISSION.has(alert.station.kind)) return t('stage.emission')
  return word(`stage.${alert.stage}`, alert.stage)
}

export function placeWord(alert: Alert): string {
  const station = named(alert.station)
  const enterprise = named(alert.enterprise)
  if (station && enterprise && !saysWhose(station, enterprise)) return `${enterprise} · ${station}`
  return station || enterprise || t('nav.overview')
}

/** Many station names begin with their enterprise's short name; it is not said twice. */
function saysWhose(station: string, enterprise: string): boolean {
  const first = station.split(/[\s,，]+/)[0] ?? ''
  return first.length > 1 && enterprise.startsWith(first)
}

export function stateWord(alert: Alert, nowMs: number): string {
  if (alert.word === 'shelved') {
    return alert.shelved_until ? t('word.shelved', { until: when(alert.shelved_until, nowMs) }) : t('word.shelved.once')
  }
  return t(`word.${alert.word}`)
}

/** Who has it now: the assigned person, else whoever acknowledged. */
export function ownerWord(alert: Alert): string {
  return personName(alert.assigned_to ?? alert.acked_by)
}

export function sentence(alert: Alert): string {
  return named(alert, 'text')
}

export function eventWord(type: string): string {
  return word(`event.${type}`, type)
}

/** What is worth saying of an event beside its name: value against limit, reason, cause, words. */
export function eventDetail(event: AlertEvent): string {
  const { value, limit_value: limit, unit, reason, cause, text, note, to, until } = event.data
  if (event.type === 'raised' || event.type === 'level_raised' || event.type === 'reactivated') {
    if (typeof value !== 'number') return ''
    return `${limitFigure(value)} ${unitText(unit as string)}${typeof limit === 'number' ? ` / ${limitFigure(limit)}` : ''}`
  }
  const said = [cause, typeof reason === 'string' ? word(`act.close.${reason}`, reason) : null, cause ? null : text, note, to, typeof until === 'string' ? hms(until) : null]
  return said.filter((part) => typeof part === 'string' && part !== '').join(' · ')
}

export function actorWord(actor: string): string {
  return /^(system|ingest|judge|alerts|platform)/.test(actor) || actor === '' ? t('actor.system') : personName(actor)
}

/** Who changed it and how, for the words of a conflict. */
export function lastChange(alert: Alert): { who: string; did: string; at: string } | null {
  const changes: [string | null, string | null, string][] = [
    [alert.closed_at, alert.closed_by, 'closed'],
    [alert.acked_at, alert.acked_by, 'acknowledged'],
    [alert.confirmed_at, alert.confirmed_by, 'confirmed'],
  ]
  const events = alert.events ?? (alert.event ? [alert.event] : [])
  for (const event of events) changes.push([event.at, event.actor, event.type])
  const latest = changes.filter(([at]) => at !== null).sort((a, b) => Date.parse(b[0] ?? '') - Date.parse(a[0] ?? ''))[0]
  if (!latest) return null
  return { who: actorWord(latest[1] ?? ''), did: eventWord(latest[2]), at: hms(latest[0]) }
}

/** Everything a row says, for filtering by typing. */
export function searchText(alert: Alert, nowMs: number): string {
  return [
    t(`level.${alert.level}` as Word),
    t(`class.${alert.class}` as Word),
    stageWord(alert),
    placeWord(alert),
    named(alert.quantity),
    alert.quantity?.code ?? '',
    alert.station?.code ?? '',
    alert.enterprise?.code ?? '',
    stateWord(alert, nowMs),
    ownerWord(alert),
    sentence(alert),
    alert.drill ? t('badge.drill') : '',
    alert.origin === 'retrospective' ? t('badge.retrospective') : '',
    alert.condition === 'unknown' ? t('badge.unknown') : '',
  ].join(' ')
}
