/** English words of exceedances, effective rates, marks, corrections and findings. */
import type { validityZh } from './validity.zh'

export const validityEn: Record<keyof typeof validityZh, string> = {
  'nav.exceedances': 'Exceedances',
  'nav.effective-rates': 'Effective rate',
  'nav.marks': 'Data marks',
  'nav.corrections': 'Corrections',
  'nav.findings': 'Data to review',
}
