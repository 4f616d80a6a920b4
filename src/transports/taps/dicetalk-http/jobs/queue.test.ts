import { mkdir, mkdtemp, readdir, readFile, rm, stat, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { CancelledError, InputError, OverloadError } from '../../../../errors.js'
import type { FilmSettings } from '../../../../stages/film/film.js'
import { gate, ScriptedFilm } from '../fixtures/scripted-film.js'
import { writeText } from '../fixtures/write-text.js'
import { JobFiles } from './job-files.js'
import { JobQueue } from './queue.js'
import type { JobEvent, QueueOptions } from './queue-options.js'

const HOUR = 3_600_000
const SETTINGS: FilmSettings = {
  emotion: 'happy',
  refScale: 3,
  emoScale: 6,
  crop: false,
  inferenceSteps: 20,
  fps: 24,
  seed: 0,
  dynamicScale: 1,
  minResolution: 256,
  expandRatio: 0.5,
}

let folder: string
let files: JobFiles
let now: number
let events: JobEvent[]
let uploads = 0
const open: JobQueue[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phiz-queue-'))
  files = new JobFiles(join(folder, 'jobs'))
  now = Date.UTC(2026, 0, 1)
  events = []
})
afterEach(async () => {
  for (const queue of open.splice(0)) await queue.close()
  await rm(folder, { recursive: true })
})

async function start(film: ScriptedFilm, options: Partial<QueueOptions> = {}): Promise<JobQueue> {
  const queue = await JobQueue.open(files, {
    make: (request, making) => film.make(request, making),
    workers: 2,
    maxWaiting: 5,
    maxKept: 100,
    keepMs: 24 * HOUR,
    now: () => now,
    onEvent: (event) => events.push(event),
    onUnexpectedError: (error) => {
      throw error
    },
    ...options,
  })
  open.push(queue)
  return queue
}

function textFilm(script?: ScriptedFilm['script']): ScriptedFilm {
  return new ScriptedFilm(script, writeText)
}

async function add(queue: JobQueue, seed: number, key?: string): Promise<string> {
  const [image, audio] = [join(files.incoming, `${++uploads}-i`), join(files.incoming, `${uploads}-a`)]
  await writeFile(image, 'a portrait')
  await writeFile(audio, 'a recording')
  const settings = { ...SETTINGS, seed }
  return (await queue.add({ settings, image, audio, ...(key !== undefined && { key }) })).id
}

async function ended(queue: JobQueue, id: string): Promise<void> {
  await vi.waitFor(
    () => {
      expect(['COMPLETED', 'FAILED']).toContain(queue.get(id)?.status)
    },
    { interval: 5, timeout: 20_000 },
  )
}

/** Two that are begun side by side may come to the engine in either order. */
function expectInOrder({ requests }: ScriptedFilm, count: number): void {
  expect(requests).toHaveLength(count)
  for (const [index, { settings }] of requests.entries()) {
    expect(Math.abs(settings.seed - index)).toBeLessThan(2)
  }
}

