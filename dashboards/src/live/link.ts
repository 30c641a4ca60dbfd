/**
 * One connection to the live stream: reopens by itself, resumes after the last event, notices a line that is dead
 * without having been closed. Knows no page: it runs in a worker.
 */
export type Parcel =
  | { kind: 'event'; name: string; id: number | null; data: string }
  | { kind: 'state'; open: boolean; lastEventAt: number | null; lostAt: number | null; lastId: number | null }

interface Source {
  readyState: number
  close(): void
  addEventListener(name: string, call: (event: MessageEvent<string>) => void): void
}

export interface Surroundings {
  open(url: string): Source
  now(): number
  later(call: () => void, ms: number): unknown
  cancel(handle: unknown): void
}

const NAMES = ['hello', 'alert', 'values', 'feed', 'resync']
const SILENT_MS = 13_000 // the server speaks at least every 5 s
const WAITS_MS = [250, 1000, 2000, 3000, 5000]

export class Link {
  private source: Source | null = null
  private watchdog: unknown = null
  private retry: unknown = null
  private attempts = 0
  private opened = false
  lastId: number | null = null
  lastEventAt: number | null = null
  lostAt: number | null = null

  constructor(
    private readonly url: string,
    private readonly post: (parcel: Parcel) => void,
    private readonly around: Surroundings,
  ) {}

  start(lastId: number | null): void {
    this.lastId = lastId ?? this.lastId
    this.connect()
  }

  stop(): void {
    this.drop()
    this.around.cancel(this.retry)
  }

  /** Try again at once: the browser says the network is back. */
  nudge(): void {
    if (this.opened) return
    this.around.cancel(this.retry)
    this.connect()
  }

  /** Say where things stand, for a page that has just come. */
  report(): void {
    this.post({
      kind: 'state',
      open: this.opened,
      lastEventAt: this.lastEventAt,
      lostAt: this.lostAt,
      lastId: this.lastId,
    })
  }

  private connect(): void {
    this.drop()
    const resume = this.lastId === null ? '' : `?last_event_id=${this.lastId}`
    const source = this.around.open(this.url + resume)
    this.source = source
    source.addEventListener('error', () => this.lost(source))
    for (const name of NAMES) source.addEventListener(name, (event) => this.heard(source, name, event))
    this.watch()
  }

  private heard(source: Source, name: string, event: MessageEvent<string>): void {
    if (source !== this.source) return
    this.watch()
    this.attempts = 0
    this.lastEventAt = this.around.now()
    const id = /^\d+$/.test(event.lastEventId) ? Number(event.lastEventId) : null
    if (!this.opened) {
      this.opened = true
      this.report()
      this.lostAt = null
    }
    if (name === 'alert' && id !== null) this.lastId = Math.max(id, this.lastId ?? 0)
    this.post({ kind: 'event', name, id: name === 'alert' ? id : null, data: event.data })
    if (name === 'resync' || (name === 'hello' && this.lastId === null)) this.lastId = eventId(event.data)
  }

  private lost(source: Source): void {
    if (source !== this.source) return
    this.drop()
    if (this.lostAt === null) this.lostAt = this.around.now()
    this.opened = false
    this.report()
    const wait = WAITS_MS[Math.min(this.attempts++, WAITS_MS.length - 1)] ?? 5000
    this.retry = this.around.later(() => this.connect(), wait)
  }

  private watch(): void {
    this.around.cancel(this.watchdog)
    const source = this.source
    this.watchdog = this.around.later(() => source && this.lost(source), SILENT_MS)
  }

  private drop(): void {
    this.around.cancel(this.watchdog)
    this.source?.close()
    this.source = null
  }
}

function eventId(data: string): number | null {
  try {
    const id = (JSON.parse(data) as { event_id?: number }).event_id
    return typeof id === 'number' ? id : null
  } catch {
    return null
  }
}
