/** Pure: which key does what on the duty console. */
export type Command =
  | 'down'
  | 'up'
  | 'first'
  | 'pageDown'
  | 'pageUp'
  | 'acknowledge'
  | 'close'
  | 'shelve'
  | 'comment'
  | 'confirm'
  | 'camera'
  | 'phone'
  | 'filter'
  | 'mute'
  | 'test'
  | 'station'
  | 'help'
  | 'escape'

export interface Stroke {
  key: string
  ctrlKey: boolean
  altKey: boolean
  metaKey: boolean
  typing: boolean
}

const KEYS: Record<string, Command> = {
  j: 'down',
  arrowdown: 'down',
  k: 'up',
  arrowup: 'up',
  home: 'first',
  g: 'first',
  pagedown: 'pageDown',
  pageup: 'pageUp',
  enter: 'acknowledge',
  x: 'close',
  s: 'shelve',
  n: 'comment',
  e: 'confirm',
  c: 'camera',
  p: 'phone',
  '/': 'filter',
  m: 'mute',
  t: 'test',
  o: 'station',
  '?': 'help',
  '？': 'help',
  escape: 'escape',
}

/** Keys shown in the list of keys, with the word each stands beside. */
export const SHOWN: [string, Command | 'move' | 'send'][] = [
  ['J K ↓ ↑', 'move'],
  ['Home', 'first'],
  ['Enter', 'acknowledge'],
  ['X', 'close'],
  ['S', 'shelve'],
  ['N', 'comment'],
  ['E', 'confirm'],
  ['C', 'camera'],
  ['P', 'phone'],
  ['O', 'station'],
  ['/', 'filter'],
  ['M', 'mute'],
  ['T', 'test'],
  ['Ctrl Enter', 'send'],
  ['Esc', 'escape'],
  ['?', 'help'],
]

/** What the stroke means; null where the browser or a text field should have it. */
export function commandOf(stroke: Stroke): Command | null {
  if (stroke.ctrlKey || stroke.altKey || stroke.metaKey) return null
  const command = KEYS[stroke.key.toLowerCase()] ?? null
  if (stroke.typing) return command === 'escape' ? command : null
  return command
}

/** Is the focus somewhere that wants the letters for itself? */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName)
}
