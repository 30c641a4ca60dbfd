/** English words of emitted mass, air quality and reports. */
import type { totalsZh } from './totals.zh'

export const totalsEn: Record<keyof typeof totalsZh, string> = {
  'nav.emissions': 'Emissions',
  'nav.air': 'Air quality',
  'nav.reports': 'Reports',
}
