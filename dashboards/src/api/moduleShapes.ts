/** What a module reports at one instant: tiles, tables, charts, and what is still missing. */

export interface ModuleCard {
  key: string
  label_zh: string
  label_en: string
  value: number | string | null
  value_en?: string | null
  of?: number | null
  unit?: string | null
  decimals?: number | null
  at?: string | null
  age_s?: number | null
  stale_after_s?: number | null
  source?: string | null
  source_en?: string | null
  status?: string | null
  link?: string | null
  reason_zh?: string | null
  reason_en?: string | null
}

export interface ModuleColumn {
  key: string
  label_zh: string
  label_en: string
  unit?: string | null
  type?: string | null
  decimals?: number | null
}

export interface ModuleTable {
  key: string
  title_zh: string
  title_en: string
  source?: string | null
  source_en?: string | null
  columns: ModuleColumn[]
  rows: Record<string, unknown>[]
  empty_zh?: string | null
  empty_en?: string | null
}

export interface ModuleSeries {
  key?: string
  label_zh: string
  label_en: string
  unit?: string | null
  points: [string | number, number | null][]
}

export interface ModuleChart {
  key: string
  title_zh: string
  title_en: string
  type?: string
  unit?: string | null
  source?: string | null
  source_en?: string | null
  series: ModuleSeries[]
}

export interface ModuleReport {
  module: string
  name_zh: string
  name_en: string
  generated_at: string
  cards: ModuleCard[]
  tables: ModuleTable[]
  charts: ModuleChart[]
  missing: { label_zh: string; label_en: string; reason_zh: string; reason_en: string }[]
}
