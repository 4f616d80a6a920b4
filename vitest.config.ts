import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'web/**/*.test.ts'],
    setupFiles: ['test/setup/fail-on-console.ts'],
    // Real workers, WASM and FFmpeg start inside the tests, on machines with two cores.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A failing soak or fuzz test must not be retried into success.
    retry: 0,
    dangerouslyIgnoreUnhandledErrors: false,
    reporters: ['default', './test/setup/closing-line.ts'],
    coverage: {
      provider: 'v8',
      include: ['src/pipeline/**/*.ts'],
      exclude: ['**/*.test.ts'],
      thresholds: { lines: 95 },
    },
  },
})
