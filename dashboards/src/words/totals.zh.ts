/** Chinese words of emitted mass, air quality and reports. */
export const totalsZh = {
  'nav.emissions': '排放总量',
  'nav.air': '空气质量',
  'nav.reports': '报表',
} as const
