import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { runMortal } from '../../../../../test/processes/run-mortal.js'
import { tinyPlace, writeTinyMaterial } from '../fixtures/tiny-material.js'
import { lookForMaterial, makeMaterial } from './material-place.js'

const program = new URL('../fixtures/dying-preparation.ts', import.meta.url)
const signal = new AbortController().signal
/** A dozen processes start one after the other. */
const TIMEOUT_MS = 180_000

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phiz-material-crash-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** Makes a material in a process of its own that dies before a step. */
async function makeAndDie(root: string, step: number): Promise<'died' | 'done'> {
  const { hasDied, code, err } = await runMortal(program, root, step)
  if (hasDied) return 'died'
  expect([code, err]).toEqual([0, ''])
  return 'done'
}

it(
  'leaves a whole material or none, wherever it is killed, and the next one sweeps up',
  async () => {
    const found: boolean[] = []
    const kill = async (step: number): Promise<boolean> => {
      const root = join(folder, `kill-${step}`)
      const end = await makeAndDie(root, step)
      const place = tinyPlace(root)
      found[step] = (await lookForMaterial(place)) !== undefined
      const made = await makeMaterial(place, signal, writeTinyMaterial)
      expect(await lookForMaterial(place)).toEqual(made)
      expect(await readdir(root)).toEqual(['face-model-parameters'])
      return end === 'done'
    }
    // Two at a time, on machines with two cores.
    for (let step = 0; ; step += 2) {
      if ((await Promise.all([kill(step), kill(step + 1)])).includes(true)) break
      expect(step).toBeLessThan(60)
    }
    expect(found.length).toBeGreaterThan(10)
    // Not there until a step, and there from then on.
    expect(found).toEqual([...found].sort((a, b) => Number(a) - Number(b)))
    expect(new Set(found)).toEqual(new Set([false, true]))
  },
  TIMEOUT_MS,
)
