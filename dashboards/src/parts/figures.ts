/** Pure: numbers and units as they are printed. */

/** Enough places for a limit comparison, never a false precision; '/' where nothing is known. */
export function figure(value: number | null | undefined, decimals?: number | null): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '/'
  const places = decimals ?? guess(value)
  const text = value.toLocaleString('en-US', { minimumFractionDigits: places, maximumFractionDigits: places })
  return /^-[0.]+$/.test(text) ? text.slice(1) : text
}

/** A limit keeps its own digits: 2, not 2.00. */
export function limitFigure(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '/'
  return value.toLocaleString('en-US', { maximumFractionDigits: 4 })
}

/** mg/m3 -> mg/m³, ug -> µg, degC -> °C. */
export function unitText(unit: string | null | undefined): string {
  if (!unit || unit === '1' || unit === '-') return ''
  return unit
    .replace(/\bm3\b/g, 'm³')
    .replace(/\bm2\b/g, 'm²')
    .replace(/\bkm2\b/g, 'km²')
    .replace(/\bug\b/g, 'µg')
    .replace(/\bug\//g, 'µg/')
    .replace(/\bdegC\b|℃/g, '°C')
    .replace(/\bdeg\b/g, '°')
}

function guess(value: number): number {
  const size = Math.abs(value)
  return size >= 1000 ? 0 : size >= 100 ? 1 : size >= 1 || size === 0 ? 2 : size >= 0.01 ? 3 : size >= 0.001 ? 4 : 5
}
