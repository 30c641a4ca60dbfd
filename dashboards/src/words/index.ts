/** The dictionary: one language at a time, remembered in this browser, Chinese first. */
import { ref, watchEffect } from 'vue'
import { en as consoleEn } from './en'
import { loggersEn } from './loggers.en'
import { loggersZh } from './loggers.zh'
import { officialEn } from './official.en'
import { officialZh } from './official.zh'
import { validityEn } from './validity.en'
import { validityZh } from './validity.zh'
import { totalsEn } from './totals.en'
import { totalsZh } from './totals.zh'
import { pagesEn } from './pages.en'
import { pagesZh } from './pages.zh'
import { quarantineEn } from './quarantine.en'
import { quarantineZh } from './quarantine.zh'
import { zh as consoleZh, type Word as ConsoleWord } from './zh'

export type Language = 'zh' | 'en'
export type Word = ConsoleWord | keyof typeof pagesZh | keyof typeof loggersZh | keyof typeof quarantineZh | keyof typeof officialZh | keyof typeof validityZh | keyof typeof totalsZh

const dictionaries: Record<Language, Record<Word, string>> = {
  zh: { ...consoleZh, ...pagesZh, ...loggersZh, ...quarantineZh, ...officialZh, ...validityZh, ...totalsZh },
  en: { ...consoleEn, ...pagesEn, ...loggersEn, ...quarantineEn, ...officialEn, ...validityEn, ...totalsEn },
}

export const language = ref<Language>(remembered())

if (typeof document !== 'undefined') {
  watchEffect(() => {
    document.documentElement.lang = language.value === 'zh' ? 'zh-CN' : 'en'
    localStorage.setItem('language', language.value)
  })
}

/** The word for a key, with {name} filled in. */
export function t(key: Word, fill: Record<string, string | number> = {}): string {
  return dictionaries[language.value][key].replace(/\{(\w+)\}/g, (_, name: string) => String(fill[name] ?? ''))
}

/** The word for a key that data made up; the fallback when no such word exists. */
export function word(key: string, fallback: string): string {
  const known = (dictionaries[language.value] as Record<string, string>)[key]
  return known ?? fallback
}

/** The name of anything that has one in both languages. */
export function named(thing: object | null | undefined, field = 'name'): string {
  if (!thing) return ''
  const both = thing as Record<string, unknown>
  const own = both[`${field}_${language.value}`]
  return String(own || both[`${field}_zh`] || both[`${field}_en`] || both.code || '')
}

function remembered(): Language {
  const stored = typeof localStorage === 'undefined' ? null : localStorage.getItem('language')
  return stored === 'en' ? 'en' : 'zh'
}
