/** Schemathesis: thousands of requests made from each port's own OpenAPI, whose answers must be what it promises. */
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { python, pythonTitle, startPython } from './clients/python.js'
import { servePhiz, type Served } from './clients/serve.js'
import { filmPortrait, type Shot } from './media/film-portrait.js'

const clients = fileURLToPath(new URL('./clients', import.meta.url))

describe.skipIf(python === undefined)(pythonTitle('schemathesis'), () => {
  let folder: string
  let server: Served
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'phiz-schema-'))
    // The files that the examples of the documents name.
    await mkdir(join(folder, 'data', 'video'), { recursive: true })
    await mkdir(join(folder, 'data', 'audio'))
    await filmPortrait(join(folder, 'data/video/yongen.mp4'), {
      width: 256,
      height: 256,
      fps: 25,
      shots: Array<Shot>(10).fill({ x: 128, y: 100 }),
    })
    await cp(
      fileURLToPath(new URL('./media/speech-en-3s.wav', import.meta.url)),
      join(folder, 'data/audio/yongen.wav'),
    )
    // It keeps its notes beside its configuration.
    await cp(join(clients, 'schemathesis.toml'), join(folder, 'schemathesis.toml'))
    server = await servePhiz(folder)
  })
  afterAll(async () => {
    expect(await server.stop()).toMatchObject({ code: 0, err: '' })
    await rm(folder, { recursive: true, force: true })
  })

  it.each(['lam', 'musetalk-http'])(
    'finds nothing wrong with %s',
    async (tap) => {
      const { code, out, err } = await startPython(
        [
          ...['-m', 'schemathesis.cli', '--config-file', join(folder, 'schemathesis.toml'), '--no-color'],
          ...['run', `${server.taps[tap]!}/openapi.json`],
        ],
        { cwd: folder, environment: { PYTHONPATH: clients, COLUMNS: '120' } },
      ).finished
      const report = `${out.replace(/[^\n\x20-\x7e]/g, '')}\n${err}`
      expect(code, report).toBe(0)
      expect(report).toMatch(/ \d{3,} generated, \d+ passed/)
    },
    120_000,
  )
})
