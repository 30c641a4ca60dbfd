/** What the API sends of air quality, by the names these pages use. */
import type { components } from '../api/schema'

type Schemas = components['schemas']

export type AqiAnswer = Schemas['AqiAnswer']
export type AqiItem = Schemas['AqiItem']
export type AqiLevel = Schemas['AqiLevel']
export type AqiSeries = Schemas['AqiSeries']
export type AirPlace = Schemas['AirPlace']
export type DayTally = Schemas['DayTally']
export type MonthColumns = Schemas['MonthColumns']
export type EpisodeRef = Schemas['EpisodeRef']
export type ComplianceAnswer = Schemas['ComplianceAnswer']
export type ComplianceItem = Schemas['ComplianceItem']
export type Counted = Schemas['Counted']
export type Yearly = Schemas['Yearly']
export type SandEpisode = Schemas['SandEpisode']
export type Pollutant = AqiItem['primary'][number]
