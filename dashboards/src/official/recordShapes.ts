/** What the API sends of official records, by the names these pages use. */
import type { components } from '../api/schema'

type Schemas = components['schemas']

export type OfficialRecord = Schemas['OfficialRecord']
export type RecordPage = Schemas['RecordPage']
export type RecordColumns = Schemas['RecordColumns']
export type ColumnPage = Schemas['ColumnPage']
export type Comparison = Schemas['Comparison']
export type RecordedSensor = Schemas['RecordedSensor']
export type Status = OfficialRecord['status']
export type Limit = Schemas['Limit']
export type Mark = Schemas['Mark']
export type Correction = Schemas['Correction']
export type CorrectionDetail = Omit<Schemas['CorrectionDetail'], 'records'> & { records: TouchedRecord[]; exceedances: TouchedExceedance[] }
/** An exceedance that a correction adds to the list, or takes off it. */
export type TouchedExceedance = Pick<TouchedRecord, 'sensor_id' | 'period' | 'start'> & { form: string; appears: boolean }
export type TouchedRecord = Schemas['TouchedRecord'] & { quantity: Schemas['QuantityRef']; form: string }
export type Substitute = Schemas['Substitute']
