import { afterEach, describe, expect, it } from 'vitest'
import { UnavailableError } from '../../../errors.js'
import { encodeWav } from '../../../media/wav.js'
import type { Catalogue } from '../../../stages/catalogue.js'
import { ScriptedVoice } from './fixtures/scripted-voice.js'
import { serveTap, type Server } from './fixtures/server.js'
import type { IndexttsOptions } from './tap.js'

const UUID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/

let server: Server | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

async function serve(catalogue: Catalogue, options?: IndexttsOptions): Promise<Server> {
  server = await serveTap(catalogue, options)
  return server
}

describe('a request', () => {
  it('is answered as the document says, several times on one connection', async () => {
    const { connect } = await serve(new ScriptedVoice({ isHeld: false }).catalogue)
    const client = await connect()
    expect(client.sessionId).toMatch(UUID)
    const ids = new Set<unknown>()
    for (let round = 0; round < 3; round++) {
      const [queued, start, wav, end, ...more] = await client.speak({ text: 'One.', prompt_audio: '' })
      const task_id = (queued as Record<string, unknown>)['task_id']
      expect(task_id).toMatch(UUID)
      ids.add(task_id)
      const both = { task_id, session_id: client.sessionId }
      expect(queued).toEqual({ type: 'queued', ...both, message: '任务已加入队列，等待处理' })
      expect(start).toEqual({ type: 'start', ...both, message: '开始生成音频' })
      expect(Buffer.isBuffer(wav)).toBe(true)
      expect(end).toEqual({ type: 'end', ...both, message: '生成完成' })
      expect(more).toEqual([])
    }
    expect(ids.size).toBe(3)
  })

  it('gives the voice’s sound, unchanged at its own rate and brought to it from another', async () => {
    const voice = new ScriptedVoice({ isHeld: false, seconds: 1 })
    const client = await (await serve(voice.catalogue)).connect()
    const wav = await client.wav({ text: 'One.' })
    expect(wav.equals(encodeWav(voice.sound(), 22_050))).toBe(true)
    await server?.close()

    const other = new ScriptedVoice({ isHeld: false, seconds: 1, sampleRate: 24_000 })
    const resampled = await (await (await serve(other.catalogue)).connect()).wav({ text: 'One.' })
    expect(resampled).toHaveLength(wav.length)
    let difference = 0
    for (let at = 44; at < 44 + 2 * 12_000; at += 2) {
      difference = Math.max(difference, Math.abs(resampled.readInt16LE(at) - wav.readInt16LE(at)))
    }
    // The first samples ring: the tone begins out of nothing.
    expect(difference).toBeLessThan(1000)
  })

  it.each([0, 200, 1000])(
    'streams pieces that make up the whole, with %i ms between sentences',
    async (interval) => {
      const voice = new ScriptedVoice({ isHeld: false, seconds: 0.9, sampleRate: 24_000 })
      const client = await (await serve(voice.catalogue)).connect()
      const request = { text: 'One. Two. Three.', interval_silence: interval }
      const whole = await client.wav(request)
      const pieces = (await client.speak({ ...request, stream: true })).filter((one) => Buffer.isBuffer(one))
      expect(pieces.length).toBeGreaterThanOrEqual(3)
      for (const piece of pieces) expect(piece.readUInt32LE(40)).toBe(piece.length - 44)
      expect(Buffer.concat(pieces.map((piece) => piece.subarray(44))).equals(whole.subarray(44))).toBe(true)
      const seconds = (whole.length - 44) / 44_100
      expect(seconds).toBeCloseTo(3 * 0.9 + 2 * ((interval - 200) / 1000), 3)
    },
  )

  it('leaves the voice alone, but for what it asks for', async () => {
    const voice = new ScriptedVoice({ isHeld: false })
    const numbers = [1, 0.5, 0.5, 0]
    const client = await (await serve(voice.catalogue, { random: () => numbers.shift()! })).connect()
    const emo_vector = [0.8, 0, 0, 0, 0, 0, 0.2, 0]
    const feeling = { emo_mode: 'vector', emo_vector }
    for (const fields of [{}, feeling, { use_random: true }, { use_random: true, ...feeling }]) {
      await client.wav({ text: 'One.', ...fields })
    }
    const [none, felt, first, second] = voice.styles
    expect(none).toBeUndefined()
    expect(felt).toEqual({ emotion: emo_vector })
    expect(first).toEqual({ pitch: 0.7, rate: 1 })
    expect(second).toEqual({ pitch: 0, rate: 1 / 1.05, emotion: emo_vector })
  })

  it('that cannot be served becomes a failed task, and the connection stays usable', async () => {
    const { connect } = await serve(new ScriptedVoice({ isHeld: false }).catalogue)
    const client = await connect()
    const [error] = await client.speak({ text: '', prompt_audio: 'a.wav' })
    expect(error).toMatchObject({ status: 'error', session_id: client.sessionId, message: '缺少有效的 text' })
    const taskId = String((error as Record<string, unknown>)['task_id'])
    expect(await client.status(taskId)).toMatchObject({ status: 'failed', error_message: '缺少有效的 text' })
    expect(await client.wav({ text: 'One.' })).toHaveLength(44 + 2 * 2205)
  })

  it.each(['/nowhere/a.wav', '/dev/zero', '/', 'a\0b', '../../../../etc/passwd', 'http://127.0.0.1:9/a.wav'])(
    'fails for a recording that is none: %j',
    async (prompt_audio) => {
      const { connect, unexpected } = await serve(new ScriptedVoice({ isHeld: false }).catalogue)
      const client = await connect()
      const last = (await client.speak({ text: 'One.', prompt_audio })).at(-1)
      expect(last).toMatchObject({ status: 'error', message: expect.stringMatching(/^推理失败: /) as string })
      expect(unexpected).toEqual([])
    },
  )

  it('for a voice that is not there tells the client little and the server all', async () => {
    const missing = new UnavailableError('The voice is not installed.')
    const { catalogue } = new ScriptedVoice()
    const { connect, unexpected } = await serve({ ...catalogue, speech: () => Promise.reject(missing) })
    const client = await connect()
    expect((await client.speak({ text: 'One.' })).at(-1)).toMatchObject({
      status: 'error',
      message: '模型加载失败',
    })
    expect(unexpected).toEqual([missing])
  })

  it('that meets a bug tells nothing of it', async () => {
    const bug = new TypeError('secret is undefined')
    const { catalogue } = new ScriptedVoice()
    const { connect, unexpected } = await serve({ ...catalogue, speech: () => Promise.reject(bug) })
    const client = await connect()
    const error = (await client.speak({ text: 'One.' })).at(-1) as Record<string, unknown>
    expect(error['message']).toBe('推理失败')
    expect((await client.status(String(error['task_id'])))['error_message']).toBe('推理失败')
    expect(unexpected).toEqual([bug])
  })
})

