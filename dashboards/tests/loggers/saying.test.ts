import { describe, expect, test } from 'vitest'
import type { CommandKind, Logger, LoggerCommand } from '../../src/api/shapes'
import { gapCounts, isOver, mayCancel, maySign, parameterWords, presence, resultWords, split, stateWords } from '../../src/loggers/saying'

const NOW = Date.parse('2026-11-22T08:00:00+08:00')

function command(said: Partial<LoggerCommand> = {}): LoggerCommand {
  return {
    id: 1, mn: 'A', station: null, cn: '2051', name_zh: '分钟数据', name_en: 'Minute data', parameters: {}, cause: 'person', reason: 'x',
    state: 'queued', requested_by: 'operator', requested_at: '2026-11-22T07:00:00+08:00', expires_at: null, second_by: null, second_at: null,
    qn: null, tries: 0, sent_at: null, answered_at: null, qn_rtn: null, qn_rtn_zh: null, qn_rtn_en: null, exe_rtn: null, exe_rtn_zh: null,
    exe_rtn_en: null, frames: 0, result: {}, finished_at: null, ...said,
  }
}

function logger(mn: string, said: Partial<Logger> = {}): Logger {
  return {
    mn, station: null, enterprise: null, edition: null, admitted: false, admitted_at: null, admitted_by: null, refused_at: null, refused_by: null, has_password: false, has_key: false,
    online: false, since: null, first_seen: null, last_seen: null, peer: null, system: null, frames: 0, defects: 0, clock_offset_s: null,
    deviations: [], minute_interval_min: 1, waiting: 0, open_gaps: 0, ...said,
  }
}

describe('a logger', () => {
  test('is neither online nor offline before its first call', () => {
    expect(presence({ online: false, since: null, last_seen: null })).toBe('never')
    expect(presence({ online: false, since: null, last_seen: '2026-11-22T08:00:00+08:00' })).toBe('offline')
    expect(presence({ online: true, since: null, last_seen: null })).toBe('online')
  })

  test('that waits stands apart, heard last on top', () => {
    const found = split([logger('A', { last_seen: '2026-11-22T01:00:00Z' }), logger('B', { last_seen: '2026-11-22T02:00:00Z' }), logger('C', { admitted: true }), logger('D')])
    expect(found.waiting.map((one) => one.mn)).toEqual(['B', 'A', 'D'])
    expect(found.admitted.map((one) => one.mn)).toEqual(['C'])
  })

  test('that is not wanted stands apart from those that wait', () => {
    const found = split([logger('A', { refused_at: '2026-11-22T01:00:00Z', refused_by: 'x' }), logger('B')])
    expect([found.waiting, found.refused].map((list) => list.map((one) => one.mn))).toEqual([['B'], ['A']])
  })

  test('that is in stands by being offline, then by enterprise and station', () => {
    const at = (code: string) => ({ id: 1, code, name_zh: code, name_en: code })
    const own = (code: string) => ({ ...at(code), phone: null })
    const is = { admitted: true, online: true }
    const found = split([logger('A', { ...is, enterprise: own('乙'), station: at('1') }), logger('B', { ...is, enterprise: own('甲'), station: at('2') }), logger('C', { ...is, enterprise: own('甲'), station: at('1') }), logger('D', { admitted: true, since: 'x', enterprise: own('丙') })])
    expect(found.admitted.map((one) => one.mn)).toEqual(['D', 'C', 'B', 'A'])
  })

  test('has its gaps counted by how far they are', () => {
    const gap = { id: 1, period: 'minute', from_time: '', to_time: '', found_at: '', tries: 0, next_at: '', command_id: null, filled_at: null, given_up_at: null } as const
    expect(gapCounts([{ ...gap, state: 'filled' }, { ...gap, state: 'filled' }, { ...gap, state: 'asked' }])).toEqual({ found: 0, asked: 1, filled: 2, given_up: 0 })
  })
})

describe('a command', () => {
  const waiting = command({ state: 'waiting_second', expires_at: '2026-11-22T09:00:00+08:00' })

  test('is signed by another person than who asked, within its time', () => {
    expect(maySign(waiting, 'operator', NOW)).toBe(false)
    expect(maySign(waiting, 'operator2', NOW)).toBe(true)
    expect(maySign(waiting, 'operator2', NOW + 2 * 3_600_000)).toBe(false)
    expect(maySign(command(), 'operator2', NOW)).toBe(false)
  })

  test('is cancelled by who asked, an administrator or a leader, before it is sent', () => {
    expect([mayCancel(waiting, 'operator', 'operator'), mayCancel(waiting, 'operator2', 'operator'), mayCancel(waiting, 'x', 'leader')]).toEqual([true, false, true])
    expect(mayCancel(command({ state: 'sent' }), 'operator', 'operator')).toBe(false)
  })

  test('says its state, and the code of the logger where it did not work', () => {
    expect(stateWords(waiting, NOW)).toBe('待会签')
    expect(stateWords(waiting, NOW + 2 * 3_600_000)).toBe('会签已过期')
    expect(stateWords(command({ state: 'failed', qn_rtn: 1, qn_rtn_zh: '准备执行请求', exe_rtn: 5, exe_rtn_zh: '系统繁忙不能执行' }), NOW)).toBe('执行失败 · 系统繁忙不能执行')
    expect(stateWords(command({ state: 'done', qn_rtn: 1, exe_rtn: 1, exe_rtn_zh: '执行成功' }), NOW)).toBe('完成')
    expect(stateWords(command({ state: 'refused', qn_rtn: 3, qn_rtn_zh: 'PW 错误' }), NOW)).toBe('被拒绝 · PW 错误')
  })

  test('says its fields by name and its times as local time', () => {
    const asked = command({ parameters: { BeginTime: '20261122080000', PolId: 'a24088' } })
    const field = { name: 'BeginTime', name_zh: '开始时间', name_en: 'from', kind: 'time', required: true, low: null, high: null, choices: [], pattern: null } as const
    const kinds: CommandKind[] = [{ cn: '2051', name_zh: '', name_en: '', second: false, fields: [{ ...field, choices: [] }], longest_days: 366, source: '' }]
    expect(parameterWords(asked, kinds)).toBe('开始时间 2026-11-22 08:00:00 · PolId a24088')
    expect(parameterWords(asked, [])).toContain('BeginTime 2026-11-22')
    expect(resultWords(command({ frames: 60, result: { SystemTime: '20261122080001' } }))).toBe('应答 60 帧数据 · SystemTime 2026-11-22 08:00:01')
  })

  test('is over when nothing more comes of it', () => {
    expect(['queued', 'sent', 'accepted', 'waiting_second'].map((state) => isOver(command({ state: state as LoggerCommand['state'] })))).toEqual([false, false, false, false])
    expect(['done', 'refused', 'failed', 'timed_out', 'cancelled'].every((state) => isOver(command({ state: state as LoggerCommand['state'] })))).toBe(true)
  })
})
