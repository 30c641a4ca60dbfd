/** What to do first, by the kind of thing that happened; five lines at most, no numbers that belong to a rulebook. */
import type { Alert } from '../api/shapes'
import { language, t, type Word } from '../words'

const LINES = 5
/** What tanks and units measure of themselves; everything else at a hazard source is a gas in the air. */
const TANK = new Set(['x_level', 'x_pressure', 'x_temp', 'x_flow', 'x_interlock', 'x_bypass', 'x_valve'])

/** The rulebook's own lines when it has some; else the general ones for that kind of alert. */
export function adviceFor(alert: Alert): string[] {
  const own = alert.evidence?.[`advice_${language.value}`] ?? alert.evidence?.advice
  if (Array.isArray(own)) return own.map(String).slice(0, LINES)
  const kind = adviceKind(alert)
  const lines: string[] = []
  for (let i = 1; i <= LINES; i++) lines.push(t(`advice.${kind}.${i}` as Word))
  return lines.filter(Boolean)
}

/** Which list of steps fits: gas that burns, gas that poisons, a tank, an outlet, the air, or silence. */
export function adviceKind(alert: Alert): 'combustible' | 'toxic' | 'tank' | 'outlet' | 'air' | 'silence' | 'marked' {
  if (/silence|offline|clock|feed|broker|ledger/.test(alert.rule) || alert.class === 'reminder') return 'silence'
  if (/marked/.test(alert.rule)) return 'marked'
  const kind = alert.station?.kind
  const code = alert.quantity?.code ?? ''
  if (kind === 'hazard' || kind === 'process' || kind === 'gas') {
    if (code.includes('lel')) return 'combustible'
    return kind === 'process' || TANK.has(code) ? 'tank' : 'toxic'
  }
  if (kind === 'stack' || kind === 'wastewater' || kind === 'rain') return 'outlet'
  return 'air'
}
