import { afterEach, beforeEach, expect, vi } from 'vitest'

/** A test that writes to the console fails: what a user should see goes through the logger or the terminal. */
const methods = ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const

const calls: string[] = []

beforeEach(() => {
  calls.length = 0
  for (const method of methods) {
    vi.spyOn(console, method).mockImplementation((...args: unknown[]) => {
      calls.push(`console.${method}(${args.map(String).join(' ')})`)
    })
  }
})

afterEach(() => {
  const written = [...calls]
  vi.restoreAllMocks()
  expect(written, 'the test wrote to the console').toEqual([])
})
