import { describe, expect, test } from 'vitest'
import { commandOf, SHOWN } from '../../src/console/keys'
import { zh } from '../../src/words/zh'

const stroke = (key: string, more: object = {}) => ({ key, ctrlKey: false, altKey: false, metaKey: false, typing: false, ...more })

describe('keys', () => {
  test.each([
    ['Enter', 'acknowledge'],
    ['x', 'close'],
    ['X', 'close'],
    ['c', 'camera'],
    ['p', 'phone'],
    ['/', 'filter'],
    ['m', 'mute'],
    ['j', 'down'],
    ['ArrowUp', 'up'],
    ['?', 'help'],
  ])('%s means %s', (key, command) => expect(commandOf(stroke(key))).toBe(command))

  test('letters belong to the field that is typed in', () => {
    expect(commandOf(stroke('x', { typing: true }))).toBeNull()
    expect(commandOf(stroke('Enter', { typing: true }))).toBeNull()
    expect(commandOf(stroke('Escape', { typing: true }))).toBe('escape')
  })

  test('the shortcuts of the browser stay its own', () => expect(commandOf(stroke('p', { ctrlKey: true }))).toBeNull())

  test('every key in the list has its words', () => {
    for (const [, command] of SHOWN) expect(zh).toHaveProperty([`keys.${command}`])
  })
})