describe('JobQueue', () => {
  it('makes films in order, two at a time, and keeps nothing of the uploads', async () => {
    const { script, open: letGo } = gate()
    const film = textFilm(script)
    const queue = await start(film)
    const ids = []
    for (let seed = 0; seed < 6; seed++) ids.push(await add(queue, seed))
    await vi.waitFor(() => {
      expect(film.running).toBe(2)
    })
    letGo()
    for (const [seed, id] of ids.entries()) {
      await ended(queue, id)
      expect(queue.get(id)).toMatchObject({ status: 'COMPLETED', progress: 1 })
      expect(await readFile(queue.resultOf(id), 'utf8')).toBe(`film ${seed}`)
      await vi.waitFor(async () => {
        expect((await readdir(join(files.folder, id))).toSorted()).toEqual(['job.json', 'result.mp4'])
      })
    }
    expectInOrder(film, 6)
    expect(film.most).toBe(2)
    expect(await readdir(files.incoming)).toEqual([])
  })

  it('refuses what would wait behind as many as may', async () => {
    const { script, open: letGo } = gate()
    const queue = await start(textFilm(script))
    const ids = []
    for (let seed = 0; seed < 7; seed++) ids.push(await add(queue, seed))
    expect(queue.waiting).toBe(5)
    expect(() => {
      queue.refuseWhenFull()
    }).toThrow('5 tasks are waiting, as many as may; try again later.')
    await expect(add(queue, 7)).rejects.toThrow(OverloadError)
    letGo()
    for (const id of ids) await ended(queue, id)
    await ended(queue, await add(queue, 7))
  })

  it('tells how far a film is, never less than before, and why one failed', async () => {
    const { script, open: letGo } = gate()
    const film = textFilm(async (request, options) => {
      options.onProgress?.(0.5, 'x')
      options.onProgress?.(0.3, 'x')
      await script(request, options)
      throw new InputError(`${request.portrait} shows no face.`)
    })
    const queue = await start(film)
    const id = await add(queue, 1)
    await vi.waitFor(() => {
      expect(queue.get(id)).toMatchObject({ status: 'PROCESSING', progress: 0.5 })
    })
    letGo()
    await ended(queue, id)
    expect(queue.get(id)).toMatchObject({ status: 'FAILED', reason: 'image shows no face.' })
  })

  describe('the same request', () => {
    it('takes the film that was made, as long as that is there', async () => {
      const film = textFilm()
      const queue = await start(film)
      const first = await add(queue, 1, 'key')
      await ended(queue, first)
      const second = await add(queue, 1, 'key')
      expect(queue.get(second)).toMatchObject({ status: 'COMPLETED', progress: 1, original: first })
      const [a, b] = await Promise.all([stat(queue.resultOf(first)), stat(queue.resultOf(second))])
      expect(a.ino).toBe(b.ino)
      expect(film.requests).toHaveLength(1)

      await ended(queue, await add(queue, 1, 'other key'))
      expect(film.requests).toHaveLength(2)
      await unlink(queue.resultOf(first))
      const third = await add(queue, 1, 'key')
      await ended(queue, third)
      expect(queue.get(third)!.original).toBeUndefined()
      expect(film.requests).toHaveLength(3)
    })

    it.each(['made', 'not made'])('follows one that is under way: it is %s', async (end) => {
      const { script, open: letGo } = gate()
      const film = textFilm(async (request, options) => {
        options.onProgress?.(0.4, 'x')
        await script(request, options)
        if (end !== 'made') throw new InputError('There is no face.')
      })
      const queue = await start(film, { workers: 1, maxWaiting: 2 })
      const first = await add(queue, 1, 'key')
      const second = await add(queue, 1, 'key')
      await vi.waitFor(() => {
        expect(queue.get(second)).toMatchObject({ status: 'PROCESSING', progress: 0.4, original: first })
      })
      const third = await add(queue, 1, 'key')
      await expect(add(queue, 1, 'key')).rejects.toThrow(OverloadError)
      letGo()
      for (const id of [first, second, third]) {
        await ended(queue, id)
        expect(queue.get(id)).toMatchObject(
          end === 'made' ? { status: 'COMPLETED' } : { status: 'FAILED', reason: 'There is no face.' },
        )
      }
      expect(film.requests).toHaveLength(1)
      // What failed is tried again.
      await ended(queue, await add(queue, 1, 'key'))
      expect(film.requests).toHaveLength(end === 'made' ? 1 : 2)
    })
  })

  it('gives up what is not wanted any more, worked on or waiting, and goes on with the rest', async () => {
    const { script, open: letGo } = gate()
    const film = textFilm(script)
    const queue = await start(film, { workers: 1 })
    const [running, waiting, next] = [await add(queue, 1, 'key'), await add(queue, 2), await add(queue, 3)]
    await vi.waitFor(() => {
      expect(queue.get(running)?.status).toBe('PROCESSING')
    })
    const over = { status: 'FAILED', reason: 'The task was cancelled.' }
    expect(await queue.cancel(waiting)).toMatchObject(over)
    await queue.cancel(running)
    await ended(queue, running)
    expect(queue.get(running)).toMatchObject(over)
    letGo()
    await ended(queue, next)
    expect(film.requests.map(({ settings }) => settings.seed)).toEqual([1, 3])
    // The same request is made anew; what has ended stays, and what is unknown is nothing.
    await ended(queue, await add(queue, 1, 'key'))
    expect(film.requests).toHaveLength(3)
    expect(await queue.cancel(next)).toMatchObject({ status: 'COMPLETED' })
    expect(await queue.cancel('none')).toBeUndefined()
  })

  it('makes a film that others wait for, whoever gives it up', async () => {
    const { script, open: letGo } = gate()
    const queue = await start(textFilm(script), { workers: 1 })
    const first = await add(queue, 1, 'key')
    const [second, third] = [await add(queue, 1, 'key'), await add(queue, 1, 'key')]
    expect(await queue.cancel(first)).not.toMatchObject({ status: 'FAILED' })
    expect(await queue.cancel(second)).toMatchObject({ status: 'FAILED' })
    letGo()
    await ended(queue, third)
    expect([first, second, third].map((id) => queue.get(id)?.status)).toEqual([
      'COMPLETED',
      'FAILED',
      'COMPLETED',
    ])
  })

  it('removes tasks a day after they ended, and the oldest where there are too many', async () => {
    const queue = await start(textFilm(), { maxKept: 2 })
    const first = await add(queue, 1, 'key')
    await ended(queue, first)
    now += 24 * HOUR - 1
    expect(queue.get(first)).toBeDefined()
    now += 1
    expect(queue.get(first)).toBeUndefined()
    const again = await add(queue, 1, 'key')
    await ended(queue, again)
    await queue.sweep()
    expect(await readdir(files.folder)).toEqual(expect.not.arrayContaining([first]))

    const more = [again]
    for (let seed = 2; seed < 5; seed++) {
      now += 1000
      more.push(await add(queue, seed))
      await ended(queue, more.at(-1)!)
    }
    await queue.sweep()
    expect(more.map((id) => queue.get(id) !== undefined)).toEqual([false, false, true, true])
  })
})

