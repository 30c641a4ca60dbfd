/** What the API sends of effective rates, coverage and finalised months, by the names these pages use. */
import type { components } from '../api/schema'

type Schemas = components['schemas']

export type EffectiveRates = Schemas['EffectiveRates']
export type Rates = Schemas['Rates']
export type RatedOutlet = Schemas['RatedOutlet']
export type RatedEnterprise = Schemas['RatedEnterprise']
export type RatedHour = Schemas['RatedHour']
export type Coverage = Schemas['Coverage']
export type CoveredLine = Schemas['CoveredLine']
export type MonthState = Schemas['MonthState']
export type MonthSheet = Schemas['MonthSheet']
export type MonthChange = Schemas['Change']
export type Blockers = Schemas['Blockers']
