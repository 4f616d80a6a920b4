import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { InputError } from '../errors.js'
import { encodeJpeg } from './jpeg.js'

const WIDTH = 48
const HEIGHT = 32
const picture = Uint8Array.from({ length: WIDTH * HEIGHT * 3 }, (_, i) => {
  const x = Math.floor(i / 3) % WIDTH
  return i % 3 === 0 ? x * 5 : i % 3 === 1 ? 128 : 255 - x * 5
})

describe('encodeJpeg', () => {
  it('gives a baseline 4:2:0 JPEG of the same picture', async () => {
    const jpeg = await encodeJpeg(picture, WIDTH, HEIGHT, 90)
    expect(await sharp(jpeg).metadata()).toMatchObject({
      format: 'jpeg',
      width: WIDTH,
      height: HEIGHT,
      chromaSubsampling: '4:2:0',
      isProgressive: false,
    })
    const back = await sharp(jpeg).raw().toBuffer()
    const error = picture.reduce((sum, value, i) => sum + Math.abs(value - back[i]!), 0) / picture.length
    expect(error).toBeLessThan(2)
  })

  it('is smaller at a lower quality', async () => {
    const [low, high] = await Promise.all(
      [20, 95].map((quality) => encodeJpeg(picture, WIDTH, HEIGHT, quality)),
    )
    expect(low!.length).toBeLessThan(high!.length)
  })

  it('refuses pixels or a quality that do not fit', async () => {
    await expect(encodeJpeg(picture, WIDTH, HEIGHT + 1, 90)).rejects.toThrow(
      /48x33 has 4752 bytes; 4608 were given/,
    )
    await expect(encodeJpeg(picture, WIDTH, HEIGHT, 0)).rejects.toThrow(InputError)
  })
})
