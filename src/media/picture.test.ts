import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { crc32, deflateSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { damager } from '../../test/media/damage.js'
import { CancelledError, InputError, MediaError } from '../errors.js'
import { readPicture, type ReadPictureOptions } from './picture.js'
import { cropPicture } from './picture-crop.js'
import type { RgbPicture } from './rgb-picture.js'
import { fromRgb, type Sharp, sharp } from './sharp.js'

const astronaut = fileURLToPath(new URL('../../test/media/portrait-astronaut.png', import.meta.url))
const limits: ReadPictureOptions = { maxBytes: 32 * 1024 * 1024, maxPixels: 100_000_000 }

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phiz-picture-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** 96 × 64: a red, a green, a blue and a white quarter, so that every turn and mirroring shows. */
function quarters(): RgbPicture {
  const width = 96
  const height = 64
  const colours = [
    [200, 40, 40],
    [40, 200, 40],
    [40, 40, 200],
    [240, 240, 240],
  ]
  const rgb = new Uint8Array(width * height * 3)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      rgb.set(colours[(y < height / 2 ? 0 : 2) + (x < width / 2 ? 0 : 1)]!, (y * width + x) * 3)
    }
  }
  return { rgb, width, height }
}

const image = (): Sharp => fromRgb(quarters())

/** The colour in the middle of each quarter: top left, top right, bottom left, bottom right. */
function corners({ rgb, width, height }: RgbPicture): number[][] {
  const at = (x: number, y: number): number[] => {
    const offset = (Math.floor(height * y) * width + Math.floor(width * x)) * 3
    return [...rgb.subarray(offset, offset + 3)]
  }
  return [at(0.25, 0.25), at(0.75, 0.25), at(0.25, 0.75), at(0.75, 0.75)]
}

function expectCorners(picture: RgbPicture, expected: number[][], tolerance: number): void {
  const worst = Math.max(
    ...corners(picture).flatMap((c, i) => c.map((v, k) => Math.abs(v - expected[i]![k]!))),
  )
  expect(worst, JSON.stringify(corners(picture))).toBeLessThanOrEqual(tolerance)
}

const RED = [200, 40, 40]
const GREEN = [40, 200, 40]
const BLUE = [40, 40, 200]
const WHITE = [240, 240, 240]

