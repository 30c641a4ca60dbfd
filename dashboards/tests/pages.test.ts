import { expect, test } from 'vitest'
import { payloadText } from '../src/pages/payload'

const base64 = (text: string): string => btoa(text)

test('a JSON payload is laid out', () => expect(payloadText(base64('{"a":1}'))).toBe('{\n  "a": 1\n}'))

test('binary noise is shown as hex', () => expect(payloadText(base64('\x00\x01\xff\xfe'))).toBe('00 01 ff fe'))

test('plain text stays as it is', () => expect(payloadText('##0101QN=2016...')).toBe('##0101QN=2016...'))