describe('JobQueue, opened again', () => {
  it('goes on where it was stopped, and counts no attempt for that', async () => {
    const held = textFilm(gate().script)
    let queue = await start(held)
    const ids = []
    for (let seed = 0; seed < 5; seed++) ids.push(await add(queue, seed, `key ${seed}`))
    const follower = await add(queue, 0, 'key 0')
    for (let n = 0; n < 4; n++) {
      await queue.close()
      expect(held.running).toBe(0)
      queue = await start(held)
      await vi.waitFor(() => {
        expect(held.running).toBe(2)
      })
    }
    await queue.close()
    await expect(add(queue, 9)).rejects.toThrow('The service is stopping.')

    const film = textFilm()
    queue = await start(film)
    for (const id of [...ids, follower]) {
      await ended(queue, id)
      expect(queue.get(id)).toMatchObject({ status: 'COMPLETED' })
    }
    expectInOrder(film, 5)
    expect(await readFile(queue.resultOf(follower), 'utf8')).toBe('film 0')
    await queue.close()
    queue = await start(film)
    expect(queue.get(ids[3]!)).toMatchObject({ status: 'COMPLETED', progress: 1 })
    expect(queue.get(await add(queue, 3, 'key 3'))).toMatchObject({ status: 'COMPLETED', original: ids[3] })
    expect(film.requests).toHaveLength(5)
  })

  it('gives up a task in which the process ended twice', async () => {
    const queue = await start(textFilm(gate().script))
    const id = await add(queue, 1)
    await vi.waitFor(() => {
      expect(queue.get(id)?.status).toBe('PROCESSING')
    })
    const path = join(files.folder, id, 'job.json')
    const once = await readFile(path, 'utf8')
    await queue.close()

    for (const [attempts, status] of [
      [1, 'COMPLETED'],
      [2, 'FAILED'],
    ] as const) {
      await writeFile(path, once.replace('"attempts": 1', `"attempts": ${attempts}`))
      await rm(join(files.folder, id, 'result.mp4'), { force: true })
      const again = await start(textFilm())
      await ended(again, id)
      expect(again.get(id)!.status).toBe(status)
      if (status === 'FAILED') expect(again.get(id)!.reason).toMatch(/ended 2 times/)
      await again.close()
    }
  })

  it('tells of tasks that it can do nothing for', async () => {
    let queue = await start(textFilm())
    const [damaged, lost] = [await add(queue, 1), await add(queue, 2)]
    for (const id of [damaged, lost]) await ended(queue, id)
    await queue.close()
    await writeFile(join(files.folder, damaged, 'job.json'), '{"format": 1')
    await unlink(join(files.folder, lost, 'result.mp4'))
    await mkdir(join(files.folder, '.new-x'))
    await mkdir(join(files.folder, 'lost+found'))
    now = Date.now()
    for (let n = 0; n < 2; n++) {
      queue = await start(textFilm())
      expect(queue.get(damaged)).toMatchObject({
        status: 'FAILED',
        reason: expect.stringContaining('damaged') as string,
      })
      expect(queue.get(lost)).toMatchObject({
        status: 'FAILED',
        reason: expect.stringContaining('gone') as string,
      })
      await queue.close()
    }
    const left = ['.incoming', damaged, lost, 'lost+found']
    expect((await readdir(files.folder)).toSorted()).toEqual(left.toSorted())
  })

  it('stops at once, and waits for the end of its work', async () => {
    let isOver = false
    const film = textFilm(async (_request, { signal }) => {
      await new Promise((resolve) => {
        signal.addEventListener('abort', resolve)
      })
      await new Promise(setImmediate)
      isOver = true
      throw new CancelledError()
    })
    const queue = await start(film)
    const id = await add(queue, 1)
    await vi.waitFor(() => {
      expect(film.running).toBe(1)
    })
    await queue.close()
    expect(isOver).toBe(true)
    expect(queue.get(id)!.status).toBe('PENDING')
    expect(events.map(({ event }) => event)).toEqual(['task.created', 'task.started', 'task.interrupted'])
  })
})