describe('readPicture reads every format', () => {
  const formats: [string, string, number, () => Sharp][] = [
    ['PNG', 'png', 0, () => image().png()],
    ['PNG with a palette', 'png', 2, () => image().png({ palette: true })],
    ['PNG with 16 bits', 'png', 1, () => image().toColourspace('rgb16').png()],
    ['JPEG', 'jpeg', 4, () => image().jpeg({ quality: 95 })],
    ['progressive JPEG', 'jpeg', 4, () => image().jpeg({ quality: 95, progressive: true })],
    ['WebP', 'webp', 0, () => image().webp({ lossless: true })],
    ['AVIF', 'avif', 6, () => image().avif({ quality: 90, effort: 0 })],
    ['GIF', 'gif', 8, () => image().gif()],
    ['TIFF', 'tiff', 0, () => image().tiff({ compression: 'lzw' })],
    ['TIFF in Lab', 'tiff', 2, () => image().toColourspace('lab').tiff({ compression: 'lzw' })],
    ['PNG in Display P3', 'png', 3, () => image().withIccProfile('p3').png()],
  ]

  it.each(formats)('%s', async (_, format, tolerance, make) => {
    const picture = await readPicture(await make().toBuffer(), limits)
    expect(picture).toMatchObject({ format, width: 96, height: 64 })
    expect(picture.rgb).toHaveLength(96 * 64 * 3)
    expectCorners(picture, [RED, GREEN, BLUE, WHITE], tolerance)
  })

  it.each([
    ['8 bits', () => image().greyscale().png()],
    ['16 bits', () => image().greyscale().toColourspace('grey16').png()],
  ])('greyscale with %s, as grey RGB', async (_, make) => {
    const { rgb } = await readPicture(await make().toBuffer(), limits)
    expect(rgb).toHaveLength(96 * 64 * 3)
    expect(rgb.every((value, at) => value === rgb[at - (at % 3)])).toBe(true)
  })

  it('a photo in CMYK, as near as four inks come to it', async () => {
    const original = await readPicture(astronaut, limits)
    const inks = await fromRgb(original).toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer()
    const { rgb } = await readPicture(inks, limits)
    const difference = rgb.reduce((sum, value, at) => sum + Math.abs(value - original.rgb[at]!), 0)
    expect(rgb).toHaveLength(original.rgb.length)
    expect(difference / rgb.length).toBeLessThan(10)
  })

  it('the first picture of an animation and of a TIFF with pages', async () => {
    const frames = [image(), image().negate()].map((frame) => frame.png().toBuffer())
    const animation = sharp(await Promise.all(frames), { join: { animated: true } })
    for (const made of [animation.clone().webp({ lossless: true }), animation.clone().tiff()]) {
      const picture = await readPicture(await made.toBuffer(), limits)
      expect(picture).toMatchObject({ width: 96, height: 64 })
      expectCorners(picture, [RED, GREEN, BLUE, WHITE], 8)
    }
  })

  it('transparent parts over white', async () => {
    const half = image().ensureAlpha(0.5)
    const picture = await readPicture(await half.png().toBuffer(), limits)
    expectCorners(
      picture,
      [RED, GREEN, BLUE, WHITE].map((colour) => colour.map((value) => (value + 255) / 2)),
      1.5,
    )
  })

  it('as the EXIF orientation says', async () => {
    // Which corners are seen, for each orientation 1 to 8 of the Exif standard (CIPA DC-008, tag 0x0112).
    const seen = [
      [RED, GREEN, BLUE, WHITE],
      [GREEN, RED, WHITE, BLUE],
      [WHITE, BLUE, GREEN, RED],
      [BLUE, WHITE, RED, GREEN],
      [RED, BLUE, GREEN, WHITE],
      [BLUE, RED, WHITE, GREEN],
      [WHITE, GREEN, BLUE, RED],
      [GREEN, WHITE, RED, BLUE],
    ]
    for (const [index, expected] of seen.entries()) {
      const stored = await image()
        .withMetadata({ orientation: index + 1 })
        .jpeg({ quality: 95 })
        .toBuffer()
      const picture = await readPicture(stored, limits)
      expect([picture.width, picture.height]).toEqual(index < 4 ? [96, 64] : [64, 96])
      expectCorners(picture, expected, 4)
    }
  })

  it('a photo from a path, the same as from its bytes, whatever its name says', async () => {
    const copy = join(folder, 'photo.jpg')
    await writeFile(copy, await readFile(astronaut))
    const [fromPath, fromBytes] = await Promise.all([
      readPicture(copy, limits),
      readPicture(await readFile(astronaut), limits),
    ])
    expect(fromPath).toMatchObject({ format: 'png', width: 512, height: 512 })
    expect(Buffer.compare(fromPath.rgb, fromBytes.rgb)).toBe(0)
  })

  it('into a buffer of its own, which can be transferred', async () => {
    const { rgb } = await readPicture(astronaut, limits)
    expect(rgb.buffer.byteLength).toBe(512 * 512 * 3)
    structuredClone(rgb, { transfer: [rgb.buffer as ArrayBuffer] })
    expect(rgb).toHaveLength(0)
  })
})

