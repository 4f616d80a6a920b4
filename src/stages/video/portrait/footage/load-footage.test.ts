import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { drawFaceClip, storeFaceClip, talkingMoments } from '../../../../../test/media/face-clip.js'
import { ModelLoadError } from '../../../../errors.js'
import { encodeJpeg } from '../../../../media/jpeg.js'
import { readAvatar, type StoredVideo } from '../../../avatar/read.js'
import { loadCanonicalFace } from '../avatar.js'
import { checkFootage, type Footage } from './footage.js'
import { FrameReader } from './frame-reader.js'
import { loadFootage } from './load-footage.js'

const MOMENT = { weights: new Float32Array(52), rotation: [0, 0, 0], seconds: 0 }

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phiz-footage-'))
  await storeFaceClip(
    folder,
    await drawFaceClip({ width: 320, height: 240, fps: 25, moments: talkingMoments(4, 25) }),
  )
})

afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

async function stored(): Promise<StoredVideo> {
  const avatar = await readAvatar(folder)
  if (avatar.kind !== 'video') throw new Error('not a video')
  return avatar
}

describe('loading footage', () => {
  it('makes a painter of the size of the frames', async () => {
    const painter = await loadFootage(await loadCanonicalFace(), await stored())
    expect([painter.width, painter.height]).toEqual([320, 240])
  })

  it('names the file of a frame that is damaged, and draws the others', async () => {
    const avatar = await stored()
    const painter = await loadFootage(await loadCanonicalFace(), avatar)
    const [file] = avatar.frames as [string]
    const intact = await readFile(file)
    const out = new Uint8Array(320 * 240 * 3)
    await truncate(file, 40)
    await expect(painter.paint(MOMENT, out)).rejects.toThrow(ModelLoadError)
    await expect(painter.paint(MOMENT, out)).rejects.toThrow(
      /000000\.jpg is missing or damaged; create the avatar again/,
    )
    await painter.paint({ ...MOMENT, seconds: 0.04 }, out)
    await writeFile(file, await encodeJpeg(new Uint8Array(32 * 24 * 3), 32, 24, 80))
    await expect(painter.paint(MOMENT, out)).rejects.toThrow(
      /000000\.jpg has 32x24 pixels instead of 320x240/,
    )
    await writeFile(file, intact)
    await painter.paint(MOMENT, out)
    expect(out.some((value) => value > 0)).toBe(true)
  })

  it('decodes a frame once when it is asked for again, and one ahead', async () => {
    const avatar = await stored()
    const reader = new FrameReader({ files: avatar.frames, width: 320, height: 240 })
    const first = await reader.read(0)
    reader.prepare(1)
    expect(await reader.read(0)).toBe(first)
    const second = await reader.read(1)
    expect(second).not.toBe(first)
    expect(await reader.read(1)).toBe(second)
    expect(Buffer.from(first).equals(await reader.read(0))).toBe(true)
  })

  it('refuses parts that do not fit together', () => {
    const footage = { files: ['a', 'b'], width: 320, height: 240, fps: 25, landmarks: new Float32Array(1404) }
    const check = (change: Partial<Footage>): void => {
      checkFootage({ ...footage, ...change } as Footage)
    }
    expect(() => { check({}) }).toThrow('The footage has 1404 landmark values; 2 frames need 2808.') // prettier-ignore
    expect(() => { check({ files: [] }) }).toThrow('The footage has no frame; at least one is needed.') // prettier-ignore
    expect(() => { check({ fps: Number.NaN }) }).toThrow(/NaN frames a second; a positive number/) // prettier-ignore
    expect(() => { check({ width: 1.5 }) }).toThrow(/1.5x240 pixels; whole numbers/) // prettier-ignore
  })
})
