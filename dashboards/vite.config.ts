import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

// The API serves the built page; in development vite serves it and passes everything else on.
const api = process.env.SMARTPARK_API_URL ?? 'http://127.0.0.1:8000'

export default defineConfig({
  plugins: [vue()],
  worker: { format: 'es' },
  build: { target: 'es2022', chunkSizeWarningLimit: 900 },
  server: {
    host: '127.0.0.1',
    proxy: {
      '/api': { target: api, changeOrigin: false },
      '/docs': { target: api },
      '/healthz': { target: api },
    },
  },
  test: { include: ['tests/**/*.test.ts'], environment: 'node' },
})
