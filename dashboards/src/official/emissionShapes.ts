/** What the API sends of emitted mass and of the park's water, by the names these pages use. */
import type { components } from '../api/schema'

type Schemas = components['schemas']

export type EmissionPage = Schemas['EmissionPage']
export type Emission = Schemas['Emission']
export type EmittedMass = Omit<Schemas['EmissionBar'], 'start' | 'end' | 'running_kg'>
export type EmissionPollutant = Schemas['EmissionPollutant']
export type EmissionMethod = Schemas['EmissionMethod']
export type EmissionSeries = Schemas['EmissionSeries']
export type AllowanceUse = Schemas['AllowanceUse']
export type DeclaredBeside = Schemas['DeclaredBeside']
export type ParkCut = Schemas['ParkCut']
export type Allowance = Schemas['Allowance']
export type Reduction = Schemas['Reduction']
export type DeclaredEmission = Schemas['DeclaredEmission']
export type CalculatedEmission = Schemas['CalculatedEmission']
export type WaterRates = Schemas['WaterRates']
export type WaterRate = Schemas['WaterRate']
export type RoleVolume = Schemas['RoleVolume']
