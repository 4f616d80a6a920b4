import { spawn } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startPhiz } from './run-phiz.js'

const examples = fileURLToPath(new URL('../examples/', import.meta.url))
const loader = import.meta.resolve('tsx')

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phiz-examples-'))
})
afterAll(() => rm(folder, { recursive: true }))

function runExample(
  name: string,
  args: readonly string[],
  input = '',
): Promise<{ code: number | null; out: string; err: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--import', loader, join(examples, name), ...args], {
      cwd: folder,
    })
    child.stdin.write(input)
    let out = ''
    let err = ''
    child.stdout.on('data', (text: Buffer) => (out += text.toString()))
    child.stderr.on('data', (text: Buffer) => (err += text.toString()))
    child.once('close', (code) => {
      resolve({ code, out, err })
    })
  })
}

const expected: Record<string, RegExp> = {
  '01-film-from-text.ts': /^film\.mp4: \d\.\d s, first frame after \d+(\.\d+)? ms\n$/,
  '02-packets-as-they-are-made.ts':
    /^audio {2}at 0 ms\n[^]*frame {2}at 0 ms\n[^]*\{ audio: \d+, motion: \d+, frame: \d+ \}\n$/,
  '03-a-stage-of-your-own.ts': /^The deepest nod was [3-9]\.\d°\n$/,
  '04-interrupt.ts':
    /^turn-start turn-1\nturn-cancel turn-1\nturn-start turn-2\nturn-end turn-2\nThe short answer was complete \d+ ms/,
  '05-avatar-of-a-photo.ts': /^The face is 9\d pixels wide and turned by -?\d+°\n$/,
}

const MUSETALK_CLIENT = '06-musetalk-client.ts'
const SAY_OVER_HTTP = '07-say-over-http.ts'

it('has an expectation for every example', async () => {
  const files = (await readdir(examples)).filter((name) => name.endsWith('.ts'))
  expect(files.sort()).toEqual([...Object.keys(expected), MUSETALK_CLIENT, SAY_OVER_HTTP].sort())
})

it.each(Object.entries(expected))('runs %s', async (name, output) => {
  const { code, out, err } = await runExample(name, ['film.mp4'])
  expect(err).toBe('')
  expect(out).toMatch(output)
  expect(code).toBe(0)
})

it(`runs ${MUSETALK_CLIENT} against phiz serve`, async () => {
  const { child, finished, printed } = startPhiz(['serve', '--port', '0'], {
    cwd: folder,
    environment: { PHIZ_VIDEO_SIZE: '128' },
  })
  try {
    const [, url] = await printed(/\(musetalk-ws\) is at (ws:\S+)/)
    const speech = fileURLToPath(new URL('media/speech-en-3s.wav', import.meta.url))
    const { code, out, err } = await runExample(MUSETALK_CLIENT, [speech, url!, 'frames'])
    expect(err).toBe('')
    expect(out).toMatch(/^Connected to ws:[^]*\d+% \(50 frames\)\n[^]*Done: (\d+) frames in \d+\.?\d* s/)
    expect(code).toBe(0)
    const frames = await readdir(join(folder, 'frames'))
    expect(frames).toHaveLength(Number(/Done: (\d+)/.exec(out)![1]))

    const stopped = await runExample(MUSETALK_CLIENT, [speech, url!], 's')
    expect(stopped.out).toMatch(/\nStopped after \d+ frames\n$/)
    expect(stopped.code).toBe(0)
  } finally {
    child.kill('SIGTERM')
    await finished
  }
})

it(`runs ${SAY_OVER_HTTP} against phiz serve`, async () => {
  const { child, finished, printed } = startPhiz(['serve', '--port', '0'], {
    cwd: folder,
    environment: { PHIZ_VIDEO_SIZE: '128' },
  })
  try {
    const [, url] = await printed(/phiz is at (\S+)/)
    const { code, out, err } = await runExample(SAY_OVER_HTTP, [url!, 'said'])
    expect(err).toBe('')
    expect(out).toMatch(
      /^turn-start \ncaption Hello[^]*\nturn-end \n\{ event: \d+, audio: \d+, motion: \d+, frame: \d+ \}\n$/,
    )
    expect(code).toBe(0)
    expect(await readdir(join(folder, 'said'))).toHaveLength(Number(/frame: (\d+)/.exec(out)![1]))
  } finally {
    child.kill('SIGTERM')
    await finished
  }
})
