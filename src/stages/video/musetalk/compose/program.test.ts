import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { InputError, ModelLoadError } from '../../../../errors.js'
import { encodeJpeg } from '../../../../media/jpeg.js'
import { fromRgb, sharp, toRgb } from '../../../../media/sharp.js'
import { createWorkerEngine } from '../../../../runtime/worker-engine.js'
import { frameFile, FRAMES_FOLDER } from '../../../avatar/files.js'
import { FACE_BYTES, FACE_SIZE, LATENT_VALUES } from '../contract.js'
import { MASKS_FILE } from '../material/manifest.js'
import { MaterialWriter } from '../material/writer.js'
import { composeModel, type ComposeEngine } from './model.js'
import type { ComposeInit, ComposeOrder } from './program.js'

const WIDTH = 320
const HEIGHT = 288
const COUNT = 3
const QUALITY = 80
const BOX = { left: 24, top: 20, right: 24 + FACE_SIZE, bottom: 20 + FACE_SIZE }
/** On the grid of the JPEG's blocks, so that it has no part in those around it. */
const MASK = { left: 48, top: 144, width: 160, height: 96 }

const signal = new AbortController().signal
const green = Uint8Array.from({ length: FACE_BYTES }, (_, i) => (i % 3 === 1 ? 255 : 0))

/** A smooth picture that differs from frame to frame. */
function picture(index: number): Uint8Array {
  return Uint8Array.from({ length: WIDTH * HEIGHT * 3 }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % WIDTH, Math.floor(i / 3 / WIDTH)]
    return [x / 2, y / 2, index * 60][i % 3]!
  })
}

let folder: string
let engine: ComposeEngine
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phiz-compose-'))
  engine = await createWorkerEngine<ComposeInit, ComposeOrder, Uint8Array<ArrayBuffer>, undefined>(
    composeModel(2),
    {
      device: { kind: 'cpu' },
    },
  )
})
afterAll(async () => {
  await engine.dispose()
  await rm(folder, { recursive: true })
})

/** A filmed face with a full mask. */
async function writeFilm(name: string): Promise<string> {
  const material = join(folder, name, 'musetalk')
  await mkdir(material, { recursive: true })
  await mkdir(join(folder, name, FRAMES_FOLDER))
  const writer = await MaterialWriter.open(material)
  for (let index = 0; index < COUNT; index++) {
    const jpeg = await encodeJpeg(picture(index), WIDTH, HEIGHT, 95)
    await writeFile(join(folder, name, frameFile(index)), jpeg)
    const mask = new Uint8Array(MASK.width * MASK.height).fill(255)
    const about = { count: COUNT, fps: 25, width: WIDTH, height: HEIGHT, box: BOX, maskPlace: MASK }
    await writer.add({ ...about, mask, latents: new Uint16Array(LATENT_VALUES) })
  }
  await writer.finish({ key: 'key', fps: 25, width: WIDTH, height: HEIGHT })
  await writer.close()
  return material
}

async function compose(material: string, orders: readonly ComposeOrder[]): Promise<Uint8Array[]> {
  const session = await engine.openPool({ material }, { signal })
  try {
    const one = async (order: ComposeOrder): Promise<Uint8Array> => {
      for await (const jpeg of session.process(order)) return jpeg
      throw new Error('no frame')
    }
    const frames: Uint8Array[] = []
    for (let i = 0; i < orders.length; i += 3) {
      frames.push(...(await Promise.all(orders.slice(i, i + 3).map(one))))
    }
    return frames
  } finally {
    await session.close()
  }
}

async function pixels(jpeg: Uint8Array): Promise<Uint8Array> {
  return (await toRgb(sharp(jpeg))).rgb
}

/** JPEG colours a pixel by its neighbours' colours, too. */
const REACH = 2

/** Largest difference of two pictures inside the mask, and outside of it. */
function differences(a: Uint8Array, b: Uint8Array): { inside: number; outside: number } {
  const most = { inside: 0, outside: 0 }
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [Math.floor(i / 3) % WIDTH, Math.floor(i / 3 / WIDTH)]
    const isNear =
      x >= MASK.left - REACH &&
      x < MASK.left + MASK.width + REACH &&
      y >= MASK.top - REACH &&
      y < MASK.top + MASK.height + REACH
    const where = isNear ? 'inside' : 'outside'
    most[where] = Math.max(most[where], Math.abs(a[i]! - b[i]!))
  }
  return most
}

