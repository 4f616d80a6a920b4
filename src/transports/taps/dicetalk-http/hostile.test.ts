import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { dicetalkTap, formOf, serveTap, temporaryFolder } from './fixtures/served.js'
import { ScriptedFilm } from './fixtures/scripted-film.js'

describe('hostile bodies', () => {
  it('are refused, and leave nothing behind', async () => {
    await using folder = await temporaryFolder()
    const film = new ScriptedFilm()
    await using served = await serveTap(dicetalkTap(folder.path, film))
    const image = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#123' } })
      .png()
      .toBuffer()
    // Without a sound, so that even what stays whole is refused, if last of all.
    const form = formOf({ image, audio: new Uint8Array(1600), emotion: 'sad', fps: '24' })
    const sent = new Response(form)
    const type = sent.headers.get('content-type')!
    const whole = new Uint8Array(await sent.arrayBuffer())
    let seed = 7
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0
      return Math.floor((seed / 2 ** 32) * below)
    }
    const statuses = new Map<number, number>()
    for (let n = 0; n < 1500; n++) {
      const body = new Uint8Array(n % 3 === 0 ? whole.subarray(0, 1 + random(whole.length)) : whole)
      // Headers are hit more often than what is in the files.
      for (let k = random(8); k > 0; k--)
        body[random(k % 2 === 0 ? body.length : Math.min(body.length, 400))] = random(256)
      const headers = { 'content-type': n % 50 === 0 ? `${type.slice(0, -3)}xyz` : type }
      const answer = await fetch(`${served.base}/api/v1/synthesis/start`, { method: 'POST', body, headers })
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
      const content = (await answer.json()) as Record<string, unknown>
      expect(content).toEqual({ error: expect.any(String) as string })
    }
    expect([...statuses.keys()].toSorted()).toEqual([400, 422])
    expect(film.requests).toEqual([])
    expect(await readdir(join(folder.path, 'jobs', '.incoming'))).toEqual([])
    expect(await (await fetch(`${served.base}/api/health`)).json()).toMatchObject({ status: 'healthy' })
  })
})
