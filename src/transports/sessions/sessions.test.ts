import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { connectConverse } from '../../client/client.js'
import { encodePcm } from '../../media/wav.js'
import { PATIENCE, servedForEachTest } from '../converse/fixtures/each-test.js'
import { ScriptedLine, SAMPLE_RATE } from '../converse/fixtures/scripted-line.js'
import { Seats } from '../converse/seats.js'
import { allFrames } from '../taps/musetalk-http/fixtures/mjpeg-reader.js'

const serve = servedForEachTest(afterEach)

interface Created {
  readonly session: string
  readonly token: string
  readonly url: string
  readonly taps: Readonly<Record<'audio' | 'motion' | 'frames', string>>
  readonly expires: string
}

async function create(http: string, settings?: object): Promise<Created> {
  const answer = await fetch(`${http}/v1/sessions`, {
    method: 'POST',
    ...(settings && { body: JSON.stringify(settings) }),
  })
  expect(answer.status).toBe(201)
  const created = (await answer.json()) as Created
  expect(answer.headers.get('location')).toBe(`/v1/sessions/${created.session}`)
  return created
}

async function problem(answer: Promise<Response>): Promise<unknown[]> {
  const { status, headers, ...rest } = await answer.then(async (one) => ({
    status: one.status,
    headers: one.headers,
    body: (await one.json()) as { error: { code: string; message: string } },
  }))
  return [status, rest.body.error.code, rest.body.error.message, headers.get('retry-after')]
}

/** Server-sent events as [name, data]. */
function sseOf(text: string): [string, Record<string, unknown>][] {
  return text
    .split('\n\n')
    .map((block) => /^event: (.*)\ndata: (.*)$/.exec(block))
    .filter((match) => match !== null)
    .map((match) => [match[1]!, JSON.parse(match[2]!) as Record<string, unknown>])
}

/** What comes until it is enough, or the stream ends. */
async function readUntil({ body }: Response, isEnough: (bytes: Buffer) => boolean): Promise<Buffer> {
  const reader = (body as ReadableStream<Uint8Array>).getReader()
  let all = Buffer.alloc(0)
  for (;;) {
    const { done, value } = await reader.read()
    if (value !== undefined) all = Buffer.concat([all, value])
    if (!done && !isEnough(all)) continue
    reader.releaseLock()
    return all
  }
}

describe('a session over HTTP', () => {
  it('is begun with settings, found, connected to, and ended', async () => {
    const line = new ScriptedLine()
    const { http, url } = await serve(line)
    const {
      session,
      token,
      url: path,
      taps,
      expires,
    } = await create(http, { quality: 44, streams: ['audio'] })
    expect(path).toBe(`/v1/converse?session=${session}&token=${token}`)
    expect(taps).toEqual({
      audio: `/v1/sessions/${session}/taps/audio`,
      motion: `/v1/sessions/${session}/taps/motion`,
      frames: `/v1/sessions/${session}/taps/frames`,
    })
    expect(Date.parse(expires)).toBeGreaterThan(Date.now())
    const state = async (): Promise<unknown> => (await fetch(`${http}/v1/sessions/${session}`)).json()
    expect(await state()).toMatchObject({
      session,
      attached: false,
      expires,
      turn: null,
      settings: { quality: 44, streams: ['audio'] },
      engines: { speech: 'scripted' },
      watchers: 0,
      taps,
    })

    const client = await connectConverse({ url, WebSocket, resume: { session, token, received: 0 } })
    expect(client.session).toMatchObject({ session, resumed: true, settings: { quality: 44 } })
    expect(await state()).toMatchObject({ attached: true, expires: null })
    const heard: string[] = []
    client.on('packet', ({ kind }) => heard.push(kind))
    const ended = new Promise((resolve) => client.on('turn-end', resolve))
    client.say('Tone 440.')
    await ended
    expect(heard).toEqual(Array(5).fill('audio'))

    const closed = new Promise((resolve) => client.on('close', (code) => resolve(code)))
    const end = (key: string): Promise<Response> =>
      fetch(`${http}/v1/sessions/${session}?token=${key}`, { method: 'DELETE' })
    expect((await end('wrong')).status).toBe(404)
    expect((await end(token)).status).toBe(204)
    expect(await closed).toBe(1000)
    expect((await end(token)).status).toBe(404)
  })

  it('that nobody comes to is over in time', async () => {
    const { http } = await serve(new ScriptedLine(), { resumeSeconds: 0.05 })
    const { session } = await create(http)
    await expect.poll(async () => (await fetch(`${http}/v1/sessions/${session}`)).status, PATIENCE).toBe(404)
  })

  it('is refused in words', async () => {
    const { http } = await serve(new ScriptedLine(), { seats: new Seats(1) })
    const post = (body: string): Promise<unknown[]> =>
      problem(fetch(`${http}/v1/sessions`, { method: 'POST', body }))
    expect(await post('{')).toEqual([400, 'invalid-input', 'The body is not valid JSON.', null])
    expect(await post('[]')).toEqual([
      400,
      'invalid-input',
      'The body is []; it must be a JSON object.',
      null,
    ])
    expect(await post('{"fps":7}')).toEqual([
      400,
      'invalid-input',
      'fps is 7; it must be a number from 8 to 60.',
      null,
    ])
    expect(await post('{"colour":"red"}')).toEqual([
      400,
      'invalid-input',
      'colour is unknown here; leave it out.',
      null,
    ])
    expect((await post(`{"avatar":"${'x'.repeat(70_000)}"}`))[0]).toBe(413)
    await create(http)
    expect(await post('')).toEqual([503, 'overload', 'All 1 conversations are taken; try again later.', '1'])
    const get = (path: string, method = 'GET'): Promise<unknown[]> =>
      problem(fetch(`${http}/v1/sessions${path}`, { method }))
    expect((await get('/nobody')).slice(0, 2)).toEqual([404, 'not-found'])
    expect((await get('/nobody/taps/audio')).slice(0, 2)).toEqual([404, 'not-found'])
    expect(await get('')).toEqual([405, 'invalid-input', 'GET is not allowed here; POST is.', null])
    expect(await get('/nobody', 'PUT')).toEqual([
      405,
      'invalid-input',
      'PUT is not allowed here; GET and DELETE are.',
      null,
    ])
  })

  it('is described', async () => {
    const { http } = await serve(new ScriptedLine())
    const { paths } = (await (await fetch(`${http}/openapi.json`)).json()) as {
      paths: Record<string, object>
    }
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining([
        '/v1/sessions',
        '/v1/sessions/{id}',
        '/v1/sessions/{id}/taps/audio',
        '/v1/sessions/{id}/taps/motion',
        '/v1/sessions/{id}/taps/frames',
      ]),
    )
  })
})

