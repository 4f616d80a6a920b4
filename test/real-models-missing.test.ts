/** What people are told who ask for a model that is not there, or not whole. */
import { appendFile, cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LAM_FOLDER, MUSETALK_FOLDER } from './real-models.js'
import { runPhiz, startPhiz } from './run-phiz.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phiz-missing-models-'))
  for (const [name, source, graph] of [
    ['damaged-lam', LAM_FOLDER, 'lam-a2e.onnx'],
    ['damaged-musetalk', MUSETALK_FOLDER, 'unet-vae.onnx'],
  ] as const) {
    await cp(source, join(folder, name), { recursive: true })
    await appendFile(join(folder, name, graph), 'x')
  }
})
afterAll(() => rm(folder, { recursive: true }))

const CASES = [
  {
    what: 'no LAM-A2E',
    environment: { PHIZ_EXPRESSION_ENGINE: 'lam' },
    check: 'expression',
    message:
      /lam-a2e is not in \S*data\/models\/lam-a2e\. Export it .*"python \S*models\/lam-a2e\/export\.py .*"/,
  },
  {
    what: 'no MuseTalk',
    environment: { PHIZ_VIDEO_ENGINE: 'musetalk' },
    check: 'video',
    message:
      /musetalk is not in \S*data\/models\/musetalk\. Export it .*"python \S*models\/musetalk\/export\.py .*"/,
  },
  {
    what: 'a damaged LAM-A2E',
    environment: { PHIZ_EXPRESSION_ENGINE: 'lam', PHIZ_LAM_FOLDER: 'damaged-lam' },
    check: 'expression',
    message: /lam-a2e cannot be used: lam-a2e\.onnx has \d+ bytes; \d+ were expected\. Export it /,
  },
  {
    what: 'a damaged MuseTalk',
    environment: { PHIZ_VIDEO_ENGINE: 'musetalk', PHIZ_MUSETALK_FOLDER: 'damaged-musetalk' },
    check: 'video',
    message: /musetalk cannot be used: unet-vae\.onnx has \d+ bytes; \d+ were expected\. Export it /,
  },
]

describe.each(CASES)('with $what', ({ environment, message }) => {
  it('say tells how it comes, in one sentence, and leaves no film', async () => {
    const { code, out, err } = await runPhiz(['say', 'Hello.', '-o', 'film.mp4'], {
      cwd: folder,
      environment,
    })
    expect(err).toMatch(new RegExp(`^Error: ${message.source}`))
    expect(err.trimEnd()).not.toContain('\n')
    expect([code, out]).toEqual([3, ''])
  })
})

describe.each([CASES[0]!, CASES[3]!])('with $what', ({ environment, check, message }) => {
  it('doctor says that it fails', async () => {
    const { code, out } = await runPhiz(['doctor'], { cwd: folder, environment })
    expect(code).toBe(3)
    expect(out).toMatch(new RegExp(`^\\S+ +${check} +${message.source}`, 'm'))
  })

  it('serve lives, and says why it is not ready', async () => {
    const { child, printed, finished } = startPhiz(['serve', '--port', '0'], { cwd: folder, environment })
    const [, address] = await printed(/phiz is at (http:\/\/127\.0\.0\.1:\d+)/)
    let reason = 'The engines are loading.'
    while (reason === 'The engines are loading.') {
      const answer = await fetch(`${address!}/readyz`)
      expect(answer.status).toBe(503)
      reason = ((await answer.json()) as { reason: string }).reason
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    expect(reason).toMatch(new RegExp(`^${message.source}`))
    child.kill('SIGTERM')
    expect((await finished).code).toBe(0)
  })
})
