import { describe, expect, it } from 'vitest'
import { ModelLoadError } from '../../errors.js'
import { fakeExpression } from '../../testing/fake-stages.js'
import { dicetalkTap, serveTap, temporaryFolder, type Served } from './dicetalk-http/fixtures/served.js'
import { createLamTap } from './lam-http/tap.js'
import { sharePort } from './shared-port.js'
import type { TapServices } from './tap.js'

function serve(folder: string, options: { lam?: boolean; dicetalk?: boolean } = {}): Promise<Served> {
  const { lam = true, dicetalk = true } = options
  const missing = (): Promise<never> => Promise.reject(new ModelLoadError('The model is missing.'))
  const services = {
    catalogue: { expression: lam ? () => Promise.resolve(fakeExpression()) : missing },
    telemetry: () => undefined,
    onUnexpectedError: (error: unknown) => {
      throw error
    },
  } as unknown as TapServices
  const film = dicetalk ? {} : { film: missing }
  return serveTap(
    sharePort(createLamTap(services, { gpuAvailable: true }), dicetalkTap(folder, undefined, film)),
  )
}

async function json(url: string, init?: RequestInit): Promise<Record<string, unknown>> {
  return (await (await fetch(url, init)).json()) as Record<string, unknown>
}

describe('LAM-A2E and DICE-Talk on one port', () => {
  it('answer together where both have something to say', async () => {
    await using folder = await temporaryFolder()
    await using served = await serve(folder.path)
    const { base } = served
    let health = await json(`${base}/api/health`)
    while (health['status'] !== 'healthy') health = await json(`${base}/api/health`)
    expect(health).toEqual({
      ...{ status: 'healthy', model_loaded: true, gpu_available: true, sessions: 0, version: '1.0.0' },
    })
    expect(await json(base)).toEqual({
      service: 'LAM-A2E API',
      version: '1.0.0',
      endpoints: {
        infer: '/api/infer',
        stream_init: '/api/infer_stream_init',
        stream_chunk: '/api/infer_stream_chunk',
        health: '/api/health',
        synthesis_start: '/api/v1/synthesis/start',
        synthesis_status: '/api/v1/synthesis/{task_id}/status',
        synthesis_download: '/api/v1/synthesis/{task_id}/download',
      },
    })
  })

  it.each([
    [{ lam: false }, 'not_ready'],
    [{ dicetalk: false }, 'unhealthy'],
    [{ lam: false, dicetalk: false }, 'not_ready'],
  ])('are healthy only together: %j', async (missing, status) => {
    await using folder = await temporaryFolder()
    await using served = await serve(folder.path, missing)
    expect(await json(`${served.base}/api/health`)).toMatchObject({ status, model_loaded: false })
  })

  it('answer at their own paths, each in its own form', async () => {
    await using folder = await temporaryFolder()
    await using served = await serve(folder.path)
    const { base } = served
    const post = { method: 'POST' }
    expect(await json(`${base}/api/infer_stream_init`, post)).toMatchObject({ id_idx: 0 })
    expect(await json(`${base}/api/v1/synthesis/x/status`)).toEqual({ error: 'Task not found' })
    expect(await json(`${base}/api/v1/synthesis/start`)).toEqual({ error: 'Method Not Allowed' })
    expect(await json(`${base}/api/v1/synthesis/start`, post)).toEqual({
      error: expect.stringContaining('multipart/form-data') as string,
    })
    for (const path of ['/api/infer', '/nothing']) {
      expect(await json(base + path)).toEqual({ detail: expect.any(String) as string })
    }
    expect((await fetch(`${base}/api/health`, post)).status).toBe(405)
  })

  it('describe themselves together', async () => {
    await using folder = await temporaryFolder()
    await using served = await serve(folder.path)
    const description = await json(`${served.base}/openapi.json`)
    expect(Object.keys(description['paths'] as object).toSorted()).toEqual([
      '/',
      '/api/health',
      '/api/infer',
      '/api/infer_stream_chunk',
      '/api/infer_stream_close/{session_id}',
      '/api/infer_stream_init',
      '/api/v1/synthesis/start',
      '/api/v1/synthesis/{task_id}/cancel',
      '/api/v1/synthesis/{task_id}/download',
      '/api/v1/synthesis/{task_id}/status',
    ])
    const { schemas } = description['components'] as { schemas: Record<string, unknown> }
    const references = new Set(JSON.stringify(description).match(/#\/components\/schemas\/\w+/g))
    for (const reference of references) expect(schemas).toHaveProperty(reference.split('/').at(-1)!)
    expect(schemas['Health']).toMatchObject({
      required: ['status', 'model_loaded', 'gpu_available', 'sessions', 'version'],
    })
  })
})
