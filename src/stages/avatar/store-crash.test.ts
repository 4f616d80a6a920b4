import { cp, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runMortal } from '../../../test/processes/run-mortal.js'
import { writeTinyPortrait } from './fixtures/tiny-avatar.js'
import { readAvatar } from './read.js'
import { AvatarStore } from './store.js'

const program = new URL('fixtures/dying-change.ts', import.meta.url)

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phiz-avatar-crash-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** Runs a change in a process of its own that dies before a step. */
async function changeAndDie(root: string, change: string, step: number): Promise<'died' | 'done'> {
  const { hasDied, code, err } = await runMortal(program, root, change, step)
  if (hasDied) return 'died'
  expect([code, err]).toEqual([0, ''])
  return 'done'
}

/** The mark of the avatar as a reader finds it, of whom nobody has swept. */
async function markOf(store: AvatarStore): Promise<number | undefined> {
  if (!(await readdir(store.folder)).includes('anna')) return undefined
  const { landmarks, manifest } = await readAvatar(store.folderOf('anna'))
  expect(new Set(landmarks).size).toBe(1)
  expect(manifest.source.name).toBe(`face-${landmarks[0]!}.jpg`)
  return landmarks[0]
}

/** Kills the change before each of its steps in turn. Returns the marks that readers found. */
async function killEverywhere(change: string, before: string): Promise<(number | undefined)[]> {
  const marks: (number | undefined)[] = []
  const kill = async (step: number): Promise<boolean> => {
    const root = join(folder, `${change}-${step}`)
    await cp(before, root, { recursive: true })
    const end = await changeAndDie(root, change, step)
    const store = new AvatarStore(root)
    marks[step] = await markOf(store)

    const entries = await store.list()
    expect(entries.map((entry) => ('damage' in entry ? entry.damage : entry.id))).toEqual(
      marks[step] === undefined ? [] : ['anna'],
    )
    expect(await readdir(root)).toEqual(marks[step] === undefined ? [] : ['anna'])
    if (marks[step] !== undefined) expect(await readdir(store.folderOf('anna'))).toHaveLength(2)
    await store.create('anna', { replace: true }, (content) => writeTinyPortrait(content, 3))
    expect(await markOf(store)).toBe(3)
    return end === 'done'
  }
  // Two at a time, on machines with two cores.
  for (let step = 0; ; step += 2) {
    if ((await Promise.all([kill(step), kill(step + 1)])).includes(true)) return marks
    expect(step).toBeLessThan(100)
  }
}

describe('AvatarStore, killed in the middle', () => {
  let empty: string
  let old: string
  beforeAll(async () => {
    empty = await mkdtemp(join(folder, 'empty-'))
    old = await mkdtemp(join(folder, 'old-'))
    await new AvatarStore(old).create('anna', {}, (content) => writeTinyPortrait(content, 1))
  })

  it('of a creation leaves the avatar or nothing', async () => {
    const marks = await killEverywhere('create', empty)
    expect(marks.length).toBeGreaterThan(8)
    expect(new Set(marks)).toEqual(new Set([undefined, 2]))
  })

  it('of a replacement leaves the old avatar or the new one', async () => {
    const marks = await killEverywhere('replace', old)
    expect(marks.length).toBeGreaterThan(8)
    expect(new Set(marks)).toEqual(new Set([1, 2]))
  })

  it('of a removal leaves the avatar or nothing', async () => {
    const marks = await killEverywhere('remove', old)
    expect(marks.length).toBeGreaterThan(4)
    expect(new Set(marks)).toEqual(new Set([undefined, 1]))
  })
})