describe('the composing program', () => {
  it('shows the frame as it is without a face', async () => {
    const material = await writeFilm('plain')
    const [first, last] = await compose(material, [
      { index: 0, quality: QUALITY },
      { index: 2, quality: QUALITY },
    ])
    for (const [index, jpeg] of [
      [0, first!],
      [2, last!],
    ] as const) {
      const base = await toRgb(sharp(join(material, '..', frameFile(index))))
      expect(Buffer.compare(jpeg, await encodeJpeg(base.rgb, WIDTH, HEIGHT, QUALITY))).toBe(0)
    }
  })

  it('lays a face over its frame where the mask is, and changes nothing else, in any order', async () => {
    const material = await writeFilm('face')
    const order = [0, 1, 2, 2, 1, 0, 2, 0]
    const frames = await compose(
      material,
      order.flatMap((index) => [
        { index, face: green, quality: QUALITY },
        { index, quality: QUALITY },
      ]),
    )
    for (const i of order.keys()) {
      const [withFace, plain] = [await pixels(frames[2 * i]!), await pixels(frames[2 * i + 1]!)]
      const { inside, outside } = differences(withFace, plain)
      expect(outside).toBe(0)
      expect(inside).toBeGreaterThan(100)
      const middle = ((MASK.top + 48) * WIDTH + MASK.left + 80) * 3
      expect(withFace[middle + 1]).toBeGreaterThan(240)
      // The blue of the frame's own number has gone there, and is still there beside.
      expect(withFace[middle + 2]).toBeLessThan(12)
      expect(Math.abs(withFace[2]! - order[i]! * 60)).toBeLessThan(8)
    }
  })

  it('shows as much of the face as it is told', async () => {
    const material = await writeFilm('mixed')
    const greenOf = async (mix: number): Promise<number> => {
      const [jpeg] = await compose(material, [{ index: 0, face: green, mix, quality: 95 }])
      return (await pixels(jpeg!))[((MASK.top + 48) * WIDTH + MASK.left + 80) * 3 + 1]!
    }
    const [none, half, whole] = [await greenOf(0), await greenOf(0.5), await greenOf(1)]
    expect(Math.abs(half - (none + whole) / 2)).toBeLessThan(4)
    expect(whole - none).toBeGreaterThan(100)
  })

  it('draws the one frame of a face that is not filmed', async () => {
    const material = join(folder, 'still')
    await mkdir(material)
    const writer = await MaterialWriter.open(material)
    const rgb = picture(1)
    await writer.add({
      ...{ count: 1, fps: 25, width: WIDTH, height: HEIGHT, box: BOX, maskPlace: MASK },
      mask: new Uint8Array(MASK.width * MASK.height).fill(255),
      latents: new Uint16Array(LATENT_VALUES),
      picture: new Uint8Array(await fromRgb({ rgb, width: WIDTH, height: HEIGHT }).png().toBuffer()),
    })
    await writer.finish({ key: 'key', fps: 25, width: WIDTH, height: HEIGHT })
    await writer.close()
    const drawn = { index: 0, face: green, quality: QUALITY }
    const [one, plain, other] = await compose(material, [drawn, { index: 0, quality: QUALITY }, drawn])
    expect(Buffer.compare(one!, other!)).toBe(0)
    expect(Buffer.compare(plain!, await encodeJpeg(rgb, WIDTH, HEIGHT, QUALITY))).toBe(0)
  })

  it('refuses orders that no frame can be made of', async () => {
    const material = await writeFilm('refused')
    for (const [order, message] of [
      [{ index: 3, quality: 80 }, /index is 3; a whole number from 0 to 2/],
      [{ index: 0, face: new Uint8Array(5), quality: 80 }, /face has 5 bytes; 196608/],
      [{ index: 0, face: green, mix: 1.5, quality: 80 }, /mix is 1.5/],
      [{ index: 0, quality: 0 }, /quality is 0/],
    ] as const) {
      const refused = compose(material, [order])
      await expect(refused).rejects.toThrow(InputError)
      await expect(refused).rejects.toThrow(message)
    }
  })

  it('opens a material anew that was made anew in its place', async () => {
    const material = await writeFilm('again')
    const order = { index: 0, face: green, quality: QUALITY }
    const [before] = await compose(material, [order])
    await truncate(join(material, MASKS_FILE), 10)
    await expect(compose(material, [order])).rejects.toThrow(ModelLoadError)
    await rm(join(folder, 'again'), { recursive: true })
    const [after] = await compose(await writeFilm('again'), [order])
    expect(Buffer.compare(after!, before!)).toBe(0)
  })

  it('says what is damaged', async () => {
    const material = await writeFilm('damaged')
    await truncate(join(material, MASKS_FILE), 10)
    await expect(compose(material, [{ index: 0, quality: QUALITY }])).rejects.toThrow(ModelLoadError)
    await expect(compose(join(folder, 'nowhere'), [{ index: 0, quality: QUALITY }])).rejects.toThrow(
      /material.json/,
    )
  })
})
