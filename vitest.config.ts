import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

/** Tests that come in from outside: by the command line, by sockets, by a page. */
const DOORS = ['test/**/*.test.ts', 'web/browser/**/*.test.ts']

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'parts',
          include: ['src/**/*.test.ts', 'web/**/*.test.ts'],
          exclude: DOORS,
          // On two cores, too: many of them wait for their own workers.
          maxWorkers: Math.max(2, availableParallelism() - 1),
        },
      },
      // Whole servers and browsers, which leave a small machine no room for others: after the rest.
      {
        extends: true,
        test: {
          name: 'doors',
          include: DOORS,
          maxWorkers: Math.max(1, availableParallelism() - 1),
          sequence: { groupOrder: 1 },
        },
      },
    ],
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