describe('the queue', () => {
  it('takes one task at a time, in order of arrival over all clients', async () => {
    const voice = new ScriptedVoice()
    const { connect } = await serve(voice.catalogue)
    const clients = [await connect(), await connect(), await connect()]
    const names = Array.from({ length: 9 }, (_, place) => `Number ${place}.`)
    for (const [place, text] of names.entries()) await clients[place % 3]!.ask({ text })
    await voice.begins(names[0]!)
    // The later ones could all be spoken at once: only the queue holds them.
    for (const text of names.toReversed()) voice.release(text)
    for (const client of clients) for (let left = 3; left > 0;) if (isEnd(await client.take())) left -= 1
    expect(voice.begun).toEqual(names)
    expect(voice.mostOpen).toBe(1)
  })

  it('refuses what it has no room for, without harm to the others', async () => {
    const voice = new ScriptedVoice()
    const { connect } = await serve(voice.catalogue, { queueLimit: 2 })
    const client = await connect()
    for (const text of ['One.', 'Two.', 'Three.']) await client.ask({ text })
    const other = await connect()
    expect(await other.speak({ text: 'Four.' })).toMatchObject([
      { status: 'error', message: '任务队列已满，请稍后重试' },
    ])
    for (const text of ['One.', 'Two.', 'Three.']) voice.release(text)
    for (let left = 3; left > 0;) if (isEnd(await client.take())) left -= 1
    expect(voice.begun).toEqual(['One.', 'Two.', 'Three.'])
  })

  it('lets others pass a client that does not read, and keeps what is its', async () => {
    const voice = new ScriptedVoice({ seconds: 300 })
    const { connect } = await serve(voice.catalogue, { mostUntakenBytes: 1_000_000 })
    const [slow, quick] = [await connect(), await connect()]
    const first = await slow.ask({ text: 'Slow one.' })
    const second = await slow.ask({ text: 'Slow two.' })
    slow.socket.pause()
    for (const text of ['Slow one.', 'Slow two.', 'Quick.']) voice.release(text)
    for (let round = 0; round < 2; round++) await quick.wav({ text: 'Quick.' })
    expect((await quick.status(first))['status']).toBe('completed')
    expect((await quick.status(second))['status']).toBe('pending')
    slow.socket.resume()
    const wavs: number[] = []
    for (let left = 2; left > 0;) {
      const message = await slow.take()
      if (Buffer.isBuffer(message)) wavs.push(message.length)
      if (isEnd(message)) left -= 1
    }
    expect(wavs).toEqual([44 + 300 * 44_100, 44 + 300 * 44_100])
  })
})

