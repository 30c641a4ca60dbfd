/** The one place that talks HTTP: cookie session, CSRF header, one error type. */
import { language } from '../words'
import type { Alert } from './shapes'

const BASE = '/api/v1'
let csrf = ''
let onUnauthorised: () => void = () => undefined

/** Problem says what the server refused, with the reference the operator can read out on the phone. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly detail: string,
    readonly reference: string,
    readonly current: Alert | null = null,
    /** What the sentences of ``detail`` are about, where they do not name it themselves. */
    readonly fields: readonly string[] = [],
  ) {
    super(detail)
  }
}

export function useCsrf(token: string): void {
  csrf = token
}

export function whenUnauthorised(call: () => void): void {
  onUnauthorised = call
}

export function get<T>(path: string, query: Record<string, unknown> = {}): Promise<T> {
  return send<T>('GET', path + queryString(query))
}

export function post<T>(path: string, body: unknown = {}): Promise<T> {
  return send<T>('POST', path, body)
}

export function put<T>(path: string, body: unknown): Promise<T> {
  return send<T>('PUT', path, body)
}

export function remove(path: string): Promise<void> {
  return send<void>('DELETE', path)
}

export function address(path: string, query: Record<string, unknown> = {}): string {
  return BASE + path + queryString(query)
}

export function queryString(query: Record<string, unknown>): string {
  const pairs = Object.entries(query).filter(([, v]) => v !== undefined && v !== null && v !== '')
  return pairs.length ? '?' + new URLSearchParams(pairs.map(([k, v]) => [k, String(v)])).toString() : ''
}

/** Sends a file as a form's ``file``, telling which share of it has gone. */
export function upload<T>(path: string, file: File, onSent: (share: number) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const call = new XMLHttpRequest()
    call.open('POST', BASE + path)
    for (const [name, value] of Object.entries(headersOf('POST'))) call.setRequestHeader(name, value)
    call.upload.onprogress = (event) => event.lengthComputable && onSent(event.loaded / event.total)
    call.onerror = () => reject(new Problem(0, '', ''))
    call.onload = () => {
      const answer = new Response(call.responseText, { status: call.status, headers: { 'X-Request-ID': call.getResponseHeader('X-Request-ID') ?? '' } })
      if (call.status === 401) onUnauthorised()
      void (answer.ok ? answer.json().then((found) => resolve(found as T), reject) : readProblem(answer).then(reject))
    }
    const form = new FormData()
    form.append('file', file)
    call.send(form)
  })
}

function headersOf(method: string): Record<string, string> {
  const headers: Record<string, string> = { Accept: 'application/json', 'Accept-Language': language.value === 'zh' ? 'zh-CN' : 'en' }
  if (method !== 'GET' && csrf) headers['X-CSRF-Token'] = csrf
  return headers
}

async function send<T>(method: string, path: string, body?: unknown): Promise<T> {
  const headers = headersOf(method)
  if (body !== undefined) headers['Content-Type'] = 'application/json'
  let answer: Response
  try {
    answer = await fetch(BASE + path, {
      method,
      headers,
      credentials: 'same-origin',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  } catch {
    throw new Problem(0, '', '')
  }
  if (answer.ok) return (answer.status === 204 ? undefined : await answer.json()) as T
  const problem = await readProblem(answer)
  if (answer.status === 401 && path !== '/session' && path !== '/me') onUnauthorised()
  throw problem
}

/** Sentences of a refusal without the names of fields before them; names that a form gives stay. */
export function sentences(detail: string, errors: readonly { field: string; detail: string }[]): { said: string; fields: string[] } {
  const named = errors.filter((one) => detail.includes(`${one.field}: ${one.detail}`))
  const said = named.reduce((text, one) => text.replace(`${one.field}: ${one.detail}`, () => one.detail), detail)
  return { said, fields: [...new Set(named.map((one) => one.field.replace(/^(body|query|path|header)\./, '')))] }
}

export async function readProblem(answer: Response): Promise<Problem> {
  let body: Record<string, unknown> = {}
  try {
    body = (await answer.json()) as Record<string, unknown>
  } catch {
    // an answer without a body still has its status and reference
  }
  const reference = body.request_id ?? answer.headers.get('X-Request-ID') ?? ''
  const current = (body.current ?? body.alert ?? null) as Alert | null
  const detail = String(body.detail ?? body.title ?? answer.statusText)
  const { said, fields } = sentences(detail, (body.errors ?? []) as { field: string; detail: string }[])
  return new Problem(answer.status, said, String(reference), current, fields)
}
