/** What the page knows of the park right now: alerts, newest values, feeds, and whether it can see at all. */
import { reactive, shallowRef, triggerRef } from 'vue'
import { get, Problem } from '../api/http'
import type { Alert, FeedReport, Hello, Latest, Page, Station, ValuesEvent } from '../api/shapes'
import { now, serverNow, setServerTime, startClock } from './clock'
import type { Parcel } from './link'
import { CatchUp, isOpen, mergeAlert, mergeValues, resync } from './merge'

export const alerts = shallowRef(new Map<number, Alert>())
export const values = shallowRef(new Map<number, Latest>())
export const stations = shallowRef(new Map<number, Station>())
/** A code of its own in every park: what is written names its station by this. */
export const fullCode = (station: Station): string => `${station.park}/${station.code}`
/** Which station a sensor belongs to. */
export const stationOfSensor = new Map<number, Station>()

export const line = reactive({
  open: false,
  everOpen: false,
  lastEventAt: null as number | null,
  lostAt: null as number | null,
  caughtUp: null as { count: number; gapMs: number } | null,
  feed: null as FeedReport | null,
  feedAt: 0,
  version: '',
  loaded: false,
  problem: null as Problem | null,
})

type Listener = (alert: Alert, replayed: boolean) => void
const listeners = new Set<Listener>()
const catchUp = new CatchUp()
/** For each load under way: what the stream said meanwhile. */
const loads = new Set<Set<number>>()
let worker: Worker | null = null
let gapMs = 0
let heardAt = 0

export function onAlert(call: Listener): () => void {
  listeners.add(call)
  return () => listeners.delete(call)
}

export function startLive(): void {
  if (worker) return
  startClock()
  worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })
  worker.addEventListener('message', (message: MessageEvent<Parcel[]>) => receive(message.data))
  worker.postMessage({ do: 'start', url: '/api/v1/live' })
  window.addEventListener('offline', () => loseLine())
  window.addEventListener('online', () => worker?.postMessage({ do: 'nudge' }))
  setInterval(checkSilence, 2000)
  setInterval(() => void loadStations(), 300_000)
  void load()
}

export function stopLive(): void {
  worker?.terminate()
  worker = null
}

/** Everything anew by REST; merging by version makes its order against the stream irrelevant. */
export async function load(): Promise<void> {
  const heard = new Set<number>()
  loads.add(heard)
  try {
    const [open] = await Promise.all([allOpenAlerts(), loadStations()])
    resync(alerts.value, open, heard)
    triggerRef(alerts)
    line.loaded = true
    line.problem = null
  } catch (error) {
    line.problem = error instanceof Problem ? error : new Problem(0, String(error), '')
  } finally {
    loads.delete(heard)
  }
}

/** An alert as an action's answer or a conflict gave it. */
export function takeAlert(alert: Alert): void {
  if (mergeAlert(alerts.value, alert)) triggerRef(alerts)
}

async function allOpenAlerts(): Promise<Alert[]> {
  const found: Alert[] = []
  let cursor: string | null = null
  do {
    const page: Page<Alert> = await get('/alerts', { open: true, limit: 500, cursor })
    found.push(...page.items)
    cursor = page.next
  } while (cursor)
  return found
}

async function loadStations(): Promise<void> {
  const fresh = new Map<number, Station>()
  let cursor: string | null = null
  do {
    const page: Page<Station> = await get('/stations', { include: 'sensors', limit: 500, cursor })
    for (const station of page.items) fresh.set(station.id, station)
    cursor = page.next
  } while (cursor)
  stationOfSensor.clear()
  for (const station of fresh.values()) {
    for (const sensor of station.sensors ?? []) {
      stationOfSensor.set(sensor.id, station)
      if (sensor.latest) mergeValues(values.value, [{ ...sensor.latest, sensor_id: sensor.id }])
    }
  }
  stations.value = fresh
  triggerRef(values)
}

function receive(parcels: Parcel[]): void {
  const heard: [Alert, boolean][] = []
  let moved = false
  heardAt = Date.now()
  for (const parcel of parcels) {
    if (parcel.kind === 'state') takeState(parcel)
    else {
      if (!line.open) openLine(null)
      line.lastEventAt = Date.now()
      if (parcel.name === 'alert') heard.push(takeAlertEvent(JSON.parse(parcel.data) as Alert))
      else if (parcel.name === 'values') moved = takeValues(JSON.parse(parcel.data) as ValuesEvent) || moved
      else if (parcel.name === 'feed') takeFeed(JSON.parse(parcel.data) as FeedReport)
      else if (parcel.name === 'hello') takeHello(JSON.parse(parcel.data) as Hello)
      else if (parcel.name === 'resync') void load()
    }
  }
  if (heard.length) triggerRef(alerts)
  if (moved) triggerRef(values)
  for (const [alert, replayed] of heard) for (const call of listeners) call(alert, replayed)
}

function takeAlertEvent(alert: Alert): [Alert, boolean] {
  mergeAlert(alerts.value, alert)
  for (const heard of loads) heard.add(alert.id)
  catchUp.saw()
  return [alert, catchUp.busy]
}

function takeValues(event: ValuesEvent): boolean {
  finishCatchUp()
  return mergeValues(values.value, event.items).length > 0
}

function takeFeed(report: FeedReport): void {
  finishCatchUp()
  setServerTime(report.at)
  now.value = serverNow()
  line.feed = report
  line.feedAt = Date.now()
}

/** After a break the stream replays what was missed, and the lists are asked anew as well. */
function takeHello(hello: Hello): void {
  setServerTime(hello.server_time)
  line.version = hello.version
  if (gapMs === 0) return
  catchUp.begin()
  void load()
}

function finishCatchUp(): void {
  const count = catchUp.finish()
  if (count === null) return
  line.caughtUp = { count, gapMs }
  gapMs = 0
}

function takeState(state: Extract<Parcel, { kind: 'state' }>): void {
  if (state.lastEventAt !== null && line.lastEventAt === null) line.lastEventAt = state.lastEventAt
  if (state.open) openLine(state.lostAt)
  else loseLine()
}

function openLine(lostAt: number | null): void {
  const since = line.lostAt ?? (line.everOpen ? lostAt : null)
  if (!line.open && since !== null) gapMs = Date.now() - since
  line.open = true
  line.everOpen = true
  line.lostAt = null
}

function loseLine(): void {
  if (line.open || line.lostAt === null) line.lostAt = Date.now()
  line.open = false
  line.caughtUp = null
}

/** The worker itself may be dead; a page that hears nothing is blind, whatever the reason. */
function checkSilence(): void {
  if (line.open && Date.now() - heardAt > 16_000) loseLine()
}

export function openAlerts(): Alert[] {
  return [...alerts.value.values()].filter(isOpen)
}
