/** Pure: raw bytes as a person can read them. */
const SHOWN = 16_384

/** The text where the bytes are text (JSON laid out), else the bytes as hex. */
export function payloadText(text: string | null | undefined, base64: string | undefined): string {
  if (text && !hasNoise(text)) return layOut(text)
  return base64 ? hex(base64) : (text ?? '/')
}

function hasNoise(text: string): boolean {
  return [...text.slice(0, SHOWN)].some((c) => c < ' ' && !'\r\n\t'.includes(c))
}

function layOut(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2).slice(0, SHOWN)
  } catch {
    return text.slice(0, SHOWN)
  }
}

function hex(base64: string): string {
  const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))
  const shown = [...bytes.slice(0, 2048)].map((b) => b.toString(16).padStart(2, '0')).join(' ')
  return bytes.length > 2048 ? `${shown} …` : shown
}
