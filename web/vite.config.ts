import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** Builds the conversation page to `dist/web`, where the gateway serves it from. */
export default defineConfig({
  root: at('.'),
  // Relative addresses: the page works under any path of any host.
  base: './',
  resolve: { alias: { 'phiz/client': at('../src/client/index.ts') } },
  // `vite dev` beside a running `phiz serve`.
  server: {
    proxy: { '/v1': { target: 'http://127.0.0.1:8080', ws: true }, '/taps': 'http://127.0.0.1:8080' },
  },
  worker: { format: 'es' },
  build: {
    outDir: at('../dist/web'),
    emptyOutDir: true,
    target: 'es2022',
    // The page's security policy lets nothing run that is written into it.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // three.js, which is loaded when somebody wants to see the face in three dimensions.
    chunkSizeWarningLimit: 700,
    // Its licence goes where the code goes.
    license: { fileName: 'licences.md' },
  },
})