describe('a client that leaves', () => {
  it('cancels its running and its waiting tasks, and no one else’s', async () => {
    const voice = new ScriptedVoice()
    const { connect, outcomes, unexpected } = await serve(voice.catalogue)
    const [leaving, staying] = [await connect(), await connect()]
    const running = await leaving.ask({ text: 'Running.' })
    const waiting = await leaving.ask({ text: 'Waiting.' })
    const mine = await staying.ask({ text: 'Mine.' })
    await voice.begins('Running.')
    expect((await staying.status(running))['status']).toBe('running')
    expect((await staying.status(waiting))['status']).toBe('pending')
    await leaving.leave()
    await voice.begins('Mine.')
    for (const id of [running, waiting]) {
      expect(await staying.status(id)).toMatchObject({
        status: 'cancelled',
        completed_at: expect.any(String) as string,
        error_message: null,
      })
    }
    expect((await staying.status(mine))['status']).toBe('running')
    voice.release('Mine.')
    while (!isEnd(await staying.take()));
    expect(voice.begun).toEqual(['Running.', 'Mine.'])
    expect(voice.stopped).toEqual(['Running.'])
    expect(outcomes).toEqual(['cancelled', 'completed'])
    expect(unexpected).toEqual([])
  })

  it('gives its place in the queue back', async () => {
    const voice = new ScriptedVoice()
    const { connect } = await serve(voice.catalogue, { queueLimit: 1 })
    const [staying, leaving] = [await connect(), await connect()]
    await staying.ask({ text: 'Mine.' })
    const waiting = await leaving.ask({ text: 'Waiting.' })
    await leaving.leave()
    while ((await staying.status(waiting))['status'] === 'pending');
    await staying.ask({ text: 'Mine too.' })
    for (const text of ['Mine.', 'Mine too.']) voice.release(text)
    for (let left = 2; left > 0;) if (isEnd(await staying.take())) left -= 1
    expect(voice.begun).toEqual(['Mine.', 'Mine too.'])
  })

  it('is one of all when the server stops: nothing runs on', async () => {
    const voice = new ScriptedVoice()
    const { connect, close, outcomes } = await serve(voice.catalogue)
    const client = await connect()
    await client.ask({ text: 'One.' })
    await client.ask({ text: 'Two.' })
    await voice.begins('One.')
    await close()
    server = undefined
    expect(voice).toMatchObject({ open: 0, begun: ['One.'], stopped: ['One.'] })
    expect(outcomes).toEqual(['cancelled'])
  })
})

describe('task_status', () => {
  it('tells state and times, and forgets a task five minutes after its end', async () => {
    let now = new Date(2024, 10, 4, 10, 30, 0).getTime()
    const voice = new ScriptedVoice()
    const { connect } = await serve(voice.catalogue, { now: () => now })
    const [client, other] = [await connect(), await connect()]
    const id = await client.ask({ text: 'One.' })
    const report = {
      type: 'task_status',
      session_id: client.sessionId,
      task_id: id,
      created_at: '2024-11-04T10:30:00.000000',
      error_message: null,
    }
    expect(await client.status(id)).toEqual({ ...report, status: 'running', completed_at: null })
    now += 5678.5
    voice.release('One.')
    while (!isEnd(await client.take()));
    const done = { ...report, status: 'completed', completed_at: '2024-11-04T10:30:05.678500' }
    expect(await client.status(id)).toEqual(done)
    now += 5 * 60_000 - 1
    expect(await other.status(id)).toEqual({ ...done, session_id: other.sessionId })
    now += 1
    expect(await client.status(id)).toEqual({
      status: 'error',
      session_id: client.sessionId,
      message: `任务不存在: ${id}`,
    })
  })
})

function isEnd(message: unknown): boolean {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === 'end'
}
