import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import { homeOf, session, whoAmI } from './session'

export const MODULES = ['economy', 'energy', 'safety', 'environment', 'logistics', 'workforce', 'services'] as const

const routes: RouteRecordRaw[] = [
  { path: '/login', name: 'login', component: () => import('./pages/LoginPage.vue'), meta: { open: true, bare: true } },
  { path: '/', name: 'home', redirect: () => (session.user ? homeOf(session.user) : '/login') },
  { path: '/console', name: 'console', component: () => import('./console/ConsolePage.vue') },
  { path: '/overview', name: 'overview', component: () => import('./frame/ModuleRoute.vue'), props: { module: 'overview' } },
  {
    path: '/modules/:module',
    name: 'module',
    component: () => import('./frame/ModuleRoute.vue'),
    props: true,
  },
  { path: '/own', name: 'own', component: () => import('./pages/OwnPage.vue') },
  { path: '/stations', name: 'stations', component: () => import('./pages/StationsPage.vue') },
  { path: '/stations/:id', name: 'station', component: () => import('./pages/StationPage.vue'), props: true },
  { path: '/alerts', name: 'history', component: () => import('./pages/HistoryPage.vue') },
  { path: '/alerts/:id', name: 'alert', component: () => import('./pages/AlertPage.vue'), props: true },
  { path: '/access', name: 'access', component: () => import('./pages/AccessPage.vue') },
  { path: '/cameras', name: 'cameras', component: () => import('./pages/CamerasPage.vue') },
  { path: '/rules', name: 'rules', component: () => import('./pages/RulesPage.vue') },
  { path: '/ledger', name: 'ledger', component: () => import('./pages/LedgerPage.vue') },
  { path: '/quarantine', name: 'quarantine', component: () => import('./pages/QuarantinePage.vue') },
  { path: '/loggers', name: 'loggers', component: () => import('./pages/LoggersPage.vue') },
  { path: '/reported', name: 'reported', component: () => import('./pages/ReportedPage.vue') },
  { path: '/upward', name: 'upward', component: () => import('./pages/UpwardPage.vue') },
  { path: '/missing', name: 'missing', component: () => import('./pages/MissingPage.vue') },
  { path: '/records', name: 'records', component: () => import('./official/RecordsPage.vue') },
  { path: '/roses', name: 'roses', component: () => import('./official/RosesPage.vue') },
  { path: '/exceedances', name: 'exceedances', component: () => import('./official/ExceedancesPage.vue') },
  { path: '/effective-rates', name: 'effective-rates', component: () => import('./official/EffectiveRatesPage.vue') },
  { path: '/marks', name: 'marks', component: () => import('./official/MarksPage.vue') },
  { path: '/corrections', name: 'corrections', component: () => import('./official/CorrectionsPage.vue') },
  { path: '/findings', name: 'findings', component: () => import('./official/FindingsPage.vue') },
  { path: '/emissions', name: 'emissions', component: () => import('./official/EmissionsPage.vue') },
  { path: '/air', name: 'air', component: () => import('./official/AirPage.vue') },
  { path: '/reports', name: 'reports', component: () => import('./official/ReportsPage.vue') },
  { path: '/records/:sensor/:hour', name: 'hour', component: () => import('./official/HourPage.vue'), props: true },
  { path: '/duty', name: 'duty', component: () => import('./pages/DutyPage.vue') },
  { path: '/wall', name: 'wall', component: () => import('./pages/WallPage.vue'), meta: { bare: true } },
  { path: '/:rest(.*)*', name: 'lost', component: () => import('./pages/LostPage.vue') },
]

export const router = createRouter({ history: createWebHistory(), routes })

router.beforeEach(async (to) => {
  if (to.meta.open) return true
  if (!session.user) {
    try {
      await whoAmI()
    } catch {
      return { name: 'login', query: { next: to.fullPath } }
    }
  }
  if (!session.user) return { name: 'login', query: to.path === '/' ? {} : { next: to.fullPath } }
  return to.path === '/' ? homeOf(session.user) : true
})
