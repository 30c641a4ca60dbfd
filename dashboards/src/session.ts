/** Who is looking, and how the page looks to them: user, theme, brightness. */
import { computed, reactive, watchEffect } from 'vue'
import { get, post, Problem, remove, useCsrf } from './api/http'
import type { Me, Page, Park, User } from './api/shapes'
import { loadPeople } from './parts/people'
import { setZone } from './parts/time'

export const session = reactive({ user: null as User | null, permissions: [] as string[], asked: false, expired: false })

export const look = reactive({
  theme: localStorage.getItem('theme') === 'dark' ? 'dark' : 'light',
  brightness: Number(localStorage.getItem('brightness') ?? 100) || 100,
})

watchEffect(() => {
  document.documentElement.dataset.theme = look.theme
  document.documentElement.style.filter = look.brightness < 100 ? `brightness(${look.brightness}%)` : ''
  localStorage.setItem('theme', look.theme)
  localStorage.setItem('brightness', String(look.brightness))
})

/** Finds out who is logged in; null where nobody is. */
export async function whoAmI(): Promise<User | null> {
  try {
    take(await get<Me>('/me'))
    await acquaint()
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 401) throw error
    session.user = null
  } finally {
    session.asked = true
  }
  return session.user
}

export async function logIn(username: string, password: string): Promise<void> {
  take(await post<Me>('/session', { username, password }))
  await acquaint()
  session.expired = false
  session.asked = true
}

export async function logOut(): Promise<void> {
  try {
    await remove('/session')
  } finally {
    session.user = null
    useCsrf('')
  }
}

function take(answer: Me): void {
  session.user = answer.user
  session.permissions = answer.permissions
  useCsrf(answer.csrf ?? '')
}

/** The park's time zone and people's names; a page without them still shows everything else. */
async function acquaint(): Promise<void> {
  const parks = get<Page<Park>>('/parks', { limit: 1 }).then((page) => page.items[0] && setZone(page.items[0].timezone))
  await Promise.allSettled([parks, loadPeople()])
}

/** May this user do that? The server decides; the page only hides what it would refuse. */
export function may(permission: string): boolean {
  return session.permissions.includes(permission)
}

/** Whom the bell is for. */
export const mayHandle = computed(() => may('acknowledge'))

export function homeOf(user: User): string {
  if (user.role === 'enterprise') return '/own'
  return ['admin', 'leader', 'operator', 'patrol'].includes(user.role) ? '/console' : '/overview'
}
