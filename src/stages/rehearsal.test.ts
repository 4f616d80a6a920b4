import { afterAll, describe, expect, it } from 'vitest'
import { createApp } from '../app.js'
import { configSchema } from '../config/schema.js'
import type { TelemetryEvent } from '../pipeline/telemetry.js'
import type { Catalogue } from './catalogue.js'
import { rehearse } from './rehearsal.js'

const events: TelemetryEvent[] = []
const config = configSchema.parse({ speech: { engine: 'espeak' }, video: { size: 128, workers: 1 } })
const app = createApp(config, (event) => events.push(event))

afterAll(async () => {
  await app[Symbol.asyncDispose]()
})

describe('a rehearsal', () => {
  it('is heard of by nobody', async () => {
    await app.prewarm()
    expect(events).toEqual([])
  })

  it.each([
    { speech: true, expression: true, video: true },
    { speech: false, expression: true, video: true },
    { speech: false, expression: true, video: false },
    { speech: true, expression: true, video: false },
    { speech: true, expression: false, video: true },
    { speech: false, expression: false, video: true },
  ])('plays what is done here, and leaves alone what other servers do: %o', async (here) => {
    const asked = new Set<string>()
    const catalogue = new Proxy(app.catalogue, {
      get: (stages, name: keyof Catalogue) => {
        asked.add(name)
        return stages[name]
      },
    })
    await rehearse(catalogue, here)
    expect(asked.has('speech')).toBe(here.speech)
    expect(asked.has('expression')).toBe(here.expression)
    expect(asked.has('video')).toBe(here.expression && here.video)
  })
})
