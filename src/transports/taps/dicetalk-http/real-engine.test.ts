/** The whole way with the real engine: a photo and a recording over HTTP, and a film back. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { readClip } from '../../../../test/media/encode-audio.js'
import { PORTRAIT } from '../../../../test/media/film-portrait.js'
import { readFilm } from '../../../../test/media/read-film.js'
import { createApp } from '../../../app.js'
import { resolveConfig } from '../../../config/load.js'
import { encodeWav } from '../../../media/wav.js'
import { dicetalkTap, formOf, serveTap, temporaryFolder } from './fixtures/served.js'

it('makes the film that the parameters ask for', async () => {
  await using app = createApp(resolveConfig())
  await using folder = await temporaryFolder()
  await using served = await serveTap(dicetalkTap(folder.path, app.catalogue.film()))
  const audio = encodeWav(await readClip('speech-en-3s'), 16_000)
  const parameters = { emotion: 'happy', duration: '1', fps: '10', min_resolution: '128', seed: '1' }
  const body = formOf({ image: await readFile(PORTRAIT), audio, ...parameters })
  const tasks = `${served.base}/api/v1/synthesis`
  const started = await fetch(`${tasks}/start`, { method: 'POST', body })
  const { task_id: id } = (await started.json()) as { task_id: string }
  const steps: number[] = []
  for (;;) {
    const status = await (await fetch(`${tasks}/${id}/status`)).json()
    const {
      status: state,
      progress,
      message,
    } = status as { status: string; progress: number; message: string }
    expect([state, message]).not.toEqual(['FAILED', message])
    steps.push(progress)
    if (state === 'COMPLETED') break
    await delay(10)
  }
  expect(steps).toEqual(steps.toSorted((a, b) => a - b))
  expect(new Set(steps).size).toBeGreaterThan(3)
  const path = join(folder.path, 'film.mp4')
  await writeFile(path, new Uint8Array(await (await fetch(`${tasks}/${id}/download`)).arrayBuffer()))
  const film = await readFilm(path)
  expect(film.pictures).toHaveLength(10)
  expect(film.audioDuration).toBeCloseTo(1, 1)
})
