import { describe, expect, test } from 'vitest'
import { filterRows, sortRows, toCsv, type Column } from '../../src/parts/sorting'

const columns: Column[] = [
  { key: 'name', label: '名称' },
  { key: 'value', label: '数值', unit: 'mg/m³' },
]
const rows = [
  { name: '二号', value: 10 },
  { name: '一号', value: null },
  { name: '三号', value: 9 },
]

describe('tables', () => {
  test('numbers sort by size and the unknown stand last both ways', () => {
    expect(sortRows(rows, { key: 'value', down: false }, columns).map((r) => r.value)).toEqual([9, 10, null])
    expect(sortRows(rows, { key: 'value', down: true }, columns).map((r) => r.value)).toEqual([10, 9, null])
  })

  test('filtering looks at every column', () => expect(filterRows(rows, '二 10', columns)).toEqual([rows[0]]))

  test('an export says the unit, quotes what needs it and opens in Chinese', () => {
    const csv = toCsv([{ name: 'a,"b"', value: 1 }], columns)
    expect(csv).toBe('\ufeff名称,数值 [mg/m³]\r\n"a,""b""",1\r\n')
  })
})
