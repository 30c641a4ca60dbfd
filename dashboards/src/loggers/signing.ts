/** Commands that wait for a second signature, for those who may give it: looked for once a minute. */
import { computed, shallowRef } from 'vue'
import { get } from '../api/http'
import type { LoggerCommand, Page } from '../api/shapes'
import { now } from '../live/clock'
import { may, session } from '../session'
import { maySign } from './saying'

const EVERY_MS = 60_000
const waiting = shallowRef<readonly LoggerCommand[]>([])
/** Those that this reader may sign, oldest first: it runs out first. */
export const toSign = computed(() => waiting.value.filter((one) => maySign(one, session.user?.username, now.value)).reverse())
export const signingPath = computed(() => ({ path: '/loggers', query: { mn: toSign.value[0]?.mn, tab: 'commands' } }))

export async function lookForSigning(): Promise<void> {
  if (!may('command')) {
    waiting.value = []
    return
  }
  try {
    waiting.value = (await get<Page<LoggerCommand>>('/logger-commands', { state: 'waiting_second', limit: 500 })).items
  } catch {
    // what was known a minute ago is still shown
  }
}

/** Looks now and once a minute; returns how to stop. */
export function watchSigning(): () => void {
  void lookForSigning()
  const timer = setInterval(() => void lookForSigning(), EVERY_MS)
  return () => clearInterval(timer)
}