describe('readPicture tells what is wrong with', () => {
  const fails = async (
    source: string | Uint8Array,
    kind: typeof InputError | typeof MediaError,
    message: string,
    options = limits,
  ): Promise<void> => {
    const failure: unknown = await readPicture(source, options).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(kind)
    expect((failure as Error).message).toBe(message)
  }
  const put = async (name: string, content: Uint8Array | string): Promise<string> => {
    await writeFile(join(folder, name), content)
    return join(folder, name)
  }
  const EXPECTED = 'a JPEG, PNG, WebP, AVIF, GIF or TIFF file is expected.'

  it('a path that leads to no file', async () => {
    const none = join(folder, 'none.jpg')
    await fails(none, InputError, `The picture file ${none} cannot be read: there is no such file or folder.`)
    await fails(folder, InputError, `${folder} is a directory; a picture file is expected.`)
    await fails('/dev/zero', InputError, '/dev/zero is not a regular file; a picture file is expected.')
    await fails(
      'a\0b.png',
      InputError,
      'The picture file a\0b.png cannot be read: the path holds a character that no file name can have.',
    )
    await mkdir(join(folder, 'folder.png'))
    await fails(
      join(folder, 'folder.png'),
      InputError,
      `${join(folder, 'folder.png')} is a directory; a picture file is expected.`,
    )
  })

  it('a file that holds no picture', async () => {
    const empty = await put('empty.jpg', '')
    await fails(empty, MediaError, `${empty} is empty (0 bytes).`)
    await fails(new Uint8Array(0), MediaError, 'The picture is empty (0 bytes).')
    const text = await put('text.jpg', 'Dear reader,\nthis is no photo.\n')
    await fails(text, MediaError, `${text} is text, not a picture; ${EXPECTED}`)
    const zeros = await put('zeros.png', new Uint8Array(5000))
    await fails(zeros, MediaError, `${zeros} is not a picture that can be read; ${EXPECTED}`)
    const sound = fileURLToPath(new URL('../../test/media/speech-en-3s.wav', import.meta.url))
    await fails(sound, MediaError, `${sound} is not a picture that can be read; ${EXPECTED}`)
  })

  it('a format that is not read, with what to do instead', async () => {
    const named = { ...limits, name: 'me' }
    const bytes = (text: string): Uint8Array => Buffer.from(text.padEnd(64, '\0'), 'latin1')
    const refusals: [string, string][] = [
      [
        '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script/></svg>',
        'me is an SVG drawing, which can run scripts and load further files; save it as PNG or JPEG.',
      ],
      [
        '\0\0\0\x18ftypheic\0\0\0\0mif1heic',
        'me is a HEIC picture, which cannot be read here; save it as JPEG.',
      ],
      [
        '\0\0\0\x18ftypmif1\0\0\0\0mif1heix',
        'me is a HEIC picture, which cannot be read here; save it as JPEG.',
      ],
      ['BM6\x10\0\0', 'me is a BMP picture, which cannot be read here; save it as PNG or JPEG.'],
      ['%PDF-1.7', 'me is a PDF document, not a picture; save the picture in it as PNG or JPEG.'],
      ['\0\0\0\x18ftypisom\0\0\0\0isommp42', 'me is a video, not a picture.'],
      ['RIFF\0\0\0\0AVI LIST', 'me is a video, not a picture.'],
    ]
    for (const [head, message] of refusals) await fails(bytes(head), MediaError, message, named)
  })

  it('a file that was cut', async () => {
    const makers = {
      JPEG: () => sharp(astronaut).jpeg(),
      PNG: () => sharp(astronaut).png(),
      WEBP: () => sharp(astronaut).webp(),
      AVIF: () => sharp(astronaut).resize(128).avif({ effort: 0 }),
      GIF: () => sharp(astronaut).resize(128).gif(),
      TIFF: () => sharp(astronaut).tiff(),
    }
    for (const [format, make] of Object.entries(makers)) {
      const whole = await make().toBuffer()
      for (const length of [60, whole.length >> 1, Math.floor(whole.length * 0.95)]) {
        const message = `The picture is a damaged or cut ${format} picture; it cannot be decoded.`
        await fails(whole.subarray(0, length), MediaError, message)
      }
    }
  })

  it('one over the limits, before it is read or decoded', async () => {
    const small = { ...limits, maxBytes: 1000, maxPixels: 96 * 64 }
    const size = (await readFile(astronaut)).length
    await fails(
      astronaut,
      InputError,
      `${astronaut} has ${size} bytes; at most 1000 are accepted (maxBytes).`,
      small,
    )
    const bytes = await image().png().toBuffer()
    await expect(readPicture(bytes, small)).resolves.toMatchObject({ width: 96, height: 64 })
    await fails(
      bytes,
      InputError,
      'The picture is 96x64, 6144 pixels; at most 6143 are accepted (maxPixels).',
      { ...small, maxPixels: 6143 },
    )
  })

  it('a decompression bomb, without unpacking it', async () => {
    const bytes = bomb(30_000, 30_000)
    expect(bytes.length).toBeLessThan(200_000)
    const before = process.memoryUsage().rss
    const message =
      'The picture is 30000x30000, 900000000 pixels; at most 100000000 are accepted (maxPixels).'
    await fails(bytes, InputError, message)
    expect(process.memoryUsage().rss - before).toBeLessThan(32 * 1024 * 1024)
  })

  it('any damage: never a crash, a hang or an unnamed error', async () => {
    const damage = damager(20_263)
    const small = (): Sharp => sharp(astronaut).resize(64)
    for (const made of [
      small().jpeg(),
      small().png(),
      small().webp(),
      small().avif({ effort: 0 }),
      small().gif(),
      small().tiff(),
    ]) {
      const whole = await made.toBuffer()
      for (let round = 0; round < 40; round++) {
        const outcome = await readPicture(damage(whole), { ...limits, maxPixels: 1_000_000 }).catch(
          (error: unknown) => error,
        )
        if (outcome instanceof Error) {
          expect([MediaError, InputError], outcome.message).toContain(outcome.constructor)
        } else {
          const { rgb, width, height } = outcome as RgbPicture
          expect(rgb).toHaveLength(width * height * 3)
        }
      }
    }
  })

  it('nothing when it was cancelled', async () => {
    const signal = AbortSignal.abort()
    await expect(readPicture(astronaut, { ...limits, signal })).rejects.toBeInstanceOf(CancelledError)
    const controller = new AbortController()
    const reading = readPicture(astronaut, { ...limits, signal: controller.signal })
    controller.abort()
    await expect(reading).rejects.toBeInstanceOf(CancelledError)
  })
})

