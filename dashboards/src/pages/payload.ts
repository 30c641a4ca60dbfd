/** Pure: raw bytes as a person can read them. */
const SHOWN = 16_384

/** Base64 or plain text; JSON is laid out, unprintable bytes are shown as hex. */
export function payloadText(payload: unknown): string {
  if (typeof payload !== 'string' || payload === '') return '/'
  const bytes = decode(payload)
  if (!bytes) return layOut(payload)
  const text = new TextDecoder('utf-8', { fatal: false }).decode(bytes)
  const odd = [...text.slice(0, SHOWN)].filter((c) => c === '\ufffd' || (c < ' ' && !'\r\n\t'.includes(c))).length
  return odd > text.length * 0.02 ? hex(bytes) : layOut(text)
}

function decode(text: string): Uint8Array | null {
  if (text.length % 4 || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return null
  try {
    return Uint8Array.from(atob(text), (c) => c.charCodeAt(0))
  } catch {
    return null
  }
}

function layOut(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2).slice(0, SHOWN)
  } catch {
    return text.slice(0, SHOWN)
  }
}

function hex(bytes: Uint8Array): string {
  const shown = [...bytes.slice(0, 2048)].map((b) => b.toString(16).padStart(2, '0')).join(' ')
  return bytes.length > 2048 ? `${shown} …` : shown
}
