/** What the API sends, by the names the pages use; the shapes themselves come from the contract (schema.d.ts). */
import type { components } from './schema'

type Schemas = components['schemas']

export type Level = 'red' | 'orange' | 'yellow' | 'blue'
export type Quantity = Schemas['QuantityRef']
export type StationRef = Schemas['StationRef']
export type EnterpriseRef = Schemas['EnterpriseRef']
export type AlertEvent = Schemas['AlertEvent']
export type Snapshot = Schemas['Snapshot']
export type LimitLine = Omit<Schemas['SensorLimit'], 'kind'>
export type Camera = Schemas['Camera']
export type Series = Schemas['Series']
export type User = Schemas['User']
export type Me = Schemas['Me']
export type Park = Schemas['Park']
export type Person = Schemas['Person']
export type Due = Schemas['Due']
export type Drill = Schemas['Drill']
export type MaintenanceWindow = Schemas['Window']
export type Quarantined = Schemas['Quarantined'] & Partial<Pick<Schemas['QuarantinedMessage'], 'payload_base64' | 'text'>>
export type QuarantineGroup = Schemas['QuarantineGroup']
export type ReleasedGroup = Schemas['ReleasedGroup']
export type LedgerPage = Schemas['LedgerPage']
export type Reading = Schemas['Reading']
export type Logger = Schemas['Logger']
export type LoggerDetail = Schemas['LoggerDetail']
export type LoggerCommand = Schemas['LoggerCommand']
export type CommandKind = Schemas['CommandKind']
export type Admission = Schemas['Admission']
export type AdmissionPlace = Schemas['AdmissionPlace']
export type HeldFrame = Schemas['HeldFrame']
export type RawFrame = Schemas['RawFrame']
export type LoggerReport = Schemas['LoggerReport']
export type Unregistered = Schemas['Unregistered']
export type DifferencePage = Schemas['DifferencePage']
export type Difference = Schemas['Difference']
export type ReportedRecord = Schemas['ReportedRecord']
export type Receiver = Schemas['Receiver']
export type UpwardItem = Schemas['UpwardItem']
export type MissingHour = Schemas['MissingHour']
export type MissingPage = Schemas['MissingPage']

/** A point behind an item that speaks of many. */
export interface Member {
  sensor_id?: number
  since?: string
  [key: string]: unknown
}

/** An alert as a list gives it; the stream adds its newest event, the detail all events and pictures. */
export type Alert = Omit<Schemas['Alert'], 'level' | 'members'> & {
  level: Level
  members: Member[]
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

export interface ValueItem extends Latest {
  sensor_id: number
}

export type Sensor = Omit<Schemas['SensorShown'], 'latest' | 'limits' | 'station_id' | 'tag' | 'span_low' | 'span_high'> & {
  latest: Latest | null
  limits: LimitLine[]
}

export type Station = Omit<Schemas['Station'], 'sensors'> & { sensors?: Sensor[] | null }

export interface Contact {
  name: string
  role?: string
  duty?: string
  phone?: string
}

export type Enterprise = Omit<Schemas['Enterprise'], 'contacts'> & { contacts: Contact[] }
export type HazardSource = Omit<Schemas['HazardSource'], 'responsible'> & { responsible: Contact[] }

export interface Page<T> {
  items: T[]
  next: string | null
}

/** Events of the live stream, which the contract describes in words only. */
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
  ledger: { received: number; stored: number; duplicate: number; quarantined: number; gap: number; balanced: boolean } | null
  quarantine_open: number | null
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
