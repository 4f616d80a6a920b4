import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { fakePython, type PipManner } from '../src/models/fixtures/fake-python.js'
import { FREE_TAP_PORTS, runPhiz, startPhiz, type Finished } from './run-phiz.js'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phiz-models-command-'))
})
afterEach(() => rm(folder, { recursive: true }))

const WHEEL = 'hibari_tts-0.2.1-py3-none-any.whl'
const WHEEL_BYTES = 14_032_178

/** A machine without Python. */
const bare = (): Record<string, string> => ({ PATH: folder })

/** A machine with a Python whose pip behaves in some manner. */
async function withPip(manner: PipManner, wheel = new Uint8Array()): Promise<Record<string, string>> {
  return { PATH: (await fakePython(folder, manner, wheel, WHEEL)).path }
}

function models(args: readonly string[], environment: Record<string, string>): Promise<Finished> {
  return runPhiz(['models', ...args], { cwd: folder, environment })
}

const left = (): Promise<string[]> => readdir(join(folder, 'data/models')).catch(() => [])

describe('phiz models', () => {
  it('lists what can be brought in, says where it is not, and removes nothing', async () => {
    const list = await models(['list'], bare())
    expect(list).toMatchObject({ code: 0, err: '' })
    expect(list.out).toBe(
      'hibari  the natural English voice: not there; "phiz models add hibari" brings it in (14 MB)\n',
    )
    const { out } = await models(['list', '--json'], bare())
    expect(JSON.parse(out)).toMatchObject({
      models: [{ id: 'hibari', version: '0.2.1', license: 'Apache-2.0', state: 'missing' }],
    })
    expect(await models(['verify'], bare())).toMatchObject({ code: 0 })
    expect(await models(['verify', 'hibari'], bare())).toMatchObject({ code: 3 })
    const where = await models(['where', 'hibari'], bare())
    expect(where).toMatchObject({ code: 3, out: '' })
    expect(where.err).toContain('"phiz models add hibari" brings it in')
    expect(await models(['remove', 'hibari'], bare())).toMatchObject({ code: 2 })
    const unknown = await models(['add', '../hibari'], bare())
    expect([unknown.code, unknown.err]).toEqual([
      2,
      expect.stringContaining('those that can be brought in are: hibari'),
    ])
  })

  it('tells a damaged model', async () => {
    await mkdir(join(folder, 'data/models/hibari'), { recursive: true })
    await writeFile(join(folder, 'data/models/hibari/model.json'), '{}')
    const verify = await models(['verify'], bare())
    expect(verify.out).toMatch(/^hibari: damaged: .*model\.json is not valid/)
    expect(verify.code).toBe(3)
    expect(await models(['remove', 'hibari'], bare())).toMatchObject({ code: 0, out: 'hibari: removed\n' })
    expect(await left()).toEqual([])
  })
})

describe('phiz models add', () => {
  it('says what is missing where there is no Python', async () => {
    const { code, err } = await models(['add', 'hibari'], bare())
    expect(err).toMatch(/^Error: Python 3 was not found/)
    expect(code).toBe(3)
  })

  it('refuses a wheel that is not the pinned one', async () => {
    const small = await models(['add', 'hibari'], await withPip('serves', new Uint8Array(10)))
    expect(small.err).toMatch(/has 10 bytes; hibari_tts-0\.2\.1\S* with 14032178 was expected/)
    const other = await models(['add', 'hibari'], await withPip('serves', new Uint8Array(WHEEL_BYTES)))
    expect(other.err).toMatch(/hibari_tts\S* has the SHA-256 \w+; 49f2abbb\w+ was expected/)
    expect([small.code, other.code]).toEqual([3, 3])
    expect(await left()).toEqual([])

    const given = await models(['add', 'hibari', '--from', 'none.whl'], bare())
    expect([given.code, given.err]).toEqual([2, expect.stringContaining('none.whl cannot be read')])
  })

  it('leaves nothing after Ctrl-C, and after being killed nothing that lasts', async () => {
    const environment = await withPip('hangs')
    const hang = () => startPhiz(['models', 'add', 'hibari'], { cwd: folder, environment })
    const downloading = async (child: { exitCode: number | null }): Promise<void> => {
      await vi.waitFor(async () => {
        expect(child.exitCode).toBeNull()
        expect(await readdir(join(folder, 'data/models/.making-hibari/scratch/temporary'))).toEqual(['half'])
      }, 20_000)
    }
    const stopped = hang()
    await downloading(stopped.child)
    stopped.child.kill('SIGINT')
    expect(await stopped.finished).toMatchObject({ code: 130 })
    expect(await left()).toEqual([])

    const killed = hang()
    await downloading(killed.child)
    killed.child.kill('SIGKILL')
    await once(killed.child, 'exit')
    expect(await left()).toEqual(['.making-hibari'])
    const pid = Number(await readFile(join(folder, 'sleeper'), 'utf8'))
    process.kill(pid)

    expect(await models(['list'], bare())).toMatchObject({
      code: 0,
      out: expect.stringContaining('not there') as string,
    })
    await models(['add', 'hibari'], await withPip('fails'))
    expect(await left()).toEqual([])
  })

  const network = process.env['PHIZ_TEST_NETWORK'] !== undefined
  it.skipIf(!network)(
    `brings in the real voice${network ? '' : ' (skipped: PHIZ_TEST_NETWORK is not set)'}`,
    async () => {
      const added = await models(['add', 'hibari'], {})
      expect(added.err).toMatch(/downloading hibari-tts 0\.2\.1 with pip/)
      expect([added.code, added.out]).toEqual([
        0,
        expect.stringMatching(/^hibari: 0\.2\.1, 14 MB, in .*hibari, in \d/),
      ])
      expect(await left()).toEqual(['hibari'])
      expect(await models(['verify'], {})).toMatchObject({
        code: 0,
        out: 'hibari: every file is as it should be\n',
      })
      expect(await models(['where', 'hibari'], {})).toMatchObject({
        code: 0,
        out: `${join(folder, 'data/models/hibari')}\n`,
      })
      const again = await models(['add', 'hibari'], bare())
      expect([again.code, again.out]).toEqual([0, expect.stringContaining('is already in')])
      expect(await models(['prepare'], bare())).toMatchObject({ code: 0, out: '', err: '' })
    },
    300_000,
  )
})

