import { createApp } from 'vue'
import { whenUnauthorised } from './api/http'
import App from './App.vue'
import './base.css'
import { router } from './router'
import { session } from './session'
import './theme.css'

whenUnauthorised(() => {
  session.user = null
  session.expired = true
  void router.push({ name: 'login', query: { next: router.currentRoute.value.fullPath } })
})

createApp(App).use(router).mount('#app')
