/** Fetches the evidence pack of an hour, saying how much has come, and hands it to the browser. */
import { ref, shallowRef, type Ref } from 'vue'
import { address, readProblem } from '../api/http'
import { language } from '../words'

export interface Pack {
  busy: Ref<boolean>
  /** [bytes] */
  come: Ref<number>
  done: Ref<string>
  problem: Ref<unknown>
  fetchPack: (path: string) => Promise<void>
  forget: () => void
}

export function usePack(): Pack {
  const busy = ref(false)
  const come = ref(0)
  const done = ref('')
  const problem = shallowRef<unknown>(null)

  async function fetchPack(path: string): Promise<void> {
    if (busy.value) return
    busy.value = true
    come.value = 0
    done.value = ''
    problem.value = null
    try {
      const answer = await fetch(address(path), { credentials: 'same-origin', headers: { 'Accept-Language': language.value === 'zh' ? 'zh-CN' : 'en' } })
      if (!answer.ok || !answer.body) throw await readProblem(answer)
      const parts: BlobPart[] = []
      const reader = answer.body.getReader()
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        parts.push(part.value as Uint8Array<ArrayBuffer>)
        come.value += part.value.length
      }
      const name = /filename="([^"]+)"/.exec(answer.headers.get('Content-Disposition') ?? '')?.[1] ?? 'evidence.zip'
      save(new Blob(parts, { type: 'application/zip' }), name)
      done.value = name
    } catch (trouble) {
      problem.value = trouble
    } finally {
      busy.value = false
    }
  }

  function forget(): void {
    done.value = ''
    problem.value = null
  }

  return { busy, come, done, problem, fetchPack, forget }
}

function save(blob: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
