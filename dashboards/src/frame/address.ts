/** What a page shows stands in its address: a link reproduces the view, and Back closes what was opened first. */
import { nextTick, ref, watch, type Ref } from 'vue'
import { useRoute, useRouter, type LocationQuery, type Router } from 'vue-router'

export interface Opened {
  /** What is open; '' for nothing. */
  key: Ref<string>
  open: (key: string) => void
  close: () => void
}

const waiting = new WeakMap<Router, LocationQuery>()

/** Several choices of one moment become one new address. */
function change(router: Router, name: string, text: string): void {
  const pending = waiting.get(router)
  if (pending) {
    pending[name] = text
    return
  }
  const changes: LocationQuery = { [name]: text }
  waiting.set(router, changes)
  const { path } = router.currentRoute.value
  void nextTick(() => {
    waiting.delete(router)
    const here = router.currentRoute.value
    if (here.path === path) void router.replace({ query: without({ ...here.query, ...changes }) })
  })
}

function without(query: LocationQuery): LocationQuery {
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== ''))
}

function textOf(query: LocationQuery, name: string): string {
  const said = query[name]
  return typeof said === 'string' ? said : ''
}

/** A choice that is kept under a name in the address; ``read`` returns undefined for what it does not know. */
export function useKept<T extends string | number | boolean>(name: string, usual: T, read: (text: string) => T | undefined): Ref<T> {
  const route = useRoute()
  const router = useRouter()
  const { path } = route
  const said = (): T => {
    const text = textOf(route.query, name)
    return text === '' ? usual : (read(text) ?? usual)
  }
  const choice = ref(said()) as Ref<T>
  watch(choice, (value) => {
    if (value !== said()) change(router, name, value === usual ? '' : String(value))
  })
  watch(
    () => route.query[name],
    () => {
      if (route.path === path) choice.value = said()
    },
  )
  return choice
}

/** One of some words or numbers. */
export function oneOf<T extends string | number>(known: readonly T[]): (text: string) => T | undefined {
  return (text) => known.find((one) => String(one) === text)
}

export const anyText = (text: string): string => text

export const yes = (text: string): boolean => text === 'true'

/** What lies open over the page: opening it is a step that Back takes back. */
export function useOpened(name: string): Opened {
  const route = useRoute()
  const router = useRouter()
  const key = ref(textOf(route.query, name))
  watch(
    () => route.query[name],
    () => (key.value = textOf(route.query, name)),
  )
  function open(wanted: string): void {
    const going = key.value ? router.replace : router.push
    key.value = wanted
    void going({ query: without({ ...route.query, [name]: wanted }) })
  }
  function close(): void {
    key.value = ''
    const query = without({ ...route.query, [name]: '' })
    if (router.options.history.state.back === router.resolve({ query }).fullPath) router.back()
    else void router.replace({ query })
  }
  return { key, open, close }
}
