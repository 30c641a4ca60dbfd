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

/** A colour of the theme, as the browser resolves it now. */
export function ink(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()
}

/** Length of `n` rem [px]. */
export function rem(n: number): number {
  return n * parseFloat(getComputedStyle(document.documentElement).fontSize)
}
