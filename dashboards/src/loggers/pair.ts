/** Pure: the logger's means beside ours as a chart of two lines. */
import type { ModuleChart } from '../api/moduleShapes'
import type { Difference, Sensor } from '../api/shapes'

type Point = [number, number | null]

/** Two lines over the periods of one sensor, in order of time; a period that neither has breaks both. */
export function pairOf(sensor: Sensor, found: readonly Difference[], words: Record<'logger' | 'ours', string>): ModuleChart {
  const list = found.filter((one) => one.sensor_id === sensor.id).map((one) => ({ ...one, at: Date.parse(one.start) }))
  list.sort((a, b) => a.at - b.at)
  const step = Math.min(...list.slice(1).map((one, i) => one.at - (list[i]?.at ?? 0)))
  const logger: Point[] = []
  const ours: Point[] = []
  let before = Infinity
  for (const one of list) {
    if (one.at - before > 1.5 * step) {
      logger.push([before + step, null])
      ours.push([before + step, null])
    }
    logger.push([one.at, one.logger])
    ours.push([one.at, one.ours === null ? null : +one.ours.toFixed(sensor.decimals + 1)])
    before = one.at
  }
  const line = (key: 'logger' | 'ours', points: Point[]) => ({ key, label_zh: words[key], label_en: words[key], points })
  return { key: String(sensor.id), title_zh: sensor.name_zh, title_en: sensor.name_en, unit: sensor.unit, series: [line('ours', ours), line('logger', logger)] }
}
