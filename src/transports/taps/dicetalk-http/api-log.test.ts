import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ApiLog } from './api-log.js'
import { temporaryFolder } from './fixtures/served.js'

const options = {
  maxBytes: 1000,
  onUnexpectedError: (error: unknown) => {
    throw error
  },
}

async function eventsOf(path: string): Promise<Record<string, unknown>[]> {
  const text = await readFile(path, 'utf8')
  expect(text.endsWith('\n')).toBe(true)
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

describe('ApiLog', () => {
  it('appends a line of JSON for each event', async () => {
    await using folder = await temporaryFolder()
    const path = join(folder.path, 'logs', 'api.log')
    for (let n = 0; n < 2; n++) {
      const log = new ApiLog(path, options)
      for (const event of ['one', 'two\nlines']) log.write({ event })
      await log.flush()
    }
    const events = await eventsOf(path)
    expect(events.map(({ event }) => event)).toEqual(['one', 'two\nlines', 'one', 'two\nlines'])
    expect(new Date(String(events[0]!['time'])).getTime()).toBeGreaterThan(0)
  })

  it('puts a full file aside, and keeps one', async () => {
    await using folder = await temporaryFolder()
    const path = join(folder.path, 'api.log')
    const log = new ApiLog(path, options)
    for (let n = 0; n < 60; n++) {
      log.write({ event: `event ${n}` })
      await log.flush()
    }
    expect((await readdir(folder.path)).toSorted()).toEqual(['api.log', 'api.log.1'])
    const events = [...(await eventsOf(`${path}.1`)), ...(await eventsOf(path))].map(({ event }) => event)
    expect(events.at(-1)).toBe('event 59')
    expect(events).toEqual(Array.from(events, (_, i) => `event ${60 - events.length + i}`))
  })

  it('counts what it cannot take, and tells of a disk that refuses it once', async () => {
    await using folder = await temporaryFolder()
    const path = join(folder.path, 'api.log')
    const log = new ApiLog(path, { ...options, maxBytes: 1e9 })
    for (let n = 0; n < 30_000; n++) log.write({ event: 'x' })
    await log.flush()
    const lost = (await eventsOf(path)).find(({ event }) => event === 'log.lost')
    expect(Number(lost?.['lines'])).toBeGreaterThan(9000)

    const errors: unknown[] = []
    await mkdir(join(folder.path, 'folder.log'))
    const refused = new ApiLog(join(folder.path, 'folder.log'), {
      maxBytes: 1e9,
      onUnexpectedError: (error) => errors.push(error),
    })
    for (let n = 0; n < 3; n++) {
      refused.write({ event: 'x' })
      await refused.flush()
    }
    expect(errors).toHaveLength(1)
  })
})
