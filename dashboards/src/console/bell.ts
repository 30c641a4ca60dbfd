/** The sound: tones made here, no file; scheduled on the audio clock, so it also rings in a hidden tab. */
import { reactive } from 'vue'
import type { Alert, Level } from '../api/shapes'
import { pattern, Restraint } from './ringing'

export const bell = reactive({ muted: localStorage.getItem('muted') === 'yes', blocked: true, rings: 0, last: '' })

let audio: AudioContext | null = null
let repeat: ReturnType<typeof setInterval> | null = null
const restraint = new Restraint()

/** Browsers allow sound only after a gesture: every key and click tries. */
export function armBell(): void {
  const arm = (): void => void wake()
  window.addEventListener('pointerdown', arm)
  window.addEventListener('keydown', arm)
  void wake()
}

async function wake(): Promise<void> {
  try {
    audio ??= new AudioContext()
    if (audio.state === 'suspended') await Promise.race([audio.resume(), new Promise((done) => setTimeout(done, 300))])
    bell.blocked = audio.state !== 'running'
  } catch {
    bell.blocked = true
  }
}

export function toggleMute(): void {
  bell.muted = !bell.muted
  localStorage.setItem('muted', bell.muted ? 'yes' : 'no')
  if (bell.muted) hush()
}

export async function testBell(): Promise<void> {
  await wake()
  play('orange')
}

/** Ring for a news item that is to be heard. Red rings again every 10 s, for a minute, until somebody acts. */
export function ring(alert: Alert, nowMs: number): void {
  const kind = restraint.allow(alert.level, nowMs)
  if (!kind || bell.muted || !firstToRing(alert.event?.id ?? 0)) return
  play(kind)
  if (kind === 'red') {
    hush()
    let left = 6
    repeat = setInterval(() => {
      if (left-- <= 0) hush()
      else play('red')
    }, 10_000)
  }
}

export function hush(): void {
  if (repeat !== null) clearInterval(repeat)
  repeat = null
}

function play(kind: Level | 'flood'): void {
  if (!audio || audio.state !== 'running') return
  bell.rings += 1
  bell.last = kind
  for (const tone of pattern(kind)) {
    const oscillator = audio.createOscillator()
    const gain = audio.createGain()
    const start = audio.currentTime + tone.at_s
    oscillator.type = 'triangle'
    oscillator.frequency.value = tone.hz
    gain.gain.setValueAtTime(0, start)
    gain.gain.linearRampToValueAtTime(tone.loud, start + 0.02)
    gain.gain.setValueAtTime(tone.loud, start + tone.for_s - 0.03)
    gain.gain.linearRampToValueAtTime(0, start + tone.for_s)
    oscillator.connect(gain).connect(audio.destination)
    oscillator.start(start)
    oscillator.stop(start + tone.for_s + 0.05)
  }
}

/** Of several tabs only the first to hear an event rings for it; the one in front always may. */
function firstToRing(eventId: number): boolean {
  const rang = Number(localStorage.getItem('rang') ?? 0)
  if (eventId === rang && document.hidden) return false
  localStorage.setItem('rang', String(eventId))
  return true
}
