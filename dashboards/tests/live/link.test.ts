import { beforeEach, describe, expect, test } from 'vitest'
import { Link, type Parcel } from '../../src/live/link'

class FakeSource {
  readyState = 0
  closed = false
  private calls = new Map<string, (event: MessageEvent<string>) => void>()
  constructor(readonly url: string) {}
  close(): void {
    this.closed = true
  }
  addEventListener(name: string, call: (event: MessageEvent<string>) => void): void {
    this.calls.set(name, call)
  }
  say(name: string, data: object = {}, id = ''): void {
    this.calls.get(name)?.({ data: JSON.stringify(data), lastEventId: id } as MessageEvent<string>)
  }
}

let sources: FakeSource[]
let parcels: Parcel[]
let due: { call: () => void; at: number }[]
let clock: number
let link: Link

/** Lets time pass; what falls due is called in order. */
function pass(ms: number): void {
  const until = clock + ms
  for (;;) {
    const next = due.filter((d) => d.at <= until).sort((a, b) => a.at - b.at)[0]
    if (!next) break
    due = due.filter((d) => d !== next)
    clock = next.at
    next.call()
  }
  clock = until
}

beforeEach(() => {
  sources = []
  parcels = []
  due = []
  clock = 0
  link = new Link('/live', (parcel) => parcels.push(parcel), {
    open: (url) => {
      const source = new FakeSource(url)
      sources.push(source)
      return source
    },
    now: () => clock,
    later: (call, ms) => {
      const handle = { call, at: clock + ms }
      due.push(handle)
      return handle
    },
    cancel: (handle) => {
      due = due.filter((d) => d !== handle)
    },
  })
  link.start(null)
})

const last = (): FakeSource => sources[sources.length - 1] as FakeSource
const states = (): boolean[] => parcels.flatMap((p) => (p.kind === 'state' ? [p.open] : []))

describe('the link', () => {
  test('resumes after the last event it saw', () => {
    last().say('hello', { event_id: 10 })
    last().say('alert', { id: 1 }, '12')
    last().say('error')
    pass(300)
    expect(last().url).toBe('/live?last_event_id=12')
  })

  test('resumes after hello when no alert came', () => {
    last().say('hello', { event_id: 10 })
    last().say('error')
    pass(300)
    expect(last().url).toBe('/live?last_event_id=10')
  })

  test('notices a line that is dead without having been closed', () => {
    last().say('hello', { event_id: 10 })
    last().say('feed')
    pass(12_000)
    expect(states()).toEqual([true])
    pass(2_000)
    expect(states()).toEqual([true, false])
    expect(sources.length).toBe(2)
  })

  test('says since when it was lost, once it is back', () => {
    last().say('hello', { event_id: 10 })
    pass(1000)
    last().say('error')
    pass(5000)
    last().say('hello', { event_id: 10 })
    const back = parcels.filter((p) => p.kind === 'state' && p.open).at(-1)
    expect(back).toMatchObject({ open: true, lostAt: 1000 })
  })

  test('does not hear a source it has given up', () => {
    const first = last()
    first.say('hello', { event_id: 10 })
    first.say('error')
    const heard = parcels.length
    first.say('alert', { id: 1 }, '99')
    expect(parcels.length).toBe(heard)
    expect(first.closed).toBe(true)
  })

  test('goes on after the server says that the event is unknown', () => {
    last().say('hello', { event_id: 10 })
    last().say('resync', { event_id: 4 })
    last().say('error')
    pass(300)
    expect(last().url).toBe('/live?last_event_id=4')
  })
})
