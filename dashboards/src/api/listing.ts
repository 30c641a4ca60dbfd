/** A list from the API: page after page until the end or a cap, with its error and a way to ask again. */
import { onMounted, ref, shallowRef, type Ref } from 'vue'
import { get } from './http'
import type { Page } from './shapes'

export interface Listing<T> {
  items: Ref<T[]>
  loading: Ref<boolean>
  error: Ref<unknown>
  more: Ref<boolean>
  load: () => Promise<void>
}

export function useListing<T>(path: string, query: () => Record<string, unknown> = () => ({}), cap = 5000): Listing<T> {
  const items = shallowRef<T[]>([]) as Ref<T[]>
  const loading = ref(false)
  const more = ref(false)
  const error = shallowRef<unknown>(null)
  let asked = 0

  async function load(): Promise<void> {
    const ask = ++asked
    loading.value = true
    try {
      const found: T[] = []
      let cursor: string | null = null
      do {
        const page: Page<T> = await get(path, { limit: Math.min(cap, 500), ...query(), cursor })
        if (ask !== asked) return
        found.push(...page.items)
        cursor = page.next ?? null
      } while (cursor && found.length < cap)
      items.value = found
      more.value = cursor !== null
      error.value = null
    } catch (problem) {
      if (ask === asked) error.value = problem
    } finally {
      if (ask === asked) loading.value = false
    }
  }

  onMounted(load)
  return { items, loading, error, more, load }
}
