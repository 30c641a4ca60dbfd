import { expect, test } from 'vitest'
import { evidenceRows, evidenceWords } from '../src/pages/evidence'
import { reasonSentence, reasonWord } from '../src/pages/refusal'
import { payloadText } from '../src/pages/payload'

test('a JSON payload is laid out', () => expect(payloadText('{"a":1}', 'eyJhIjoxfQ==')).toBe('{\n  "a": 1\n}'))

test('binary noise is shown as hex', () => {
  expect(payloadText(null, btoa('\x00\x01\xff\xfe'))).toBe('00 01 ff fe')
  expect(payloadText('\u0000\u0001', btoa('\x00\x01'))).toBe('00 01')
})

test('plain text stays as it is', () => expect(payloadText('##0101QN=2016...', 'IyM=')).toBe('##0101QN=2016...'))

const NOW = Date.parse('2026-11-22T12:00:00+08:00')

test('each row of evidence is one sentence', () => {
  const at = (clock: string): string => `2026-11-22T${clock}:00+08:00`
  const said = (one: Record<string, unknown>): string => evidenceWords(one as { kind: string }, NOW)
  expect(said({ kind: 'outage', name: 'gateway', from: at('08:00'), to: at('09:00') })).toBe('平台“数采仪”通道停运 08:00:00 – 09:00:00')
  expect(said({ kind: 'window', name: 'maintenance 17', from: at('08:00'), to: at('09:00') })).toBe('企业报备检维修 17 08:00:00 – 09:00:00')
  expect(said({ kind: 'restart', mn: 'A', at: at('08:00') })).toBe('数采仪报告 08:00:00 开机')
  expect(said({ kind: 'presence', at: at('08:00'), online: false })).toBe('站点 08:00:00 起自报离线')
  expect(said({ kind: 'session', opened_at: at('07:00') })).toBe('连接 07:00:00 建立，当时仍在线')
  expect(evidenceWords({ kind: 'sensors', quantities: ['a21026', 'a21002'] }, NOW, (code) => (code === 'a21026' ? '二氧化硫' : code))).toBe('数采仪在线, 缺少: 二氧化硫、a21002')
  const lost = { kind: 'session', opened_at: at('07:00'), last_at: at('08:00'), closed_at: at('08:05'), closed_by: 'network', others: ['B', 'C'] }
  expect(said(lost)).toBe('连接 07:00:00 建立，最近报文 08:00:00，08:05:00 断开，断开方：网络 · 同时断开的还有 2 台数采仪')
})

test('evidence that is none is left out', () => {
  expect(evidenceRows([{ kind: 'restart' }, null, 'x', {}])).toEqual([{ kind: 'restart' }])
  expect(evidenceRows({})).toEqual([])
})

test('a refused frame says which of several causes it is', () => {
  const frame = { reason: 'unknown_station', topic: 'smartpark/demo/hj212/A' } as const
  expect(reasonWord({ ...frame, cause: 'wrong_password' })).toBe('密码不符 (PW)')
  expect(reasonWord({ ...frame, cause: 'not_admitted' })).toBe('数采仪未接入')
  expect(reasonSentence({ ...frame, cause: 'wrong_password' })).toContain('PW')
  expect(reasonSentence({ ...frame, reason: 'malformed', cause: null })).not.toContain('JSON')
  expect(reasonSentence({ reason: 'malformed', topic: 'smartpark/demo/gas/g1/readings', cause: null })).toContain('JSON')
})
