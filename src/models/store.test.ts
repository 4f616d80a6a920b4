import { cp, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runMortal } from '../../test/processes/run-mortal.js'
import { tinyModel, writeTinyModel } from './fixtures/tiny-model.js'
import { ModelStore } from './store.js'

let root: string
let store: ModelStore
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'phiz-model-store-'))
  store = new ModelStore(join(root, 'models'))
})
afterEach(() => rm(root, { recursive: true }))

const { pin } = tinyModel()
const { signal } = new AbortController()
const add = (to: ModelStore, mark: string) => to.add(pin, signal, (folder) => writeTinyModel(folder, mark))

describe('ModelStore', () => {
  it('tells what is there, what is missing and what is damaged', async () => {
    expect(store.look(pin)).toEqual({ state: 'missing' })
    await add(store, 'whole')
    expect(store.look(pin)).toMatchObject({ state: 'installed', manifest: { note: 'whole' } })

    const file = join(store.folderOf(pin), 'mark')
    await writeFile(file, 'whale')
    expect(store.look(pin)).toMatchObject({ state: 'installed' })
    expect(await store.verify(pin, signal)).toMatchObject({
      state: 'damaged',
      damage: expect.stringMatching(/mark has the SHA-256 \w+; \w+ was expected/) as string,
    })
    await truncate(file, 3)
    expect(store.look(pin)).toEqual({ state: 'damaged', damage: 'mark has 3 bytes; 5 were expected' })
    await rm(file)
    expect(store.look(pin)).toEqual({ state: 'damaged', damage: 'mark is missing' })
    await writeFile(join(store.folderOf(pin), 'model.json'), '{')
    expect(store.look(pin)).toMatchObject({
      state: 'damaged',
      damage: expect.stringContaining('model.json') as string,
    })

    await add(store, 'anew')
    expect(await store.verify(pin, signal)).toMatchObject({ state: 'installed', manifest: { note: 'anew' } })
  })

  it('takes the model of another wheel for unusable', async () => {
    await add(store, 'old')
    const next = { ...pin, package: { ...pin.package, version: '2.0', sha256: 'f'.repeat(64) } }
    expect(store.look(next)).toEqual({
      state: 'damaged',
      damage: 'it is of tiny-tts 1.0; this phiz needs tiny-tts 2.0',
    })
  })

  it('removes a model, and says when there is none', async () => {
    await add(store, 'here')
    await store.remove(pin)
    expect(await readdir(store.folder)).toEqual([])
    await expect(store.remove(pin)).rejects.toMatchObject({ code: 'not-found' })
  })
})

describe('ModelStore, killed in the middle', () => {
  const program = new URL('fixtures/dying-change.ts', import.meta.url)

  async function changeAndDie(folder: string, change: string, step: number): Promise<'died' | 'done'> {
    const { hasDied, code, err } = await runMortal(program, folder, change, step)
    if (hasDied) return 'died'
    expect([code, err]).toEqual([0, ''])
    return 'done'
  }

  /** Kills the change before each of its steps in turn. Returns what was there afterwards. */
  async function killEverywhere(change: string): Promise<Set<string | undefined>> {
    const marks = new Set<string | undefined>()
    const kill = async (step: number): Promise<boolean> => {
      const folder = join(root, `${change}-${step}`)
      await cp(store.folder, folder, { recursive: true })
      const end = await changeAndDie(folder, change, step)
      const found = new ModelStore(folder)
      const state = await found.verify(pin, signal)
      marks.add(state.state === 'installed' ? state.manifest.note : undefined)
      if (state.state === 'installed') {
        expect(await readFile(join(found.folderOf(pin), 'mark'), 'utf8')).toBe(state.manifest.note)
      } else expect(state).toEqual({ state: 'missing' })
      await add(found, 'next')
      expect(await readdir(folder)).toEqual(['tiny'])
      return end === 'done'
    }
    // Two at a time, on machines with two cores.
    for (let step = 0; ; step += 2) {
      if ((await Promise.all([kill(step), kill(step + 1)])).includes(true)) return marks
      expect(step).toBeLessThan(100)
    }
  }

  it('of an addition leaves the old model, the new one, or none; never half of one', async () => {
    await add(store, 'old')
    expect(await killEverywhere('add')).toEqual(new Set(['old', 'new', undefined]))
  })

  it('of a removal leaves the model or none', async () => {
    await add(store, 'old')
    expect(await killEverywhere('remove')).toEqual(new Set(['old', undefined]))
  })
})
