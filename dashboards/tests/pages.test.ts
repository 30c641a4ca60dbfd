import { expect, test } from 'vitest'
import { payloadText } from '../src/pages/payload'

test('a JSON payload is laid out', () => expect(payloadText('{"a":1}', 'eyJhIjoxfQ==')).toBe('{\n  "a": 1\n}'))

test('binary noise is shown as hex', () => {
  expect(payloadText(null, btoa('\x00\x01\xff\xfe'))).toBe('00 01 ff fe')
  expect(payloadText('\u0000\u0001', btoa('\x00\x01'))).toBe('00 01')
})

test('plain text stays as it is', () => expect(payloadText('##0101QN=2016...', 'IyM=')).toBe('##0101QN=2016...'))
