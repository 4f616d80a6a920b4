/** `phiz models` as it is typed. Over 300 lines: its commands are tried on one and the same shelf of models. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { writeExportedLam, type ExportedLam } from '../src/models/fixtures/exported-model.js'
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
    expect(list.out).toMatch(
      /^hibari {2}the natural English voice: not there; "phiz models add hibari" brings it in \(14 MB\)\n/,
    )
    expect(list.out).toMatch(
      /^lam-a2e {2}LAM-A2E, .*: not there; "python \S*models\/lam-a2e\/export\.py --weights \S+ --output data\/models\/lam-a2e" makes it/m,
    )
    expect(list.out).toMatch(
      /^musetalk {2}MuseTalk 1\.5, .*: not there; "python \S*models\/musetalk\/export\.py /m,
    )
    const { out } = await models(['list', '--json'], bare())
    expect(JSON.parse(out)).toMatchObject({
      models: [
        { id: 'hibari', version: '0.2.1', license: 'Apache-2.0', state: 'missing' },
        { id: 'lam-a2e', state: 'missing', export: expect.stringContaining('export.py') as string },
        { id: 'musetalk', state: 'missing', folder: join(folder, 'data/models/musetalk') },
      ],
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
      expect.stringContaining('those there are: hibari, lam-a2e, musetalk'),
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

describe('phiz models of one that was exported', () => {
  const place = () => join(folder, 'data/models/lam-a2e')
  const graph = () => join(place(), 'lam-a2e.onnx')
  const random = (manifest: ExportedLam) => ({ ...manifest, source: { kind: 'random', seed: 7 } })
  const NOTE = 'random weights: for tests and measurements, it shows nothing meaningful'

  it('lists it, checks its files and its graphs, says where it is and removes it', async () => {
    await writeExportedLam(place())
    const list = await models(['list'], bare())
    expect(list.out).toContain(
      `lam-a2e  LAM-A2E, speech to 52 ARKit weights: version 1, fp32, 1 MB, from official.tar, in ${place()}\n`,
    )
    const { out } = await models(['list', '--json'], bare())
    expect(JSON.parse(out)).toMatchObject({
      models: [
        {},
        { id: 'lam-a2e', state: 'installed', version: '1', precision: 'fp32', tiny: false, folder: place() },
        {},
      ],
    })
    expect(await models(['verify', 'lam-a2e', '--try'], bare())).toEqual({
      code: 0,
      out: 'lam-a2e: every file is as it should be, every graph loads on cpu\n',
      err: '',
    })
    expect(await models(['where', 'lam-a2e'], bare())).toEqual({ code: 0, out: `${place()}\n`, err: '' })
    expect(await models(['remove', 'lam-a2e'], bare())).toMatchObject({ code: 0, out: 'lam-a2e: removed\n' })
    expect(await left()).toEqual([])
    expect(await models(['remove', 'lam-a2e'], bare())).toMatchObject({ code: 2 })
  })

  it('tells a changed file, another graph and a network that it does not know', async () => {
    await writeExportedLam(place())
    await appendFile(graph(), 'x')
    const list = await models(['list'], bare())
    expect(list.out).toMatch(
      /^lam-a2e .*: damaged: lam-a2e\.onnx has \d+ bytes; .*; "python .*" makes it anew$/m,
    )
    const where = await models(['where', 'lam-a2e'], bare())
    expect([where.code, where.out]).toEqual([3, ''])

    await writeExportedLam(place(), ({ outputs: _, ...manifest }) => manifest)
    expect(await models(['verify'], bare())).toMatchObject({ code: 0 })
    const tried = await models(['verify', '--try'], bare())
    expect(tried.out).toMatch(
      /^lam-a2e: .* but .*: its output weights: float32 \[1, 52\] is not in model\.json$/m,
    )
    expect([tried.code, tried.err]).toEqual([3, 'Error: Not usable: lam-a2e.\n'])

    await writeExportedLam(place(), (manifest) => ({
      ...manifest,
      network: { ...manifest.network, channels: 51 },
    }))
    const verified = await models(['verify', 'lam-a2e'], bare())
    expect(verified.out).toMatch(/^lam-a2e: damaged: .*network\.channels/)
    expect(verified.code).toBe(3)
  })

  it('knows what the exporters write', async () => {
    const golden = (id: string): string => fileURLToPath(new URL(`golden/${id}/model`, import.meta.url))
    const verified = await models(['verify', '--try'], {
      ...bare(),
      PHIZ_LAM_FOLDER: golden('lam-a2e'),
      PHIZ_MUSETALK_FOLDER: golden('musetalk'),
    })
    const words = `every file is as it should be, every graph loads on cpu; ${NOTE}`
    expect(verified.out).toContain(`lam-a2e: ${words}\nmusetalk: ${words}\n`)
    expect(verified.code).toBe(0)
  })

  it('says wherever it is shown that weights are random', async () => {
    await writeExportedLam(place(), random)
    for (const command of [['list'], ['verify'], ['where', 'lam-a2e']]) {
      const { out, err } = await models(command, bare())
      expect(out + err).toContain(NOTE)
    }
  })

  it('leaves a folder alone that the configuration names', async () => {
    const mine = join(folder, 'mine')
    await writeExportedLam(mine)
    const environment = { ...bare(), PHIZ_LAM_FOLDER: 'mine' }
    expect(await models(['where', 'lam-a2e'], environment)).toMatchObject({ code: 0, out: `${mine}\n` })
    const removed = await models(['remove', 'lam-a2e'], environment)
    expect([removed.code, removed.err]).toEqual([
      2,
      expect.stringContaining(`${mine}, which the configuration names`),
    ])
    expect(await readdir(mine)).toContain('model.json')
  })

  it('cannot bring it in, and says how it comes', async () => {
    const { code, err } = await models(['add', 'lam-a2e'], bare())
    expect(err).toMatch(
      /3DAIGC\/LAM_audio2exp on Hugging Face.*"python \S*models\/lam-a2e\/export\.py --weights/,
    )
    expect(code).toBe(2)
  })

  it('takes its folder as --weight, and not a checkpoint', async () => {
    await writeFile(join(folder, 'official.tar'), 'weights')
    const said = await runPhiz(['say', 'Hello.', '--weight', 'official.tar'], { cwd: folder })
    expect(said.err).toMatch(
      /--weight .*got the file "official\.tar".*export\.py --weights official\.tar --output data\/models\/lam-a2e/,
    )
    expect(said.code).toBe(2)
  })

  it('is a line of phiz doctor, which fails where it is damaged', async () => {
    await writeExportedLam(place(), random)
    await mkdir(join(folder, 'data/models/musetalk'))
    const doctor = await runPhiz(['doctor', '--json'], { cwd: folder })
    const { checks } = JSON.parse(doctor.out) as {
      checks: { name: string; status: string; detail: string }[]
    }
    expect(checks.find(({ name }) => name === 'lam-a2e')).toMatchObject({
      status: 'works',
      detail: expect.stringContaining(NOTE) as string,
    })
    expect(checks.find(({ name }) => name === 'musetalk')).toMatchObject({
      status: 'fails',
      detail: expect.stringContaining('musetalk has no model.json') as string,
    })
    expect([doctor.code, doctor.err]).toEqual([3, 'Error: phiz cannot work here: musetalk.\n'])
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
