/** Pure: how news changes what the page knows. Alerts merge by version, values by time; order of arrival is no matter. */
import type { Alert, Latest, ValueItem } from '../api/shapes'

/** Puts an alert in; returns whether it was news. A lower version never replaces a higher one. */
export function mergeAlert(alerts: Map<number, Alert>, alert: Alert): boolean {
  const known = alerts.get(alert.id)
  if (known && known.version > alert.version) return false
  alerts.set(alert.id, known ? { ...known, ...alert, event: alert.event ?? known.event } : alert)
  return true
}

/** Open alerts as the server lists them: adds, replaces, and drops those that ended while nobody listened. */
export function resync(alerts: Map<number, Alert>, open: Alert[], heardMeanwhile: ReadonlySet<number>): void {
  const listed = new Set(open.map((alert) => alert.id))
  for (const alert of open) mergeAlert(alerts, alert)
  for (const id of [...alerts.keys()]) {
    if (!listed.has(id) && !heardMeanwhile.has(id)) alerts.delete(id)
  }
}

/** Puts values in; a value older than the known one is history, not news. Returns the sensors that changed. */
export function mergeValues(values: Map<number, Latest>, items: ValueItem[]): number[] {
  const changed: number[] = []
  for (const item of items) {
    const known = values.get(item.sensor_id)
    if (known && Date.parse(known.time) > Date.parse(item.time)) continue
    values.set(item.sensor_id, item)
    changed.push(item.sensor_id)
  }
  return changed
}

/** Counts what a replay brings after a break: every alert event until the stream speaks of the present again. */
export class CatchUp {
  busy = false
  count = 0

  begin(): void {
    this.busy = true
    this.count = 0
  }

  saw(): void {
    if (this.busy) this.count += 1
  }

  /** The first values or feed report: what was missed is in. Returns the count, or null when nothing was under way. */
  finish(): number | null {
    if (!this.busy) return null
    this.busy = false
    return this.count
  }
}

export function isOpen(alert: Alert): boolean {
  return alert.ended_at === null
}
