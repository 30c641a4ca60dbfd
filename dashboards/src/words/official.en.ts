/** English words of official values, one hour and what stands behind it, roses. */
import type { officialZh } from './official.zh'

export const officialEn: Record<keyof typeof officialZh, string> = {
  'nav.official': 'Bureau',
  'nav.records': 'Bureau query',
  'nav.roses': 'Roses',
}
