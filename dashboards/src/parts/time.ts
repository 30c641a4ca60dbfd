/** Pure: times in the park's zone, always the same way. */
const ZONE = 'Asia/Shanghai'
let zone = ZONE

export function setZone(name: string): void {
  try {
    new Intl.DateTimeFormat('zh-CN', { timeZone: name })
    zone = name
  } catch {
    zone = ZONE
  }
  cache.clear()
}

export function zoneName(): string {
  return zone
}

const cache = new Map<string, Intl.DateTimeFormat>()

function parts(ms: number): Record<string, string> {
  let format = cache.get(zone)
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    })
    cache.set(zone, format)
  }
  return Object.fromEntries(format.formatToParts(ms).map((part) => [part.type, part.value]))
}

export function ms(at: string | number | null | undefined): number | null {
  if (at === null || at === undefined) return null
  const value = typeof at === 'number' ? at : Date.parse(at)
  return Number.isFinite(value) ? value : null
}

/** 08:05:09 */
export function hms(at: string | number | null | undefined): string {
  const t = ms(at)
  if (t === null) return '/'
  const p = parts(t)
  return `${p.hour}:${p.minute}:${p.second}`
}

/** 11-22 08:05:09, or only the time when it is today. */
export function when(at: string | number | null | undefined, nowMs: number): string {
  const t = ms(at)
  if (t === null) return '/'
  const p = parts(t)
  const today = parts(nowMs)
  const clock = `${p.hour}:${p.minute}:${p.second}`
  if (p.year === today.year && p.month === today.month && p.day === today.day) return clock
  return p.year === today.year ? `${p.month}-${p.day} ${clock}` : `${p.year}-${p.month}-${p.day} ${clock}`
}

/** 2026-11-22 08:05:09 */
export function full(at: string | number | null | undefined): string {
  const t = ms(at)
  if (t === null) return '/'
  const p = parts(t)
  return `${p.year}-${p.month}-${p.day} ${p.hour}:${p.minute}:${p.second}`
}

/** 11-22 08:00–09:00, always with its date: from ``at`` for so long [ms]; a whole day is its date alone, its last hour ends at 24:00. */
export function spanText(at: string | number, lengthMs: number, nowMs: number): string {
  const begin = ms(at)
  if (begin === null) return '/'
  const text = full(begin)
  const date = text.slice(0, 4) === full(nowMs).slice(0, 4) ? text.slice(5, 10) : text.slice(0, 10)
  if (lengthMs >= 86_400_000) return date
  return `${date} ${clockSpan(begin, begin + lengthMs)}`
}

/** 23:00–24:00: what ends with its day ends at 24:00. */
export function clockSpan(from: string | number, to: string | number): string {
  const [begin, end] = [full(from), full(to)]
  const midnight = end.slice(11, 16) === '00:00' && end.slice(0, 10) > begin.slice(0, 10)
  return `${begin.slice(11, 16)}–${midnight ? '24:00' : end.slice(11, 16)}`
}

/** UTC+8, from the zone at that moment. */
export function offsetName(at: number): string {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, timeZoneName: 'longOffset' })
  const part = format.formatToParts(at).find((p) => p.type === 'timeZoneName')?.value ?? ''
  return part.replace('GMT', 'UTC').replace(/([+-])0/, '$1').replace(':00', '')
}

/** A tick of a time axis as long as `span` [ms]: days, minutes or seconds, in the park's zone. */
export function axisTime(at: number, span: number): string {
  const text = full(at)
  if (span > 3 * 86_400_000) return text.slice(5, 10)
  return span > 20 * 3_600_000 && text.endsWith('00:00:00') ? text.slice(5, 10) : text.slice(11, span < 600_000 ? 19 : 16)
}

/** 2026-11-22T08:05, as a field of a form holds it: the park's local time. */
export function fieldTime(at: number): string {
  return full(at).slice(0, 16).replace(' ', 'T')
}

/** The instant of a form's local time of the park, RFC 3339 in UTC; '' where nothing is written. */
export function instantOf(field: string): string {
  const wall = Date.parse(`${field}Z`)
  if (!Number.isFinite(wall)) return ''
  const wallAt = (at: number): number => Date.parse(`${full(at).replace(' ', 'T')}Z`)
  const near = wall - (wallAt(wall) - wall)
  return new Date(near - (wallAt(near) - wall)).toISOString()
}

/** 2026-11-22 08:05:00 of the digits 20261122080500, which are local already; anything else as it is. */
export function digitTime(text: string): string {
  return text.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/, '$1-$2-$3 $4:$5:$6')
}
