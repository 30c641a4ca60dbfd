/** Sending what the operator decided, with the version the operator saw; a conflict comes back as words. */
import { reactive } from 'vue'
import { get, post, Problem } from '../api/http'
import type { Alert } from '../api/shapes'
import { takeAlert } from '../live/store'
import { lastChange } from '../parts/alertWords'
import { t } from '../words'

export type Act = 'acknowledge' | 'confirm' | 'shelve' | 'unshelve' | 'close' | 'comment'

/** What the last action of this page came to; shown beside the buttons, never as a pop-up. */
export const outcome = reactive({ alertId: 0, busy: false, words: '', trouble: null as unknown, conflict: false })

export async function act(alert: Alert, what: Act, body: Record<string, unknown> = {}): Promise<boolean> {
  if (outcome.busy) return false
  Object.assign(outcome, { alertId: alert.id, busy: true, words: '', trouble: null, conflict: false })
  try {
    const answer = await post<Alert | { alert: Alert }>(`/alerts/${alert.id}/${what}`, { version: alert.version, ...body })
    const updated = 'alert' in answer ? answer.alert : answer
    if (updated?.id === alert.id) takeAlert(updated)
    return true
  } catch (error) {
    await explain(alert, error)
    return false
  } finally {
    outcome.busy = false
  }
}

async function explain(alert: Alert, error: unknown): Promise<void> {
  if (!(error instanceof Problem) || error.status !== 409) {
    outcome.trouble = error
    return
  }
  const stale = error.current ? error.current.version !== alert.version : true
  const current = await get<Alert>(`/alerts/${alert.id}`).catch(() => error.current)
  if (current) takeAlert(current)
  outcome.conflict = true
  const change = stale && current && current.version > alert.version ? lastChange(current) : null
  outcome.words = change ? t('act.conflict', { who: change.who, did: change.did, when: change.at }) : error.detail || t('act.conflict.plain')
}

export function forgetOutcome(alertId: number): void {
  if (outcome.alertId !== alertId) Object.assign(outcome, { alertId, words: '', trouble: null, conflict: false })
}
