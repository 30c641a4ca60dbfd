/** Pure: the four registers of what people enter about emissions, and what is sent of a filled form. */
import type { Allowance, CalculatedEmission, DeclaredEmission, Reduction } from './emissionShapes'

export const REGISTERS = ['allowances', 'reductions', 'calculated-emissions', 'declared-emissions'] as const
export type Register = (typeof REGISTERS)[number]
type Whole = Omit<Allowance, 'id'> & Omit<Reduction, 'id'> & Omit<DeclaredEmission, 'id' | 'month'> & Omit<CalculatedEmission, 'id' | 'month'>
/** An entry of any register; the month of a declaration is a number, that of a calculated amount its first day. */
export type Kept = Partial<Whole> & { id: number; month?: number | string | null }

export interface Said {
  enterprise: string
  station: string
  pollutant: string
  year: number | ''
  /** '' a whole form without it; Q1..Q4 a quarter, 01..12 a month */
  part: string
  month: string
  kg: number | ''
  cut: number | ''
  due: number | ''
  permit: string
  from: string
  to: string
  source: string
  method: string
  document: string
}

export const QUARTERS = ['Q1', 'Q2', 'Q3', 'Q4'] as const

export function blank(year: number): Said {
  return { enterprise: '', station: '', pollutant: '', year, part: 'Q1', month: `${year}-01`, kg: '', cut: '', due: year, permit: '', from: `${year}-01-01`, to: `${year}-12-31`, source: '', method: '', document: '' }
}

/** An entry as its form holds it. */
export function saidOf(kept: Kept, year: number): Said {
  const empty = blank(year)
  const part = kept.quarter ? `Q${kept.quarter}` : typeof kept.month === 'number' ? String(kept.month).padStart(2, '0') : empty.part
  return {
    ...empty,
    enterprise: kept.enterprise ?? '',
    station: kept.station ?? '',
    pollutant: kept.pollutant ?? '',
    year: kept.year ?? kept.base_year ?? year,
    part,
    month: typeof kept.month === 'string' ? kept.month.slice(0, 7) : empty.month,
    kg: kept.kg ?? kept.base_kg ?? '',
    cut: kept.cut_percent ?? '',
    due: kept.due_year ?? year,
    permit: kept.permit ?? '',
    from: kept.valid_from ?? empty.from,
    to: kept.valid_to ?? empty.to,
    source: kept.source ?? '',
    method: kept.method ?? '',
    document: kept.document ?? '',
  }
}

/** What is sent; null as long as something is lacking. */
export function bodyOf(register: Register, said: Said): Record<string, unknown> | null {
  const { pollutant, enterprise, year, kg } = said
  const document = said.document.trim()
  if (!pollutant || !document || kg === '') return null
  const base = { pollutant, document }
  if (register === 'reductions') {
    return year === '' || said.cut === '' || said.due === '' ? null : { ...base, base_year: year, base_kg: kg, cut_percent: said.cut, due_year: said.due }
  }
  if (!enterprise) return null
  if (register === 'calculated-emissions') {
    const [source, method] = [said.source.trim(), said.method.trim()]
    return said.month && source && method ? { ...base, enterprise, month: `${said.month}-01`, source, kg, method } : null
  }
  if (year === '') return null
  if (register === 'declared-emissions') {
    return { ...base, enterprise, year, kg, ...(said.part.startsWith('Q') ? { quarter: Number(said.part.slice(1)) } : { month: Number(said.part) }) }
  }
  const permit = said.permit.trim()
  return permit && said.from && said.to ? { ...base, enterprise, station: said.station || null, year, kg, permit, valid_from: said.from, valid_to: said.to } : null
}

/** 2026-Q3, 2026-03, 2026: the period an entry is of. */
export function periodOf(kept: Kept): string {
  if (kept.quarter) return `${kept.year}-Q${kept.quarter}`
  if (typeof kept.month === 'number') return `${kept.year}-${String(kept.month).padStart(2, '0')}`
  if (typeof kept.month === 'string') return kept.month.slice(0, 7)
  return kept.due_year ? `${kept.base_year} → ${kept.due_year}` : String(kept.year ?? '')
}
