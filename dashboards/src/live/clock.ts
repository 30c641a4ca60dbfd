/** The server's clock in the page: ages are measured by it, so that a wrong PC clock does not lie. */
import { ref } from 'vue'

export const now = ref(Date.now())
let skewMs = 0

export function setServerTime(iso: string): void {
  const server = Date.parse(iso)
  if (Number.isFinite(server)) skewMs = server - Date.now()
}

export function serverNow(): number {
  return Date.now() + skewMs
}

let timer: ReturnType<typeof setInterval> | null = null

export function startClock(): void {
  if (timer !== null) return
  timer = setInterval(() => (now.value = serverNow()), 1000)
  now.value = serverNow()
}
