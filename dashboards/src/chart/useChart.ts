/** The life of a chart: made in the element that its template calls ``box``, drawn when that has a size and when what it shows or the look changes, gone with it. */
import { onMounted, onUnmounted, shallowRef, useTemplateRef, watch, type ShallowRef } from 'vue'
import { look } from '../session'
import { language } from '../words'
import { makeChart, type Chart } from './echarts'

interface Drawn {
  /** null: it is not there yet, or no more. */
  chart: ShallowRef<Chart | null>
  redraw: () => void
}

/** ``shown``: what a drawing depends on besides theme and language; ``made`` is told of the chart once, before it is drawn. */
export function useChart(draw: (chart: Chart) => void, shown: () => unknown[], made: (chart: Chart) => void = () => undefined): Drawn {
  const box = useTemplateRef<HTMLElement>('box')
  const chart = shallowRef<Chart | null>(null)
  let observer: ResizeObserver | null = null

  function redraw(): void {
    if (chart.value) draw(chart.value)
  }

  watch(() => [...shown(), look.theme, language.value], redraw)
  onMounted(() => {
    if (!box.value) return
    chart.value = makeChart(box.value)
    made(chart.value)
    observer = new ResizeObserver(() => {
      chart.value?.resize()
      redraw()
    })
    observer.observe(box.value)
  })
  onUnmounted(() => {
    observer?.disconnect()
    chart.value?.dispose()
    chart.value = null
  })
  return { chart, redraw }
}
