import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { runMortal } from '../../../../../test/processes/run-mortal.js'
import { writeText } from '../fixtures/write-text.js'
import { JobFiles } from './job-files.js'
import { JobQueue } from './queue.js'

const program = new URL('../fixtures/dying-queue.ts', import.meta.url)
const mortalDisk = new URL('../../../../storage/fixtures/mortal-disk.ts', import.meta.url).href

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phiz-queue-crash-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** Runs the queue in a process of its own that dies before a step. Returns the tasks it had accepted, by id. */
async function runAndDie(
  root: string,
  step: number,
): Promise<{ readonly hasDied: boolean; readonly accepted: ReadonlyMap<string, string> }> {
  const { hasDied, code, out, err } = await runMortal(program, mortalDisk, root, step)
  if (!hasDied) expect([code, err]).toEqual([0, ''])
  const lines = out.split('\n').filter((line) => line !== '')
  return {
    hasDied,
    accepted: new Map(lines.map((line) => line.split(' ') as [string, string])),
  }
}

/** Kills the queue before a step, then takes its folder up as the next process does. */
async function killAt(step: number): Promise<boolean> {
  const root = join(folder, String(step))
  const { hasDied, accepted } = await runAndDie(root, step)
  const files = new JobFiles(root)
  const queue = await JobQueue.open(files, {
    make: writeText,
    workers: 2,
    maxWaiting: 100,
    maxKept: 100,
    keepMs: 3_600_000,
    now: Date.now,
    onEvent: () => undefined,
    onUnexpectedError: (error) => {
      throw error
    },
  })
  await vi.waitFor(
    () => {
      for (const id of accepted.keys()) expect([id, queue.get(id)?.status]).toEqual([id, 'COMPLETED'])
    },
    { interval: 5, timeout: 20_000 },
  )
  await queue.close()
  for (const [id, seed] of accepted) {
    expect(await readFile(queue.resultOf(id), 'utf8')).toBe(`film ${seed}`)
    expect((await readdir(join(root, id))).toSorted()).toEqual(['job.json', 'result.mp4'])
  }
  expect(await readdir(files.incoming)).toEqual([])
  // One more than was told of may have been accepted: the process died before it could tell.
  const jobs = (await readdir(root)).filter((name) => name !== '.incoming')
  expect(jobs.length - accepted.size).toBeLessThanOrEqual(1)
  return hasDied
}

describe('JobQueue, killed in the middle', () => {
  it('loses nothing that it has accepted, wherever that happens', async () => {
    // Every second step, and two at a time, on machines with two cores.
    let step = 0
    for (; (await Promise.all([killAt(step), killAt(step + 2)])).every(Boolean); step += 4) {
      expect(step).toBeLessThan(200)
    }
    expect(step).toBeGreaterThan(20)
  }, 120_000)
})
