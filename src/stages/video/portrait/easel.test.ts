import { setImmediate as nextTick } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { Easel, type DrawingSession } from './easel.js'
import type { FrameOrder } from './program.js'
import type { FramedSubject } from './subject.js'

const order: FrameOrder = { weights: [], rotation: [], seconds: 0, quality: 80 }

function framed(size: number): FramedSubject {
  return { subject: { kind: 'built-in', size }, width: size, height: size }
}

/** Drawing threads whose openings and drawings are held until they are let go. */
class Studio {
  readonly opened: number[] = []
  readonly closed: number[] = []
  readonly failures: unknown[] = []
  readonly #openings = new Map<number, { resolve: () => void; reject: (error: Error) => void }>()
  #holding: Promise<void> | undefined
  #letGo = (): void => undefined
  readonly easel = new Easel({
    open: ({ width }) =>
      new Promise<DrawingSession>((resolve, reject) => {
        this.opened.push(width)
        const session: DrawingSession = {
          process: () => this.#draw(width),
          close: () => {
            this.closed.push(width)
            return Promise.resolve()
          },
        }
        const settle = {
          resolve: () => {
            resolve(session)
          },
          reject,
        }
        this.#openings.set(width, settle)
      }),
    onFailure: (error) => this.failures.push(error),
    track: (closing) => closing,
  })

  async ready(size: number): Promise<void> {
    this.#openings.get(size)!.resolve()
    await nextTick()
  }

  async fail(size: number): Promise<void> {
    this.#openings.get(size)!.reject(new Error(`no ${size}`))
    await nextTick()
  }

  hold(): void {
    this.#holding = new Promise((resolve) => {
      this.#letGo = resolve
    })
  }

  async letGo(): Promise<void> {
    this.#holding = undefined
    this.#letGo()
    await nextTick()
  }

  async *#draw(width: number): AsyncGenerator<Uint8Array> {
    await this.#holding
    if (this.closed.includes(width)) throw new Error('drawn by a session that is closed')
    yield Uint8Array.of(width)
  }
}

const widthOf = async (studio: Studio, size: number): Promise<number> =>
  (await studio.easel.draw(framed(size), order)).width

describe('Easel', () => {
  it('draws the one before until the next is ready, and lets go of it after its last frame', async () => {
    const studio = new Studio()
    const first = widthOf(studio, 100)
    await studio.ready(100)
    expect(await first).toBe(100)

    expect(await widthOf(studio, 200)).toBe(100)
    expect(await widthOf(studio, 200)).toBe(100)
    expect(studio.opened).toEqual([100, 200])
    studio.hold()
    const last = widthOf(studio, 200)
    await studio.ready(200)
    const next = widthOf(studio, 200)
    expect(studio.closed).toEqual([])
    await studio.letGo()
    expect([await last, await next]).toEqual([100, 200])
    await nextTick()
    expect(studio.closed).toEqual([100])
  })

  it('follows whoever is asked for last, and opens nobody twice', async () => {
    const studio = new Studio()
    studio.easel.prepare(framed(100))
    await studio.ready(100)
    for (const size of [200, 200, 300, 300]) expect(await widthOf(studio, size)).toBe(100)
    await studio.ready(200)
    expect(await widthOf(studio, 300)).toBe(100)
    await studio.ready(300)
    expect(await widthOf(studio, 300)).toBe(300)
    await nextTick()
    expect([studio.opened, studio.closed]).toEqual([
      [100, 200, 300],
      [200, 100],
    ])
  })

  it('stays with the one before when the wish is taken back', async () => {
    const studio = new Studio()
    studio.easel.prepare(framed(100))
    await studio.ready(100)
    await widthOf(studio, 200)
    expect(await widthOf(studio, 100)).toBe(100)
    await studio.ready(200)
    expect(await widthOf(studio, 100)).toBe(100)
    expect(studio.closed).toEqual([200])
  })

  it('passes over one that cannot be opened, says so once, and tries again when asked anew', async () => {
    const studio = new Studio()
    studio.easel.prepare(framed(100))
    await studio.ready(100)
    await widthOf(studio, 200)
    await studio.fail(200)
    for (let i = 0; i < 3; i++) expect(await widthOf(studio, 200)).toBe(100)
    expect(studio.failures).toEqual([new Error('no 200')])
    expect(studio.opened).toEqual([100, 200])
    await widthOf(studio, 100)
    await widthOf(studio, 200)
    expect(studio.opened).toEqual([100, 200, 200])
  })

  it('fails the frames of a first subject that cannot be opened', async () => {
    const studio = new Studio()
    const first = expect(widthOf(studio, 100)).rejects.toThrow('no 100')
    await studio.fail(100)
    await first
    expect(studio.failures).toEqual([])
  })

  it('lets go of all when it is closed', async () => {
    const studio = new Studio()
    studio.easel.prepare(framed(100))
    await studio.ready(100)
    await widthOf(studio, 200)
    studio.easel.close()
    await studio.ready(200)
    expect(studio.closed).toEqual([100, 200])
  })
})
