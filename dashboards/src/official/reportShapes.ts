/** What the API sends of reports, by the names the page uses. */
import type { components } from '../api/schema'

type Schemas = components['schemas']

export type Report = Schemas['Report']
export type MadeReport = Schemas['MadeReport']
export type ReportKind = Report['kind']
export type ReportFormat = Report['format']
