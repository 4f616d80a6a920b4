import { afterEach, describe, expect, it } from 'vitest'
import { InputError, UnavailableError } from '../errors.js'
import { createGateway, type RequestReport } from './gateway.js'
import { listen, type Listening } from './listen.js'
import { createMetrics } from './ops/metrics.js'

function gateway(reason: string | null = null) {
  const requests: RequestReport[] = []
  const unexpected: unknown[] = []
  const metrics = createMetrics()
  const app = createGateway({
    version: '1.2.3',
    metrics,
    notReady: () => reason,
    info: () => ({ name: 'phiz', version: '1.2.3' }),
    onRequest: (report) => requests.push(report),
    onUnexpectedError: (error) => unexpected.push(error),
  })
  return { app, metrics, requests, unexpected }
}

describe('the gateway', () => {
  it('lives, and is ready when nothing is missing', async () => {
    const { app } = gateway()
    expect(await (await app.request('/healthz')).json()).toEqual({ status: 'ok' })
    expect(await (await app.request('/readyz')).json()).toEqual({ status: 'ready' })
    expect(await (await app.request('/v1/info')).json()).toEqual({ name: 'phiz', version: '1.2.3' })
  })

  it('says what it is waiting for while it is not ready', async () => {
    const answer = await gateway('The voice is loading.').app.request('/readyz')
    expect(answer.status).toBe(503)
    expect(await answer.json()).toEqual({ status: 'not-ready', reason: 'The voice is loading.' })
  })

  it('shows turns in Prometheus form', async () => {
    const { app, metrics } = gateway()
    const packet = { type: 'packet-emit', turn: 'a', timestamp: 0, duration: 40_000 } as const
    metrics.telemetry({ type: 'turn-start', turn: 'a', at: 0 })
    metrics.telemetry({ ...packet, at: 30_000, stage: 'speech', kind: 'audio' })
    metrics.telemetry({ ...packet, at: 90_000, stage: 'video', kind: 'frame' })
    const work = { type: 'stage-work', turn: 'a', at: 90_000, stage: 'video' } as const
    metrics.telemetry({ ...work, busy: 50_000, media: 0 })
    metrics.telemetry({ ...work, busy: 40_000, media: 40_000 })
    metrics.telemetry({ type: 'packet-drop', turn: 'a', at: 1, stage: 'video', kind: 'frame', timestamp: 0 })
    metrics.telemetry({ type: 'model-step', at: 1, model: 'visemes', busy: 700 })
    const during = await (await app.request('/metrics')).text()
    expect(during).toMatch(/^phiz_turns_live 1$/m)
    metrics.telemetry({ type: 'turn-end', turn: 'a', at: 100_000, outcome: 'completed' })

    const answer = await app.request('/metrics')
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/)
    const text = await answer.text()
    expect(text).toMatch(/^phiz_turns_live 0$/m)
    expect(text).toMatch(/^phiz_turns_total\{outcome="completed"\} 1$/m)
    expect(text).toMatch(/^phiz_first_audio_ms_sum 30$/m)
    expect(text).toMatch(/^phiz_first_frame_ms_sum 90$/m)
    expect(text).toMatch(/^phiz_dropped_frames_total 1$/m)
    expect(text).toMatch(/^phiz_model_step_ms_sum\{model="visemes"\} 0\.7$/m)
    expect(text).toMatch(/^phiz_realtime_factor_sum\{stage="video"\} 2\.25$/m)
    expect(text).toMatch(/^process_cpu_seconds_total /m)
    metrics.close()
  })

  it('answers unknown paths and errors in one form, and keeps the text of unexpected ones to itself', async () => {
    const { app, requests, unexpected } = gateway()
    app.get('/bad', () => {
      throw new InputError('fps is 7; expected 8 to 60')
    })
    app.get('/gone', () => {
      throw new UnavailableError('The voice is not installed.', { retryable: true })
    })
    app.get('/broken', () => {
      throw new TypeError('secret detail')
    })
    const answers = await Promise.all(
      ['/nowhere?token=1', '/bad', '/gone', '/broken'].map(async (path) => {
        const answer = await app.request(path)
        return [answer.status, await answer.json()]
      }),
    )
    expect(answers).toEqual([
      [404, { error: { code: 'not-found', message: 'There is nothing at GET /nowhere.' } }],
      [400, { error: { code: 'invalid-input', message: 'fps is 7; expected 8 to 60', retryable: false } }],
      [503, { error: { code: 'unavailable', message: 'The voice is not installed.', retryable: true } }],
      [500, { error: { code: 'internal', message: 'Something went wrong inside phiz.', retryable: false } }],
    ])
    expect(unexpected).toMatchObject([{ message: 'secret detail' }])
    expect(requests.map(({ path, status }) => [path, status])).toEqual(
      expect.arrayContaining([
        ['/nowhere', 404],
        ['/bad', 400],
      ]),
    )
    expect(JSON.stringify(requests)).not.toContain('token')
  })
})

describe('listen', () => {
  const open: Listening[] = []
  const start = async (port: number): Promise<Listening> => {
    const listening = await listen({
      host: '127.0.0.1',
      port,
      title: 'The gateway',
      fetch: () => new Response('hello'),
    })
    open.push(listening)
    return listening
  }
  afterEach(async () => {
    await Promise.all(open.splice(0).map((listening) => listening.close()))
  })

  it('serves on a real socket and closes it, open connections included', async () => {
    const { port, close } = await start(0)
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('hello')
    await close()
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow()
  })

  it('names a port that is in use', async () => {
    const { port } = await start(0)
    await expect(start(port)).rejects.toThrow(
      `The gateway cannot listen on 127.0.0.1:${port}: the port is in use. Stop what uses it, or choose another port.`,
    )
  })

  it('names an address that this machine does not have', async () => {
    await expect(
      listen({ host: '192.0.2.1', port: 0, title: 'The gateway', fetch: () => new Response() }),
    ).rejects.toThrow(/192\.0\.2\.1:0: this machine has no such address/)
  })
})
