/** Exceedances that somebody ticked: kept while the browser's tab is open, for the same person only. */
import { computed, shallowRef, watch, type ComputedRef } from 'vue'
import { session } from '../session'
import { rowKey, type Exceedance } from './exceedRows'

const picked = shallowRef(new Map<string, Exceedance>())
let whose = ''

export interface Picked {
  picked: ComputedRef<Map<string, Exceedance>>
  turn: (one: Exceedance) => void
  clear: () => void
}

export function usePicked(): Picked {
  watch(() => session.user?.username ?? '', recall, { immediate: true })
  return { picked: computed(() => picked.value), turn, clear }
}

function recall(username: string): void {
  if (username === whose) return
  whose = username
  picked.value = new Map(kept().map((one) => [rowKey(one), one]))
}

function turn(one: Exceedance): void {
  const next = new Map(picked.value)
  if (!next.delete(rowKey(one))) next.set(rowKey(one), one)
  keep(next)
}

function clear(): void {
  keep(new Map())
}

function keep(next: Map<string, Exceedance>): void {
  picked.value = next
  try {
    sessionStorage.setItem(`exceedances.${whose}`, JSON.stringify([...next.values()]))
  } catch {
    // a full or closed storage forgets them with the page
  }
}

function kept(): Exceedance[] {
  try {
    return JSON.parse(sessionStorage.getItem(`exceedances.${whose}`) ?? '[]') as Exceedance[]
  } catch {
    return []
  }
}
