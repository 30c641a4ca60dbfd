/** The strip under official values: each status has a shape and a letter, so that it is read without colour. */
import { runs, type Line, type Run } from '../official/recordLines'
import type { Period } from '../official/recordPeriods'

export interface StripLook {
  fill: string
  line: string
  text: string
  paper: string
  /** of the letters [px] */
  font: number
}

interface Api {
  value: (dimension: number) => number
  coord: (point: [number, number]) => [number, number]
  size: (point: [number, number]) => [number, number]
}

interface Box {
  x: number
  y: number
  width: number
  height: number
}

/** The least and greatest of an axis: the data from zero, and limits that do not flatten them to nothing. */
export function valueRange(lines: readonly Line[], limits: readonly number[]): { min: number; max: number } {
  let low = Infinity
  let high = -Infinity
  for (const line of lines) {
    for (const value of line.value) {
      if (value === null) continue
      if (value < low) low = value
      if (value > high) high = value
    }
  }
  if (low > high) [low, high] = [0, Math.max(1, ...limits)]
  const reach = Math.max(high, high - low) * 8
  for (const limit of limits) if (limit > high && limit <= reach) high = limit
  const room = (high - Math.min(low, 0) || 1) * 0.08
  return { min: low >= 0 ? 0 : low - room, max: high + room }
}

/** Valid is a solid low bar; the rest stands out by outline, cross, half height or a middle line, and by its letter. */
export function statusShape(status: Run['status'], box: Box, look: StripLook): object[] {
  const { x, y, width, height } = box
  const bar = (top: number, tall: number, style: object): object => ({ type: 'rect', shape: { x, y: y + height * top, width, height: height * tall }, style })
  const outline = { fill: look.paper, stroke: look.line, lineWidth: 1 }
  switch (status) {
    case 'valid':
      return [bar(0.3, 0.4, { fill: look.fill })]
    case 'short':
      return [bar(0.45, 0.45, outline)]
    case 'abnormal':
      return [bar(0.08, 0.84, { fill: look.line }), ...(width < 9 ? [] : [bar(0.2, 0.6, { fill: look.paper })])]
    case 'marked':
      return [bar(0.08, 0.84, { ...outline, lineDash: [3, 2] })]
    case 'stopped':
      return [bar(0.46, 0.08, { fill: look.line })]
    case 'no_flow':
      return [bar(0.3, 0.08, { fill: look.line }), bar(0.62, 0.08, { fill: look.line })]
    case 'none':
      return [bar(0.08, 0.84, outline)]
  }
}

/** A series of ECharts that draws the runs of every line in its own row. */
export function stripShapes(lines: readonly Line[], substituted: readonly ReadonlySet<number>[], period: Period, to: number, letter: (status: string) => string, look: StripLook): object {
  const all = lines.flatMap((line, row) => runs(line, period, substituted[row]).map((run) => ({ row, ...run })))
  return {
    type: 'custom',
    xAxisIndex: 1,
    yAxisIndex: 1,
    silent: true,
    clip: true,
    tooltip: { show: false },
    encode: { x: [0, 1], y: 2 },
    data: all.map((run, i) => [run.from, Math.min(run.to, to), run.row, i]),
    renderItem: (_: unknown, api: Api) => {
      const run = all[api.value(3)]
      if (!run) return null
      const [x, y] = api.coord([api.value(0), run.row])
      const [end] = api.coord([api.value(1), run.row])
      const height = api.size([0, 1])[1]
      const width = Math.max(1, end - x)
      const both = letter(run.status) + (run.substituted ? letter('substituted') : '')
      const said = both.length > 1 && width < look.font * 2.2 ? letter('substituted') : both
      const children = statusShape(run.status, { x, y, width, height }, look)
      if (said && width > look.font * (0.1 + said.length)) {
        const plain = run.status === 'stopped' || run.status === 'no_flow' || run.status === 'short'
        children.push({ type: 'text', style: { text: said, x: x + width / 2, y: y + height / 2, align: 'center', verticalAlign: 'middle', fill: look.text, font: `${look.font}px sans-serif`, ...(plain ? { backgroundColor: look.paper, padding: [0, 2] } : {}) } })
      }
      return { type: 'group', children }
    },
  }
}