describe('watching a session', () => {
  it('gives its sound, its motion and its pictures as the client gets them, and ends with it', async () => {
    const { talk, http } = await serve(new ScriptedLine({ seconds: 0.5 }))
    const talker = await talk()
    const tap = (name: string): Promise<Response> =>
      fetch(`${http}/v1/sessions/${talker.client.session.session}/taps/${name}`)
    const [wav, pcm] = await Promise.all([tap('audio'), tap('audio?format=pcm')])
    const [motion, frames] = await Promise.all([tap('motion'), tap('frames')])
    expect([wav, pcm, motion, frames].map(({ headers }) => headers.get('content-type'))).toEqual([
      'audio/wav',
      `audio/pcm; rate=${SAMPLE_RATE}; encoding=s16le; channels=1`,
      'text/event-stream; charset=utf-8',
      'multipart/x-mixed-replace; boundary=frame',
    ])
    talker.client.say('Tone 440.')
    await talker.until(({ type }) => type === 'turn-end')
    const sent = Buffer.concat(talker.packets('audio').map(({ samples }) => Buffer.from(encodePcm(samples))))
    const pictures = allFrames(frames)
    const [wavBytes, pcmBytes, words] = await Promise.all([
      readUntil(wav, (bytes) => bytes.length >= 44 + sent.length),
      readUntil(pcm, (bytes) => bytes.length >= sent.length),
      readUntil(motion, (bytes) => bytes.includes('event: turn-end')),
    ])
    talker.client.close()

    expect(Buffer.compare(pcmBytes, sent)).toBe(0)
    expect([wavBytes.toString('latin1', 0, 4), wavBytes.readUInt32LE(24)]).toEqual(['RIFF', SAMPLE_RATE])
    expect(Buffer.compare(wavBytes.subarray(44), sent)).toBe(0)

    const told = sseOf(words.toString())
    expect(told.map(([name]) => name).filter((name) => name !== 'motion')).toEqual([
      'turn-start',
      'caption',
      'caption',
      'turn-end',
    ])
    const weights = told.filter(([name]) => name === 'motion').map(([, data]) => data)
    expect(weights.map(({ index }) => index)).toEqual(Array.from({ length: 15 }, (_, index) => index))
    expect(weights[0]).toMatchObject({ turn: 1, timestamp: 0, rotation: [0, 0, 0] })
    expect(weights[0]!['weights']).toHaveLength(52)
    const shown = await pictures
    expect(shown.length).toBeGreaterThan(0)
    expect(shown.length).toBeLessThanOrEqual(15)
    // All streams are at their end.
    await Promise.all([wav, pcm, motion].map((one) => readUntil(one, () => false)))
  })

  it('shows pictures that its client does not want', async () => {
    const line = new ScriptedLine({ seconds: 0.5 })
    const { talk, http } = await serve(line)
    const talker = await talk()
    talker.client.set({ streams: ['audio'] })
    await talker.until(({ type }) => type === 'setting-change')
    talker.client.say('Tone 440.')
    await talker.until(({ type }) => type === 'turn-end')
    expect(line.looks).toEqual([])

    const frames = await fetch(`${http}/v1/sessions/${talker.client.session.session}/taps/frames`)
    const pictures = allFrames(frames)
    talker.client.say('Tone 440.')
    await talker.until((event) => event.type === 'turn-end' && event.turn === 2)
    expect(line.looks).toHaveLength(15)
    talker.client.close()
    expect((await pictures).length).toBeGreaterThan(0)
    expect(talker.packets('frame')).toEqual([])
    expect(talker.packets('audio')).toHaveLength(10)
  })

  it('costs the line nothing where the watcher does not read', async () => {
    const line = new ScriptedLine({ seconds: 10, frameBytes: 60_000 })
    const { talk, http } = await serve(line)
    const talker = await talk()
    const { session } = talker.client.session
    const watchers = await Promise.all(
      ['audio', 'motion', 'frames'].map((name) => fetch(`${http}/v1/sessions/${session}/taps/${name}`)),
    )
    talker.client.say('Tone 440.')
    await talker.until(({ type }) => type === 'turn-end')
    expect(talker.packets('frame')).toHaveLength(300)
    for (const watcher of watchers) await watcher.body?.cancel()
    const count = async (): Promise<unknown> =>
      ((await (await fetch(`${http}/v1/sessions/${session}`)).json()) as { watchers: number }).watchers
    await expect.poll(count, PATIENCE).toBe(0)
  })

  it('stops showing a turn that is cut short', async () => {
    const line = new ScriptedLine({ seconds: 60 })
    const { talk, http } = await serve(line)
    const talker = await talk()
    const motion = await fetch(`${http}/v1/sessions/${talker.client.session.session}/taps/motion`)
    talker.client.say('Tone 440.')
    await talker.until(({ type }) => type === 'stats')
    talker.client.interrupt()
    await talker.until(({ type }) => type === 'turn-cancel')
    talker.client.close()
    const told = sseOf(await motion.text()).map(([name]) => name)
    expect(told.slice(-2)).toEqual(['turn-cancel', 'end'])
    expect(told.filter((name) => name === 'turn-cancel')).toHaveLength(1)
  })

  it('is for sixteen at once; HEAD takes no place', async () => {
    const { talk, http } = await serve(new ScriptedLine())
    const talker = await talk()
    const path = `${http}/v1/sessions/${talker.client.session.session}/taps/motion`
    expect((await fetch(path, { method: 'HEAD' })).headers.get('content-type')).toMatch(/^text\/event-stream/)
    const watchers = await Promise.all(Array.from({ length: 16 }, () => fetch(path)))
    await Promise.all(watchers.map((one) => readUntil(one, () => true)))
    expect(await problem(fetch(path))).toEqual([
      503,
      'overload',
      '16 watch this session, as many as may; try again later.',
      '1',
    ])
    await watchers[0]!.body?.cancel()
    await expect
      .poll(async () => {
        const answer = await fetch(path)
        await answer.body?.cancel()
        return answer.status
      }, PATIENCE)
      .toBe(200)
  })
})

it('fifty sessions come and go, each in its own way, and leave nothing behind', async () => {
  const line = new ScriptedLine({ seconds: 60 })
  line.beforePacket = () => sleep(5)
  const seats = new Seats(8)
  const { talk, http, breakConnections, unexpected } = await serve(line, { seats, resumeSeconds: 0 })
  for (let round = 0; round < 10; round += 1) {
    const talkers = await Promise.all(Array.from({ length: 5 }, () => talk({ resume: false })))
    const { session } = talkers[0]!.client.session
    const watcher = await fetch(`${http}/v1/sessions/${session}/taps/audio`)
    for (const talker of talkers) talker.client.say('Tone 440.')
    await Promise.all(talkers.map((talker) => talker.until(({ type }) => type === 'stats')))
    for (const talker of talkers.slice(0, round % 5)) talker.client.close()
    breakConnections()
    await watcher.arrayBuffer().catch(() => undefined)
    await expect.poll(() => [seats.taken, line.open], PATIENCE).toEqual([0, 0])
  }
  expect(unexpected).toEqual([])
})
