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
export type CorrectionDetail = Schemas['CorrectionDetail']
/** With the sensor where it is another one than the corrected. */
export type TouchedRecord = Schemas['TouchedRecord'] & { sensor_id?: number }
export type Substitute = Schemas['Substitute']
