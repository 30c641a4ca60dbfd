import { createApp, effectScope, nextTick } from 'vue'
import { createMemoryHistory, createRouter, type Router } from 'vue-router'
import { expect, test } from 'vitest'
import { anyText, oneOf, useKept, useOpened } from '../../src/frame/address'

async function on<T>(start: string, use: () => T): Promise<{ router: Router; found: T; settled: () => Promise<void> }> {
  const page = { render: () => null }
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/a', component: page }, { path: '/b', component: page }] })
  await router.push(start)
  const app = createApp(page)
  app.use(router)
  const found = effectScope(true).run(() => app.runWithContext(use)) as T
  const settled = async (): Promise<void> => {
    for (let i = 0; i < 3; i++) {
      await nextTick()
      await new Promise((done) => setTimeout(done))
    }
  }
  return { router, found, settled }
}

test('what the address says is chosen, and what it does not know is as usual', async () => {
  const { found } = await on('/a?days=31&cause=weather', () => ({ days: useKept('days', 7, oneOf([1, 7, 31])), cause: useKept('cause', '', oneOf(['network'])) }))
  expect([found.days.value, found.cause.value]).toEqual([31, ''])
})

test('choices of one moment stand in the address together, the usual ones not at all', async () => {
  const { router, found, settled } = await on('/a?days=31&x=1', () => ({ days: useKept('days', 7, oneOf([1, 7, 31])), q: useKept('q', '', anyText) }))
  found.days.value = 7
  found.q.value = 'hj212'
  await settled()
  expect(router.currentRoute.value.query).toEqual({ x: '1', q: 'hj212' })
})

test('another address is another choice, another page none of ours', async () => {
  const { router, found, settled } = await on('/a', () => useKept('days', 7, oneOf([1, 7, 31])))
  await router.push('/a?days=1')
  await settled()
  expect(found.value).toBe(1)
  await router.push('/b')
  await settled()
  expect(found.value).toBe(1)
})

test('Back closes what was opened', async () => {
  const { router, found, settled } = await on('/a?days=1', () => useOpened('item'))
  found.open('5')
  await settled()
  expect([found.key.value, router.currentRoute.value.fullPath]).toEqual(['5', '/a?days=1&item=5'])
  router.back()
  await settled()
  expect([found.key.value, router.currentRoute.value.fullPath]).toEqual(['', '/a?days=1'])
})

test('a link to what is open is closed without leaving the page', async () => {
  const { router, found, settled } = await on('/a?item=5', () => useOpened('item'))
  expect(found.key.value).toBe('5')
  found.close()
  await settled()
  expect(router.currentRoute.value.fullPath).toBe('/a')
})
