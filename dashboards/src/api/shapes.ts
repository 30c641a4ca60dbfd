/** What the API sends, in the shapes the pages use. */

export type Level = 'red' | 'orange' | 'yellow' | 'blue'
export type AlertWord = 'unacknowledged' | 'acknowledged' | 'returned' | 'shelved' | 'closed'

export interface Quantity {
  code: string
  name_zh: string
  name_en: string
  unit: string
  decimals: number
}

export interface StationRef {
  id: number
  code: string
  kind: string
  name_zh: string
  name_en: string
  lat: number | null
  lon: number | null
}

export interface EnterpriseRef {
  id: number
  code: string
  name_zh: string
  name_en: string
  phone?: string | null
}

export interface AlertEvent {
  id: number
  type: string
  at: string
  actor: string
  data: Record<string, unknown>
}

export interface Snapshot {
  id: number
  camera_id: number
  phase: string
  taken_at: string
}

export interface Member {
  sensor_id?: number
  since?: string
  [key: string]: unknown
}

export interface Alert {
  id: number
  version: number
  park?: string
  rule: string
  class: 'alarm' | 'warning' | 'reminder'
  scheme: string
  level: Level
  stage: string | null
  origin: 'live' | 'retrospective'
  condition: 'pending' | 'active' | 'recovering' | 'normal' | 'unknown'
  acked: boolean
  suppressed: string
  latched: boolean
  state: string
  word: AlertWord
  drill: boolean
  raised_at: string
  annunciated_at: string | null
  cleared_at: string | null
  ended_at: string | null
  value: number | null
  limit_value: number | null
  unit: string | null
  clause: string | null
  flag: string | null
  mark: string | null
  occurrences: number
  members: Member[]
  evidence: Record<string, unknown>
  text_zh: string
  text_en: string
  last_value?: number | null
  last_at?: string | null
  peak_value?: number | null
  peak_at?: string | null
  count?: number | null
  acked_at: string | null
  acked_by: string | null
  confirmed_at: string | null
  confirmed_by: string | null
  cause: string | null
  shelved_until: string | null
  shelved_by: string | null
  shelve_reason: string | null
  assigned_to: string | null
  close_reason: string | null
  close_note: string | null
  closed_at: string | null
  closed_by: string | null
  quantity: Quantity | null
  sensor_id: number | null
  station: StationRef | null
  enterprise: EnterpriseRef | null
  event?: AlertEvent
  events?: AlertEvent[]
  snapshots?: Snapshot[]
}

export interface Latest {
  time: string
  received_at?: string
  value: number
  flag: string
  mark: string
}

export interface LimitLine {
  stage: string
  basis: string
  value: number
  unit: string
  standard: string
  clause: string
  verified: boolean
}

export interface Sensor {
  id: number
  quantity: string
  form: string
  name_zh: string
  name_en: string
  unit: string
  decimals: number
  period_s: number
  due_since: string | null
  latest: Latest | null
  limits: LimitLine[]
}

export interface Station extends StationRef {
  park: string
  stream_class: string
  enterprise: EnterpriseRef | null
  zone: unknown
  outlet_kind: string | null
  hazard_source_id?: number | null
  online: boolean | null
  status_since: string | null
  sensors?: Sensor[]
}

export interface FeedRow {
  name: string
  state: string
  alive?: boolean
  heartbeat_at: string | null
  last_message_at: string | null
  backlog: number
  readings: number
}

export interface FeedReport {
  at: string
  feeds: FeedRow[]
  database: { ok: boolean }
  broker: { ok: boolean; dropped?: number | null }
  ledger: {
    received: number
    stored: number
    duplicate: number
    quarantined: number
    gap: number
    balanced: boolean
  } | null
  quarantine_open: number | null
}

export interface ValueItem extends Latest {
  sensor_id: number
}

export interface ValuesEvent {
  at: string
  items: ValueItem[]
}

export interface Hello {
  event_id: number
  server_time: string
  version: string
}

export interface Series {
  sensor_id: number
  unit: string
  step_s: number
  /** [time ms, min, max, mean, last, flags] */
  points: [number, number | null, number | null, number | null, number | null, string][]
  limits: LimitLine[]
}

export interface Camera {
  id: number
  code: string
  name_zh: string
  name_en: string
  lat: number
  lon: number
  bearing_deg?: number
  online: boolean
  online_since?: string | null
  probed_at?: string | null
  station_id: number | null
  views: number[]
}

export interface User {
  username: string
  name: string
  name_en?: string
  role: 'admin' | 'leader' | 'operator' | 'patrol' | 'bureau' | 'enterprise' | 'viewer'
  enterprise?: EnterpriseRef | null
}

export interface Page<T> {
  items: T[]
  next: string | null
}

export interface Contact {
  name: string
  role?: string
  duty?: string
  phone?: string
}

export interface Enterprise extends EnterpriseRef {
  sector: string
  hazchem: boolean
  phone: string | null
  contacts: Contact[]
}

export interface HazardSource {
  id: number
  code: string
  name_zh: string
  name_en: string
  enterprise: string
  level: number
  substances: Record<string, unknown>[]
  responsible: Contact[]
}
