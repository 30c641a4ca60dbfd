/** Whom to call: loaded once, looked up by alert. */
import { shallowRef } from 'vue'
import { get } from '../api/http'
import type { Alert, Contact, Enterprise, HazardSource, Page, Station } from '../api/shapes'
import { t, word } from '../words'

export interface Person {
  duty: string
  name: string
  phone: string
}

export const enterprises = shallowRef<Enterprise[]>([])
export const sources = shallowRef<HazardSource[]>([])
let asked: Promise<void> | null = null

export function loadContacts(): Promise<void> {
  asked ??= Promise.all([get<Page<Enterprise>>('/enterprises', { limit: 500 }), get<Page<HazardSource>>('/hazard-sources', { limit: 500 })])
    .then(([found, hazards]) => {
      enterprises.value = found.items
      sources.value = hazards.items
    })
    .catch(() => {
      asked = null
    })
  return asked
}

/** The three responsible persons of the source the station belongs to, then the enterprise's own contacts. */
export function sourceOf(alert: Alert, stations: Map<number, Station>): Person[] {
  const station = alert.station ? stations.get(alert.station.id) : undefined
  const source = sources.value.find((s) => s.id === station?.hazard_source_id)
  const enterprise = enterprises.value.find((e) => e.id === alert.enterprise?.id)
  return [...(source?.responsible ?? []), ...(enterprise?.contacts ?? [])].map(person)
}

export function person(contact: Contact): Person {
  const duty = contact.duty ?? contact.role ?? ''
  return { duty: word(`panel.duty.${duty}`, duty || t('panel.contacts')), name: contact.name, phone: contact.phone ?? '' }
}
