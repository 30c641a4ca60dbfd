/** Pure: what the rows of data loggers say in the reader's language. */
import type { CommandKind, Logger, LoggerCommand, LoggerDetail } from '../api/shapes'
import { personName } from '../parts/people'
import { digitTime } from '../parts/time'
import { named, t, word } from '../words'

/** No words for what has not happened: neither online nor offline before its first call. */
export function presence(logger: Pick<Logger, 'online' | 'since' | 'last_seen'>): 'online' | 'offline' | 'never' {
  if (logger.online) return 'online'
  return logger.since || logger.last_seen ? 'offline' : 'never'
}

export function deviationWords(deviations: readonly string[]): string {
  return deviations.map((one) => word(`deviation.${one}`, one)).join(' · ')
}

/** Who waits, heard last on top; who is not wanted; who is in, offline first, then by enterprise and station. */
export function split(loggers: readonly Logger[]): Record<'waiting' | 'refused' | 'admitted', Logger[]> {
  const out = loggers.filter((one) => !one.admitted)
  out.sort((a, b) => (b.last_seen ?? '').localeCompare(a.last_seen ?? ''))
  const admitted = loggers.filter((one) => one.admitted)
  const away = (one: Logger): number => (presence(one) === 'offline' ? 0 : 1)
  const place = (one: Logger): string => `${named(one.enterprise)}\u0000${named(one.station)}\u0000${one.mn}`
  admitted.sort((a, b) => away(a) - away(b) || place(a).localeCompare(place(b), 'zh-CN'))
  return { waiting: out.filter((one) => !one.refused_at), refused: out.filter((one) => one.refused_at), admitted }
}

/** Why a message is in quarantine: its cause where that is known. */
export function heldWord(reason: string): string {
  return word(`cause.${reason}`, word(`reason.${reason}`, reason))
}

/** The folder of the park is loaded under the account of the machine. */
const MACHINE = new Set(['root', 'system', 'smartpark'])

export function whoWords(username: string | null): string {
  const name = personName(username)
  return name === username && MACHINE.has(name) ? t('who.system') : name
}

export function gapCounts(gaps: LoggerDetail['gaps']): Record<'found' | 'asked' | 'filled' | 'given_up', number> {
  const counts = { found: 0, asked: 0, filled: 0, given_up: 0 }
  for (const gap of gaps) counts[gap.state] += 1
  return counts
}

const OVER = new Set(['done', 'refused', 'failed', 'timed_out', 'cancelled'])

export function isOver(command: LoggerCommand): boolean {
  return OVER.has(command.state)
}

export function expired(command: LoggerCommand, nowMs: number): boolean {
  return command.expires_at !== null && Date.parse(command.expires_at) < nowMs
}

/** Signed by another person than who asked, within its time. */
export function maySign(command: LoggerCommand, username: string | undefined, nowMs: number): boolean {
  return command.state === 'waiting_second' && command.requested_by !== username && !expired(command, nowMs)
}

export function mayCancel(command: LoggerCommand, username: string | undefined, role: string | undefined): boolean {
  const open = command.state === 'waiting_second' || command.state === 'queued'
  return open && (command.requested_by === username || role === 'admin' || role === 'leader')
}

/** State, and why it ended so: the logger's own code where it gave one. */
export function stateWords(command: LoggerCommand, nowMs: number): string {
  const state = expired(command, nowMs) ? t('command.expired') : word(`command.state.${command.state}`, command.state)
  const code = command.exe_rtn !== null && command.exe_rtn !== 1 ? named(command, 'exe_rtn') : command.qn_rtn !== null && command.qn_rtn !== 1 ? named(command, 'qn_rtn') : ''
  return code ? `${state} · ${code}` : state
}

/** Fields by their names, where the kinds of commands are known; by the standard's word otherwise. */
export function parameterWords(command: LoggerCommand, kinds: readonly CommandKind[]): string {
  const fields = kinds.find((one) => one.cn === command.cn)?.fields ?? []
  return Object.entries(command.parameters)
    .map(([name, value]) => `${named(fields.find((one) => one.name === name)) || name} ${digitTime(value)}`)
    .join(' · ')
}

/** What came back, in one line. */
export function resultWords(command: LoggerCommand): string {
  const said = Object.entries(command.result).map(([name, value]) => `${name} ${digitTime(String(value))}`)
  if (command.frames) said.unshift(t('command.answered', { n: command.frames }))
  return said.join(' · ')
}

export function peopleWords(command: LoggerCommand): string {
  if (command.cause !== 'person') return t(`command.cause.${command.cause}`)
  const asked = t('command.by', { who: whoWords(command.requested_by) })
  return command.second_by ? `${asked} · ${t('command.signed', { who: whoWords(command.second_by) })}` : asked
}
