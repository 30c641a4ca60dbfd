import { describe, expect, test } from 'vitest'
import { blank, bodyOf, periodOf, saidOf, type Kept } from '../../src/official/emissionEntry'
import { exhaustion, firstKnown, keyOf, laidOut, massText, methodOf, notable, percentText, shares, uncalculated, verdict, yearAsked, yearPercent } from '../../src/official/emissionRows'
import type { AllowanceUse, DeclaredBeside, Emission, EmissionPollutant, EmittedMass, ParkCut } from '../../src/official/emissionShapes'

const row = (enterprise: string, pollutant: string, outlet: string | null = null): Emission => ({ enterprise: { id: 1, code: enterprise, name_zh: enterprise, name_en: enterprise, phone: '' }, pollutant, outlet: outlet === null ? null : { code: outlet } }) as Emission
const pollutants = ['SO2', 'COD'].map((code) => ({ code })) as EmissionPollutant[]
const NOW = Date.parse('2026-07-02T12:00:00+08:00')

describe('emitted mass', () => {
  test('keeps three decimals of a tonne and what a kilogram needs', () => {
    expect([massText(36_590.596, 't'), massText(36_590.596, 'kg'), massText(4.256, 'kg'), massText(null, 't')]).toEqual(['36.591', '36,591', '4.26', '/'])
  })

  test('never prints a small share as nothing nor a large one as all', () => {
    expect([percentText(0), percentText(0.04), percentText(99.96), percentText(100), percentText(null)]).toEqual(['0', '< 0.1', '> 99.9', '100', '/'])
  })

  test('is shown by how it is known, of what there is any', () => {
    const mass = { measured_percent: 97.5, substituted_percent: 2.5, calculated_percent: 0, measured_kg: 975, substituted_kg: 25, calculated_kg: 0 } as EmittedMass
    expect(shares(mass).map((one) => one.kind)).toEqual(['measured', 'substituted'])
    expect(shares({ ...mass, measured_percent: null, substituted_percent: null, calculated_percent: null })).toEqual([])
  })

  test('of a year is asked for in the park’s zone, of this year up to now', () => {
    expect(yearAsked(2025, NOW)).toEqual({ from: '2024-12-31T16:00:00.000Z', to: '2025-12-31T16:00:00.000Z' })
    expect(yearAsked(2026, NOW)).toEqual({ from: '2025-12-31T16:00:00.000Z', to: new Date(NOW).toISOString() })
    expect(yearPercent(2026, NOW)).toBeCloseTo(50, 5)
    expect(yearPercent(2025, NOW)).toBeNull()
  })

  test('says when a permit is used up, or why no day is named', () => {
    const use = (more: Partial<AllowanceUse>): AllowanceUse => ({ exhausted_on: null, why: null, ...more }) as AllowanceUse
    expect([null, use({ exhausted_on: '2026-10-01' }), use({ why: 'exhausted', exhausted_on: '2026-05-01' }), use({ why: 'not_this_year' })].map(exhaustion)).toEqual(['', 'on', 'exhausted', 'not_this_year'])
  })

  test('names the months that are not calculated yet', () => {
    expect([uncalculated(null), uncalculated({ uncalculated_months: [] }), uncalculated({ uncalculated_months: ['2026-09', '2026-11'] })]).toEqual(['', '', '9、11'])
  })

  test('is held against its cut only in the year that is due, and only where the whole year is known', () => {
    const cut = (projected_cut_percent: number | null, due_year = 2026): ParkCut => ({ cut_percent: 8, projected_cut_percent, due_year }) as ParkCut
    expect([verdict(cut(4.9), 2026, true), verdict(cut(8), 2026, true), verdict(cut(-2.5), 2026, true), verdict(cut(75), 2026, false), verdict(cut(75, 2027), 2026, true), verdict(cut(null), 2026, true)]).toEqual(['missed', 'met', 'grown', 'part', '', ''])
    const bar = (total_kg: number, missing_hours = 0): EmittedMass => ({ total_kg, missing_hours }) as EmittedMass
    expect([firstKnown([bar(0), bar(0, 3), bar(5)]), firstKnown([bar(1)]), firstKnown([bar(0)])]).toEqual([1, 0, 0])
  })

  test('is marked where the declaration is a tenth away, also with nothing of ours', () => {
    const declared = (difference_percent: number | null, kg = 90): DeclaredBeside => ({ kg, ours_kg: 100, difference_kg: -10, difference_percent, periods: [] })
    expect([null, declared(-9.9), declared(-10), declared(null), declared(null, 0)].map(notable)).toEqual([false, false, true, true, false])
  })

  test('names the family of a substitute and its count', () => {
    expect(['calibration-2160', 'verified-period-maximum'].map(methodOf)).toEqual([{ family: 'calibration', n: '2160' }, { family: 'verified-period-maximum', n: '' }])
  })
})

