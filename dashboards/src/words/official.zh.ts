/** Chinese words of official values, one hour and what stands behind it, roses. */
export const officialZh = {
  'nav.official': '监管',
  'nav.records': '监管查询',
  'nav.roses': '玫瑰图',
} as const
