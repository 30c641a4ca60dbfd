/** Pure: how a feature of the plan is drawn. Everything here is quiet grey. */
export interface PlanFeature {
  type: 'Feature'
  properties: { kind?: string; name_zh?: string; name_en?: string; code?: string; [key: string]: unknown }
  geometry: { type: string; coordinates: unknown }
}

export interface PlanStyle {
  className: string
  weight: number
  fill: boolean
}

/** Colours come from the theme by class; widths are drawn here [px]. */
export function planStyle(feature: PlanFeature): PlanStyle {
  const kind = String(feature.properties.kind ?? feature.properties.type ?? 'plot')
  const lines = feature.geometry.type.includes('LineString')
  if (/^(unit|building|tank|tank_farm|pool)$/.test(kind)) return { className: 'plan-detail', weight: 0.5, fill: !lines }
  if (/river|pond|water|canal/.test(kind)) return { className: lines ? 'plan-water plan-line' : 'plan-water', weight: lines ? 8 : 1, fill: !lines }
  if (/road|gate|rail|pipe/.test(kind)) return { className: lines ? 'plan-road plan-line' : 'plan-road', weight: lines ? 4 : 1, fill: !lines }
  if (/boundary|park|fence/.test(kind)) return { className: 'plan-boundary', weight: 1.5, fill: false }
  if (/zone/.test(kind)) return { className: 'plan-zone', weight: 1, fill: !lines }
  if (/green/.test(kind)) return { className: 'plan-zone', weight: 0, fill: true }
  return { className: 'plan-plot', weight: 1, fill: !lines }
}