describe('rows', () => {
  test('stand by enterprise and pollutant, and an opened one has its outlets under it', () => {
    const rows = [row('b', 'SO2'), row('a', 'COD'), row('a', 'SO2')]
    const outlets = [row('a', 'SO2', 's1'), row('a', 'SO2', 's2'), row('a', 'COD', 'w1'), row('b', 'SO2', 's3')]
    const placed = laidOut(rows, outlets, new Set([keyOf(row('a', 'SO2'))]), pollutants)
    expect(placed.map((one) => [one.row.enterprise?.code, one.row.pollutant, one.row.outlet?.code ?? null])).toEqual([['a', 'SO2', null], ['a', 'SO2', 's1'], ['a', 'SO2', 's2'], ['a', 'COD', null], ['b', 'SO2', null]])
    expect(new Set(placed.map((one) => one.key)).size).toBe(placed.length)
    expect(placed[1]?.above).toBe(placed[0]?.row)
  })
})

describe('an entry', () => {
  const said = { ...blank(2026), enterprise: 'dl', pollutant: 'SO2', kg: 42_000 as number | '', permit: ' 9115 ', document: ' permit, table 5 ', cut: 6 as number | '', source: 'tank farm', method: 'AP-42', part: '03', month: '2026-03' }

  test('of each register sends what that register takes, trimmed', () => {
    expect(bodyOf('allowances', said)).toEqual({ pollutant: 'SO2', document: 'permit, table 5', enterprise: 'dl', station: null, year: 2026, kg: 42_000, permit: '9115', valid_from: '2026-01-01', valid_to: '2026-12-31' })
    expect(bodyOf('reductions', said)).toEqual({ pollutant: 'SO2', document: 'permit, table 5', base_year: 2026, base_kg: 42_000, cut_percent: 6, due_year: 2026 })
    expect(bodyOf('declared-emissions', said)).toMatchObject({ month: 3 })
    expect(bodyOf('declared-emissions', { ...said, part: 'Q2' })).toMatchObject({ quarter: 2 })
    expect(bodyOf('calculated-emissions', said)).toMatchObject({ month: '2026-03-01', source: 'tank farm', method: 'AP-42' })
  })

  test('waits for what is lacking', () => {
    for (const wrong of [{ document: ' ' }, { kg: '' as const }, { enterprise: '' }, { permit: '' }]) expect(bodyOf('allowances', { ...said, ...wrong }), JSON.stringify(wrong)).toBeNull()
    expect(bodyOf('calculated-emissions', { ...said, method: '' })).toBeNull()
  })

  test('comes back into its form as it was entered', () => {
    const declared = { id: 1, pollutant: 'COD', enterprise: 'fy', year: 2026, quarter: null, month: 3, kg: 5, document: 'Q' } as Kept
    expect(bodyOf('declared-emissions', saidOf(declared, 2025))).toEqual({ pollutant: 'COD', document: 'Q', enterprise: 'fy', year: 2026, kg: 5, month: 3 })
    expect([periodOf(declared), periodOf({ id: 2, month: '2026-03-01' } as Kept), periodOf({ id: 3, base_year: 2025, due_year: 2026 } as Kept)]).toEqual(['2026-03', '2026-03', '2025 → 2026'])
  })
})
