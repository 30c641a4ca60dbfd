/** News wherever the user is in the product: the bell, the count in the title. */
import { onUnmounted, watchEffect } from 'vue'
import { useRoute } from 'vue-router'
import { serverNow } from '../live/clock'
import { alerts, line, onAlert } from '../live/store'
import { mayHandle, session } from '../session'
import { t, word } from '../words'
import { armBell, hush, ring } from './bell'
import { count } from './order'
import { isAudible } from './ringing'

export function useNews(): void {
  const route = useRoute()
  armBell()
  const off = onAlert((alert, replayed) => {
    const at = serverNow()
    if (mayHandle.value && isAudible(alert, replayed, at)) ring(alert, at)
    if (alert.event?.type === 'acknowledged' && !anyRedWaiting()) hush()
  })
  onUnmounted(off)
  watchEffect(() => {
    const name = word(`nav.${String(route.name === 'module' ? route.params.module : route.name)}`, t('app.name'))
    const waiting = count(alerts.value.values()).unacked
    const prefix = !session.user ? '' : !line.open && line.everOpen ? '(!) ' : waiting ? `(${waiting}) ` : ''
    document.title = `${prefix}${name} · ${t('app.name')}`
  })
}

function anyRedWaiting(): boolean {
  return [...alerts.value.values()].some((a) => a.level === 'red' && !a.acked && a.ended_at === null && a.suppressed === 'none')
}
