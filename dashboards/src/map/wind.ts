/** Pure: the wind as words. */
import type { Language } from '../words'

const ZH = ['北', '东北', '东', '东南', '南', '西南', '西', '西北']
const EN = ['N', 'NE', 'E', 'SE', 'S', 'SW', 'W', 'NW']

/** HJ 212 codes of wind speed [m/s] and of the direction the wind comes from [deg]. */
export const WIND_SPEED = 'a01007'
export const WIND_DIRECTION = 'a01008'
/** Below this the direction says nothing [m/s]. */
export const CALM_M_S = 0.5

/** 西北风, for the direction the wind comes from [deg]. */
export function windName(fromDeg: number, language: Language): string {
  const i = Math.round((((fromDeg % 360) + 360) % 360) / 45) % 8
  return language === 'zh' ? `${ZH[i]}风` : `${EN[i]} wind`
}
