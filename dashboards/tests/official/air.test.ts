import { describe, expect, test } from 'vitest'
import { calendar, contrast, inOrder, isYearly, levelOf, limitOn, nothingOf, paint, ratioText } from '../../src/official/airDays'
import type { AirPlace, AqiItem, AqiLevel, ComplianceItem, Counted, Yearly } from '../../src/official/airShapes'
import { sandBody } from '../../src/official/sandEpisode'

const RGB = [[0, 228, 0], [255, 255, 0], [255, 126, 0], [255, 0, 0], [153, 0, 76], [126, 0, 35]] as [number, number, number][]
const levels = [50, 100, 150, 200, 300, 500].map((highest, i) => ({ number: i + 1, highest, rgb: RGB[i] })) as AqiLevel[]
const day = (date: string, edition: string, aqi: number | null = 40): AqiItem => ({ start: `${date}T00:00:00+08:00`, edition, aqi, missing: [], iaqi: {} }) as unknown as AqiItem

describe('the calendar', () => {
  const months = calendar([day('2026-02-28', 'HJ 633-2012'), day('2026-03-01', 'HJ 633-2026'), day('2026-03-31', 'HJ 633-2026')], 2026)

  test('has every day of the year in its month, and none where nothing is known', () => {
    expect(months.map((one) => one.days.length)).toEqual([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    expect([months[1]?.days[27]?.date, months[2]?.days[0]?.date, months[2]?.days[30]?.date, months[3]?.days[0]]).toEqual(['2026-02-28', '2026-03-01', '2026-03-31', undefined])
    expect(calendar([], 2028)[1]?.days).toHaveLength(29)
  })

  test('names an edition where it begins, and only there', () => {
    expect(months.map((one) => one.edition).filter(Boolean)).toEqual(['HJ 633-2026'])
    expect(months[2]?.edition).toBe('HJ 633-2026')
  })
})

describe('a class', () => {
  test('ends at its highest index', () => {
    expect([0, 50, 51, 100, 101, 500, null].map((aqi) => levelOf(levels, aqi)?.number ?? null)).toEqual([1, 1, 2, 2, 3, 6, null])
  })

  test('is written in an ink that can be read on its colour', () => {
    for (const one of levels) {
      const ink = paint(one)?.color === '#000' ? [0, 0, 0] : [255, 255, 255]
      expect(contrast(one.rgb as [number, number, number], ink as [number, number, number]), String(one.number)).toBeGreaterThanOrEqual(4.5)
    }
    expect(paint(null)).toBeUndefined()
  })

  test('is missing in words: by plan a stroke, by failure NA', () => {
    const place = { not_monitored: ['CO'] } as unknown as AirPlace
    expect([nothingOf(place, { missing: [] } as unknown as AqiItem, 'CO'), nothingOf(place, { missing: ['O3'] } as unknown as AqiItem, 'O3')]).toEqual(['/', 'NA'])
  })
})

describe('compliance', () => {
  const item = (pollutant: string, average: string): ComplianceItem => ({ pollutant, average, limits: [{ value: 75, valid_from: '2016-01-01', valid_to: '2026-02-28' }, { value: 60, valid_from: '2026-03-01', valid_to: '2030-12-31' }] }) as unknown as ComplianceItem

  test('shows the limit of the day, not of the year’s beginning', () => {
    expect([limitOn(item('PM2.5', 'day'), '2026-02-28'), limitOn(item('PM2.5', 'day'), '2026-03-01')]).toEqual([75, 60])
  })

  test('stands by pollutant, then from the short average to the long', () => {
    expect(inOrder([item('CO', 'day'), item('PM2.5', 'year'), item('PM2.5', 'day')]).map((one) => `${one.pollutant} ${one.average}`)).toEqual(['PM2.5 day', 'PM2.5 year', 'CO day'])
  })

  test('tells the mean of a year from counted values', () => {
    expect([isYearly({ by_month: [] } as unknown as Yearly), isYearly({ valid: 3 } as Counted)]).toEqual([true, false])
    expect([ratioText(0.912), ratioText(null)]).toEqual(['91.2 %', '/'])
  })
})

test('an episode is declared with a name, a document and a time that has a length', () => {
  const said = { name: ' storm ', from: '2026-03-14T00:00', to: '2026-03-15T12:00', stations: [] as string[], document: ' No. 12 ' }
  expect(sandBody('demo', said)).toEqual({ park: 'demo', name: 'storm', document: 'No. 12', starts_at: '2026-03-13T16:00:00.000Z', ends_at: '2026-03-15T04:00:00.000Z', stations: null })
  expect(sandBody('demo', { ...said, stations: ['air-1'] })).toMatchObject({ stations: ['air-1'] })
  for (const wrong of [{ name: ' ' }, { document: '' }, { to: said.from }, { from: '' }]) expect(sandBody('demo', { ...said, ...wrong }), JSON.stringify(wrong)).toBeNull()
})
