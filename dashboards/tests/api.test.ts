import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { queryString } from '../src/api/http'

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
