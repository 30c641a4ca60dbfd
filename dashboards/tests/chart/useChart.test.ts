import { createRenderer, h, nextTick, reactive, ref } from 'vue'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { useChart } from '../../src/chart/useChart'
import { look } from '../../src/session'

const chart = { resize: vi.fn(), dispose: vi.fn() }
vi.mock('../../src/chart/echarts', () => ({ makeChart: () => chart }))
vi.mock('../../src/session', () => ({ look: reactive({ theme: 'light' }) }))
let sized: () => void = () => undefined
const disconnect = vi.fn()
vi.stubGlobal(
  'ResizeObserver',
  class {
    constructor(call: () => void) {
      sized = call
    }
    observe = (): void => undefined
    disconnect = disconnect
  },
)

/** Elements that hold nothing: what a composable needs of a page. */
const { createApp } = createRenderer<object, object>({
  createElement: () => ({}),
  createText: () => ({}),
  createComment: () => ({}),
  insert: () => undefined,
  remove: () => undefined,
  patchProp: () => undefined,
  setText: () => undefined,
  setElementText: () => undefined,
  parentNode: () => null,
  nextSibling: () => null,
})

describe('a chart in a box', () => {
  const draw = vi.fn()
  const made = vi.fn()
  const value = ref(1)
  const page = (boxed = true) => createApp({
    setup() {
      useChart(draw, () => [value.value], made)
      return () => (boxed ? h('div', { ref: 'box' }) : h('p'))
    },
  })
  beforeEach(() => vi.clearAllMocks())

  test('is made once and drawn when its box has a size', () => {
    const app = page()
    app.mount({})
    expect(made).toHaveBeenCalledExactlyOnceWith(chart)
    expect(draw).not.toHaveBeenCalled()
    sized()
    expect(chart.resize).toHaveBeenCalledOnce()
    expect(draw).toHaveBeenCalledExactlyOnceWith(chart)
    app.unmount()
  })

  test('is drawn again when what it shows changes, and when the theme does', async () => {
    const app = page()
    app.mount({})
    value.value++
    await nextTick()
    expect(draw).toHaveBeenCalledTimes(1)
    look.theme = look.theme === 'dark' ? 'light' : 'dark'
    await nextTick()
    expect(draw).toHaveBeenCalledTimes(2)
    app.unmount()
  })

  test('goes with its box and is drawn no more', () => {
    const app = page()
    app.mount({})
    app.unmount()
    expect(disconnect).toHaveBeenCalledOnce()
    expect(chart.dispose).toHaveBeenCalledOnce()
    sized()
    expect(draw).not.toHaveBeenCalled()
  })

  test('is not made where there is no box', async () => {
    const app = page(false)
    app.mount({})
    value.value++
    await nextTick()
    expect(made).not.toHaveBeenCalled()
    expect(draw).not.toHaveBeenCalled()
    app.unmount()
  })
})
