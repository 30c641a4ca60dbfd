/** The only module that touches ECharts. */
import { CustomChart, LineChart, BarChart } from 'echarts/charts'
import { BrushComponent, GridComponent, MarkAreaComponent, MarkLineComponent, TooltipComponent, ToolboxComponent } from 'echarts/components'
import * as echarts from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'

echarts.use([
  LineChart,
  BarChart,
  CustomChart,
  GridComponent,
  MarkLineComponent,
  MarkAreaComponent,
  TooltipComponent,
  BrushComponent,
  ToolboxComponent,
  CanvasRenderer,
])

export type Chart = echarts.ECharts
export type ChartOption = echarts.EChartsCoreOption

export function makeChart(box: HTMLElement): Chart {
  return echarts.init(box, undefined, { renderer: 'canvas' })
}

/** Lets a range be drawn across a chart; an option that merges nothing ends it. */
export function dragRanges(chart: Chart): void {
  chart.dispatchAction({ type: 'takeGlobalCursor', key: 'brush', brushOption: { brushType: 'lineX', brushMode: 'single' } })
}

/** Tells each range that was drawn and is longer than ``least`` [ms], and wipes it off the chart. */
export function whenDragged(chart: Chart, least: () => number, tell: (from: number, to: number) => void): void {
  chart.on('brushEnd', (event) => {
    const range = (event as { areas?: { coordRange?: [number, number] }[] }).areas?.[0]?.coordRange
    if (!range) return
    chart.dispatchAction({ type: 'brush', areas: [] })
    if (range[1] - range[0] > least()) tell(range[0], range[1])
  })
}

/** A colour of the theme, as the browser resolves it now. */
export function ink(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()
}

/** Length of `n` rem [px]. */
export function rem(n: number): number {
  return n * parseFloat(getComputedStyle(document.documentElement).fontSize)
}
