/** The names behind user names, asked for once after logging in. */
import { shallowRef } from 'vue'
import { get } from '../api/http'
import type { Page, Person } from '../api/shapes'
import { language } from '../words'

const people = shallowRef(new Map<string, Person>())

export async function loadPeople(): Promise<void> {
  const page = await get<Page<Person>>('/people')
  people.value = new Map(page.items.map((person) => [person.username, person]))
}

/** 张三 for the user name; the user name itself where nobody is known by it. */
export function personName(username: string | null | undefined): string {
  if (!username) return ''
  const person = people.value.get(username)
  return (language.value === 'en' ? person?.name_en : person?.name) || person?.name || username
}