describe('cropPicture', () => {
  it('cuts a rectangle out pixel by pixel', async () => {
    const part = await cropPicture(quarters(), { left: 47, top: 31, width: 2, height: 2 }, 2, 2)
    expect(part).toEqual({ rgb: new Uint8Array([RED, GREEN, BLUE, WHITE].flat()), width: 2, height: 2 })
  })

  it('scales up and down', async () => {
    for (const [width, height] of [
      [48, 32],
      [192, 128],
      [40, 80],
    ] as const) {
      const part = await cropPicture(quarters(), { left: 0, top: 0, width: 96, height: 64 }, width, height)
      expect([part.width, part.height, part.rgb.length]).toEqual([width, height, width * height * 3])
      expectCorners(part, [RED, GREEN, BLUE, WHITE], 3)
    }
  })

  it('repeats the edge where the rectangle leaves the picture', async () => {
    const wide = { left: -48, top: -32, width: 192, height: 128 }
    const part = await cropPicture(quarters(), wide, 96, 64)
    const at = (x: number, y: number): number[] => [
      ...part.rgb.subarray((y * 96 + x) * 3, (y * 96 + x) * 3 + 3),
    ]
    expect([at(0, 0), at(95, 0), at(0, 63), at(95, 63)]).toEqual([RED, GREEN, BLUE, WHITE])
    expectCorners(part, [RED, GREEN, BLUE, WHITE], 3)
    // The middle of the picture stays where it was asked for.
    expect([at(44, 28), at(51, 28), at(44, 35), at(51, 35)]).toEqual([RED, GREEN, BLUE, WHITE])
  })

  it('refuses what it cannot do', async () => {
    const crop = (left: number, width: number, out = 8): Promise<RgbPicture> =>
      cropPicture(quarters(), { left, top: 0, width, height: 8 }, out, 8)
    await expect(crop(96, 8)).rejects.toThrow(
      'Cannot crop to the rectangle 8x8 at (96, 0): it lies outside of the 96x64 picture.',
    )
    await expect(crop(0, 0)).rejects.toThrow(
      'Cannot crop to the rectangle 0x8 at (0, 0): 1 to 268435456 pixels are possible.',
    )
    await expect(crop(Number.NaN, 8)).rejects.toThrow(InputError)
    await expect(crop(0, 8, 0.5)).rejects.toThrow(
      'Cannot crop to a size of 0.5x8; whole numbers with 1 to 268435456 pixels are expected.',
    )
  })
})

/** A PNG of `width` × `height` black pixels, as small as it gets. */
function bomb(width: number, height: number): Uint8Array {
  const chunk = (type: string, data: Uint8Array): Buffer => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
    const frame = Buffer.alloc(body.length + 8)
    frame.writeUInt32BE(data.length, 0)
    body.copy(frame, 4)
    frame.writeUInt32BE(crc32(body), body.length + 4)
    return frame
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header[8] = 1
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc((width / 8 + 1) * height), { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ])
}
