/** Pure: numbers and units as they are printed. */

/** Enough places for a limit comparison, never a false precision; '/' where nothing is known. */
export function figure(value: number | null | undefined, decimals?: number | null): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '/'
  const places = decimals ?? guess(value)
  return grouped(halfEven(value, places))
}

/** A limit keeps its own digits: 2, not 2.00. */
export function limitFigure(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '/'
  return grouped(halfEven(value, 4).replace(/\.?0+$/, ''))
}

/** GB/T 8170: to the nearest, a tie to the even digit, of twelve significant digits; those behind them are the arithmetic of a mean. */
export function halfEven(value: number, places: number): string {
  const [digits = '0', power = '0'] = Math.abs(value).toExponential(11).replace('.', '').split('e')
  const shift = Number(power) - 11 + places
  const scale = 10n ** BigInt(Math.abs(shift))
  let units = BigInt(digits) * (shift > 0 ? scale : 1n)
  if (shift < 0) {
    const twice = 2n * (units % scale)
    units /= scale
    if (twice > scale || (twice === scale && units % 2n === 1n)) units += 1n
  }
  const text = units.toString().padStart(places + 1, '0')
  const whole = text.slice(0, text.length - places)
  return (value < 0 && units > 0n ? '-' : '') + (places > 0 ? `${whole}.${text.slice(-places)}` : whole)
}

/** 1,234.5 */
function grouped(text: string): string {
  const [whole = '', rest] = text.split('.')
  const apart = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  return rest === undefined ? apart : `${apart}.${rest}`
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