describe('phiz models prepare', () => {
  it('goes on without the voice, with one line that says how to get it', async () => {
    const none = await models(['prepare'], bare())
    expect(none).toMatchObject({ code: 0, out: '' })
    expect(none.err).toMatch(
      /^Going on without the natural English voice; "phiz models add hibari" brings it in\. .*Python 3 was not found.*\n$/,
    )
    expect(await readdir(folder)).toEqual([])
    const failing = await models(['prepare'], await withPip('fails'))
    expect(failing.code).toBe(0)
    expect(failing.err).toMatch(/^Bringing in .*hibari-tts 0\.2\.1, 14 MB.*\nGoing on without .*on fire\n$/)
  })

  it('does nothing where it is not wanted', async () => {
    const python = await fakePython(folder, 'fails')
    const switched = await models(['prepare'], { PATH: python.path, PHIZ_MODELS_AUTO_INSTALL: 'false' })
    expect(switched).toEqual({ code: 0, out: '', err: '' })
    const other = await models(['prepare', '--speech', 'espeak'], { PATH: python.path })
    expect(other).toEqual({ code: 0, out: '', err: '' })
    expect(await python.calls()).toEqual([])
    const wrong = await models(['prepare'], { PHIZ_MODELS_AUTO_INSTALL: 'perhaps' })
    expect(wrong.err).toMatch(
      /models\.autoInstall \(PHIZ_MODELS_AUTO_INSTALL\): Expected true or false, got "perhaps"/,
    )
    expect(wrong.code).toBe(2)
  })
})

describe('npm start', () => {
  const start = async (manner: PipManner) =>
    spawn(
      process.execPath,
      [
        fileURLToPath(new URL('../scripts/start.mjs', import.meta.url)),
        ...['--port', '0', '--data-directory', 'elsewhere'],
      ],
      { cwd: folder, env: { ...process.env, ...FREE_TAP_PORTS, ...(await withPip(manner)) } },
    )

  it('serves without the voice', async () => {
    const child = await start('fails')
    let err = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text))
    const [address] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string]
    expect(address).toMatch(/^phiz is at http:\/\/127\.0\.0\.1:\d+/)
    child.kill('SIGTERM')
    expect(await once(child, 'close')).toEqual([0, null])
    expect(err).toMatch(/^Going on without the natural English voice/m)
    // The voice was looked for where the server is told to look.
    const folders = await readdir(folder)
    expect(folders).toContain('elsewhere')
    expect(folders).not.toContain('data')
  })

  it('does not serve after Ctrl-C while the voice is on its way', async () => {
    const child = await start('hangs')
    await once(child.stderr, 'data')
    child.kill('SIGINT')
    expect(await once(child, 'close')).toEqual([130, null])
    expect(child.stdout.read()).toBeNull()
    expect(await readdir(join(folder, 'elsewhere/models'))).toEqual([])
  })
})
