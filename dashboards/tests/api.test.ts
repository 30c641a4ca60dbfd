import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { queryString, readProblem, sentences } from '../src/api/http'

const contract = join(__dirname, '../../openapi.json')

test.skipIf(!existsSync(contract))('the types are those of the committed contract (npm run types)', { timeout: 60_000 }, () => {
  const made = join(mkdtempSync(join(tmpdir(), 'types-')), 'schema.d.ts')
  execFileSync('npx', ['openapi-typescript', contract, '-o', made], { cwd: join(__dirname, '..'), stdio: 'ignore' })
  expect(readFileSync(join(__dirname, '../src/api/schema.d.ts'), 'utf8')).toBe(readFileSync(made, 'utf8'))
})

test('a query leaves out what was not said', () => {
  expect(queryString({ open: true, level: '', cursor: null, from: undefined })).toBe('?open=true')
  expect(queryString({})).toBe('')
})

test('a refusal is a sentence; the field it is about stands apart', () => {
  const late = { field: 'body.starts_at', detail: '超过 10 天的数据不能再标记' }
  expect(sentences('body.starts_at: 超过 10 天的数据不能再标记', [late])).toEqual({ said: '超过 10 天的数据不能再标记', fields: ['starts_at'] })
  const both = [late, { field: 'query.from', detail: '缺少 $&' }]
  expect(sentences('body.starts_at: 超过 10 天的数据不能再标记; query.from: 缺少 $&', both)).toEqual({ said: '超过 10 天的数据不能再标记; 缺少 $&', fields: ['starts_at', 'from'] })
})

test('what a form calls its field stays, and so does a sentence about no field', () => {
  expect(sentences('结束时间: 早于开始时间', [{ field: 'body.end', detail: '早于开始时间' }])).toEqual({ said: '结束时间: 早于开始时间', fields: [] })
  expect(sentences('该标记已是 refused', [])).toEqual({ said: '该标记已是 refused', fields: [] })
})

test('an answer becomes a problem with its sentence, field and reference', async () => {
  const body = { detail: 'body.note: 退回须写明理由', request_id: 'r1', errors: [{ field: 'body.note', detail: '退回须写明理由' }] }
  const found = await readProblem(new Response(JSON.stringify(body), { status: 422 }))
  expect(found).toMatchObject({ status: 422, detail: '退回须写明理由', fields: ['note'], reference: 'r1' })
  expect(await readProblem(new Response('', { status: 502, statusText: 'Bad Gateway' }))).toMatchObject({ detail: 'Bad Gateway', fields: [] })
})
