/** Pure: how long ago, in few signs, and whether that is too long. */
import type { Language } from '../words'

/** 00:47, 12:05, 3:12:40: a clock that runs. */
export function clockWords(ms: number): string {
  const total = Math.max(0, Math.floor(ms / 1000))
  const hours = Math.floor(total / 3600)
  const rest = [Math.floor(total / 60) % 60, total % 60].map((n) => String(n).padStart(2, '0')).join(':')
  return hours ? `${hours}:${rest}` : rest
}

/** 刚刚, 40 秒, 12 分, 3 小时 05 分, 2 天 4 小时. */
export function ageWords(ms: number, language: Language): string {
  const s = Math.max(0, Math.floor(ms / 1000))
  const unit = language === 'zh' ? ['秒', '分', '小时', '天'] : ['s', 'min', 'h', 'd']
  const gap = ' '
  if (s < 60) return `${s}${gap}${unit[0]}`
  if (s < 3600) return `${Math.floor(s / 60)}${gap}${unit[1]}`
  if (s < 86_400) {
    const minutes = Math.floor(s / 60) % 60
    return `${Math.floor(s / 3600)}${gap}${unit[2]}` + (minutes ? ` ${minutes}${gap}${unit[1]}` : '')
  }
  const hours = Math.floor(s / 3600) % 24
  return `${Math.floor(s / 86_400)}${gap}${unit[3]}` + (hours ? ` ${hours}${gap}${unit[2]}` : '')
}

/** Data are stale when the next one is overdue by a fifth of the period. */
export function isStale(ageMs: number, periodS: number): boolean {
  return ageMs > Math.max(periodS * 1.2, periodS + 5) * 1000
}
