/** Everything behind one hour: the contract names its parts, their fields are those of records/evidence. */
import type { components } from '../api/schema'
import type { Status } from './recordShapes'

type Schemas = components['schemas']

export interface HourRecord {
  revision: number
  status: Status
  judgeable: boolean
  mean: number | null
  min: number | null
  max: number | null
  expected: number
  received: number
  samples: number
  flag: string
  converted: number | null
  reference_o2: number | null
  amount: number | null
  mass: number | null
  method: string
  edition: string
  cause: string
  made_at: string
  replaced_at?: string
}

export interface HourSensor {
  id: number
  station_id: number
  station: string
  station_zh: string
  station_en: string
  enterprise: string | null
  enterprise_zh: string | null
  enterprise_en: string | null
  kind: string
  quantity: string
  form: string
  name_zh: string
  name_en: string
  unit: string
  decimals: number
  period_s: number
}

export interface HourMinute {
  time: string
  n: number
  n_valid: number
  mean: number | null
  min: number | null
  max: number | null
  flags: string
}

export interface HourInput {
  role: string
  sensor_id: number
  name_zh: string
  name_en: string
  unit: string
  status: Status | null
  mean: number | null
}

export interface HourLimit {
  basis: string
  stage: string
  form: string
  value: number
  unit: string
  reference_o2: number | null
  standard: string
  clause: string
  since: string
  until: string | null
}

export interface HourReported {
  revision: number
  avg: number | null
  min: number | null
  max: number | null
  cou: number | null
  flag: string
  mn: string
  resent: boolean
  received_at: string
}

interface Decided {
  id: number
  from: string
  to: string
  reason: string
  state: string
  decided_by: string | null
  decided_at: string | null
  note: string | null
}

export interface HourMark extends Decided {
  sensor_id: number | null
  kind: 'device' | 'condition'
  code: string
  filed_by: string
  filed_at: string
  voucher_due: string
}

export interface HourCorrection extends Decided {
  sensor_id: number
  kind: 'scale' | 'exclude' | 'enter'
  factor: number | null
  shift: number | null
  value: number | null
  made_by: string
  made_at: string
}

export interface HourFile {
  id: number
  object: string
  name: string
  sha256: string
}

export interface HourAlert {
  id: number
  level: string
  origin: string
  state: string
  raised_at: string
  cleared_at: string | null
  text_zh: string
  text_en: string
}

export interface HourMissing {
  due: number
  present: number
  cause: string
  minutes: Record<string, number>
  evidence: unknown
  decided_at: string
}

export interface HourMonth {
  month: string
  sealed_by: string
  sealed_at: string
}

export type HourFrame = Schemas['EvidenceFrame']

export interface Evidence extends Omit<Schemas['Evidence'], 'sensor' | 'record' | 'revisions' | 'minutes' | 'conflicts' | 'inputs' | 'limits' | 'reported' | 'marks' | 'corrections' | 'files' | 'alerts' | 'missing' | 'months'> {
  sensor: HourSensor
  record: HourRecord | null
  revisions: HourRecord[]
  minutes: HourMinute[]
  conflicts: unknown[]
  inputs: HourInput[]
  limits: HourLimit[]
  reported: HourReported[]
  marks: HourMark[]
  corrections: HourCorrection[]
  files: HourFile[]
  alerts: HourAlert[]
  missing: HourMissing | null
  months: HourMonth[]
}
