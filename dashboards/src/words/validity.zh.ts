/** Chinese words of exceedances, effective rates, marks, corrections and findings. */
export const validityZh = {
  'nav.exceedances': '超标清单',
  'nav.effective-rates': '传输有效率',
  'nav.marks': '数据标记',
  'nav.corrections': '数据修正',
  'nav.findings': '待核查线索',
} as const
