/**
 * Holds the live stream outside the page, where timers are not slowed when the tab is hidden. The tabs of one browser
 * elect one of their workers by a lock; it holds the only connection and passes everything on. Without locks (plain
 * http) every tab has its own.
 */
import { Link, type Parcel } from './link'

const channel = new BroadcastChannel('smartpark-live')
const pending: Parcel[] = []
let link: Link | null = null
let flushing: ReturnType<typeof setTimeout> | null = null
let seenId: number | null = null

addEventListener('message', (message: MessageEvent<{ do: 'start' | 'nudge'; url?: string }>) => {
  if (message.data.do === 'start') void start(message.data.url ?? '')
  else if (link) link.nudge()
  else channel.postMessage('nudge')
})

channel.addEventListener('message', (message: MessageEvent<Parcel[] | 'nudge' | 'who'>) => {
  if (message.data === 'nudge') link?.nudge()
  else if (message.data === 'who') link?.report()
  else if (!link) {
    for (const parcel of message.data) remember(parcel)
    postMessage(message.data)
  }
})

async function start(url: string): Promise<void> {
  if (!navigator.locks) return lead(url)
  channel.postMessage('who')
  await navigator.locks.request('smartpark-live', () => {
    lead(url)
    return new Promise(() => undefined) // held until the tab goes
  })
}

function lead(url: string): void {
  link = new Link(url, share, {
    open: (address) => new EventSource(address, { withCredentials: true }),
    now: () => Date.now(),
    later: (call, ms) => setTimeout(call, ms),
    cancel: (handle) => clearTimeout(handle as number),
  })
  link.start(seenId)
}

/** Parcels of 40 ms go as one, so that a storm is drawn once. */
function share(parcel: Parcel): void {
  remember(parcel)
  pending.push(parcel)
  flushing ??= setTimeout(() => {
    flushing = null
    const batch = pending.splice(0)
    postMessage(batch)
    if (navigator.locks) channel.postMessage(batch)
  }, 40)
}

function remember(parcel: Parcel): void {
  const id = parcel.kind === 'event' ? parcel.id : parcel.lastId
  if (id !== null) seenId = Math.max(id, seenId ?? 0)
}
