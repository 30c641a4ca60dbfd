/** Pure: why an hour is missing, one sentence a row of evidence. */
import { when } from '../parts/time'
import { t, word } from '../words'

export interface Evidence {
  kind: string
  cause?: string
  minutes?: number
  [key: string]: unknown
}

export function evidenceRows(found: unknown): Evidence[] {
  return Array.isArray(found) ? found.filter((one): one is Evidence => typeof one === 'object' && one !== null && typeof (one as Evidence).kind === 'string') : []
}

/** `name` says what a code of a quantity is called. */
export function evidenceWords(one: Evidence, nowMs: number, name: (code: string) => string = (code) => code): string {
  const time = (key: string): string => when(one[key] as string, nowMs)
  if (one.kind === 'session') return session(one, time)
  if (one.kind === 'outage') return t('evidence.outage', { name: word(`band.feed.${String(one.name)}`, String(one.name)), from: time('from'), to: time('to') })
  if (one.kind === 'window') {
    const [kind = '', number = ''] = String(one.name).split(' ')
    return t('evidence.window', { name: `${word(`window.${kind}`, kind)} ${number}`.trim(), from: time('from'), to: time('to') })
  }
  if (one.kind === 'restart') return t('evidence.restart', { at: time('at') })
  if (one.kind === 'presence') return t(one.online ? 'evidence.presence.online' : 'evidence.presence.offline', { at: time('at') })
  if (one.kind === 'sensors' && Array.isArray(one.quantities)) return t('evidence.sensors', { list: one.quantities.map((code) => name(String(code))).join('、') })
  return JSON.stringify(one)
}

function session(one: Evidence, time: (key: string) => string): string {
  const said = one.closed_at
    ? t('evidence.session.closed', { opened: time('opened_at'), last: time('last_at'), closed: time('closed_at'), by: word(`session.by.${String(one.closed_by)}`, String(one.closed_by)) })
    : t('evidence.session', { opened: time('opened_at') })
  const others = Array.isArray(one.others) ? one.others.length : 0
  return others ? `${said} · ${t('evidence.others', { n: others })}` : said
}
