/** Pure: what is sent of a declared sand-dust episode. */
import { instantOf } from '../parts/time'

export interface SandSaid {
  name: string
  from: string
  to: string
  stations: string[]
  document: string
}

/** Null as long as something is lacking; no stations chosen: the whole park. */
export function sandBody(park: string, said: SandSaid): Record<string, unknown> | null {
  const [starts_at, ends_at] = [instantOf(said.from), instantOf(said.to)]
  const [name, document] = [said.name.trim(), said.document.trim()]
  if (!park || !name || !document || !starts_at || !ends_at || ends_at <= starts_at) return null
  return { park, name, starts_at, ends_at, stations: said.stations.length ? said.stations : null, document }
}
