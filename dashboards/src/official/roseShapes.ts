/** What the API sends of roses, by the names the page uses. */
import type { components } from '../api/schema'

type Schemas = components['schemas']

export type WindRose = Schemas['WindRose']
export type PollutionRose = Schemas['PollutionRose']
