import { mkdtemp, readdir, readFile, readlink, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { collectGarbage } from '../../test/collect-garbage.js'
import { damager } from '../../test/media/damage.js'
import { encodeAudio, readClip } from '../../test/media/encode-audio.js'
import { encodeVideo, type EncodeVideoOptions, evenly, fill } from '../../test/media/encode-video.js'
import { CancelledError, InputError, MediaError } from '../errors.js'
import { constants } from './ffmpeg.js'
import { sharp } from './sharp.js'
import { openVideo, type Video, type VideoFrame, type VideoOptions, type VideoSource } from './video.js'

const LIMITS: VideoOptions = { maxBytes: 64 * 1024 * 1024, maxSeconds: 60 }
const X264 = { container: 'mp4', encoder: 'libx264', encoding: { preset: 'ultrafast', crf: '4' } }

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phiz-video-'))
})
afterAll(() => rm(folder, { recursive: true }))

type Colour = readonly [number, number, number]
const RED: Colour = [200, 40, 40]
const GREEN: Colour = [40, 200, 40]
const BLUE: Colour = [40, 40, 200]
const WHITE: Colour = [240, 240, 240]
const COLOURS: readonly Colour[] = [RED, GREEN, BLUE, WHITE, [0, 0, 0], [255, 255, 255], [180, 140, 110]]

async function make(name: string, options: Partial<EncodeVideoOptions> = {}): Promise<string> {
  const path = join(folder, name)
  await encodeVideo(path, {
    ...X264,
    width: 64,
    height: 48,
    times: evenly(25, 10),
    paint: (rgb, index) => {
      fill(rgb, ...COLOURS[index % COLOURS.length]!)
    },
    ...options,
  })
  return path
}

interface Watched {
  readonly frames: readonly VideoFrame[]
  readonly warnings: readonly string[]
  readonly info: Video['info']
}

async function watch(source: VideoSource, fps?: number, options = LIMITS): Promise<Watched> {
  const warnings: string[] = []
  const frames: VideoFrame[] = []
  const video = await openVideo(source, { ...options, onWarning: (warning) => warnings.push(warning) })
  try {
    for await (const frame of video.frames({ fps: fps ?? video.info.fps })) frames.push(frame)
  } finally {
    await video.close()
  }
  return { frames, warnings, info: video.info }
}

function colourAt({ rgb, width, height }: VideoFrame, x: number, y: number): Colour {
  const at = (Math.floor(height * y) * width + Math.floor(width * x)) * 3
  return [rgb[at]!, rgb[at + 1]!, rgb[at + 2]!]
}

function distance(a: Colour, b: Colour): number {
  return Math.max(Math.abs(a[0] - b[0]), Math.abs(a[1] - b[1]), Math.abs(a[2] - b[2]))
}

/** Which of the colours a frame shows in its middle. */
function colourOf(frame: VideoFrame): number {
  const seen = colourAt(frame, 0.5, 0.5)
  const distances = COLOURS.map((colour) => distance(colour, seen))
  return distances.indexOf(Math.min(...distances))
}

/** A red, a green, a blue and a white quarter. */
function paintQuarters(width: number, height: number): (rgb: Uint8Array) => void {
  return (rgb) => {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        rgb.set(
          [RED, GREEN, BLUE, WHITE][(y * 2 < height ? 0 : 2) + (x * 2 < width ? 0 : 1)]!,
          (y * width + x) * 3,
        )
      }
    }
  }
}

describe('openVideo reads', () => {
  const yuv420p10 = constants.AV_PIX_FMT_YUV420P10LE
  const quiet = { preset: 'ultrafast', 'x265-params': 'log-level=none:lossless=1' }
  const fine = { qmin: '2', qmax: '2' }
  const vpx = { deadline: 'realtime', b: '2M' }
  const full = constants.AVCOL_RANGE_JPEG
  const bt709 = constants.AVCOL_SPC_BT709
  const formats: [string, string, Partial<EncodeVideoOptions>][] = [
    ['h264.mp4', 'h264', {}],
    ['h264-b-frames.mp4', 'h264', { encoding: { preset: 'veryfast', bf: '3', crf: '4' } }],
    ['h264.avi', 'h264', { container: 'avi', fps: 25 }],
    ['bt601-full.mp4', 'h264', { colorRange: full }],
    ['bt709.mp4', 'h264', { colorSpace: bt709 }],
    ['bt709-full.mp4', 'h264', { colorSpace: bt709, colorRange: full }],
    ['untagged-sd.mp4', 'h264', { tagged: false }],
    ['untagged-hd.mp4', 'h264', { tagged: false, colorSpace: bt709, width: 1280, height: 720 }],
    ['yuv444.mp4', 'h264', { pixelFormat: constants.AV_PIX_FMT_YUV444P }],
    ['hevc.mp4', 'hevc', { encoder: 'libx265', encoding: quiet }],
    [
      'hevc-10bit.mov',
      'hevc',
      { container: 'mov', encoder: 'libx265', encoding: quiet, pixelFormat: yuv420p10, colorSpace: bt709 },
    ],
    ['vp8.webm', 'vp8', { container: 'webm', encoder: 'libvpx', encoding: { ...vpx, 'cpu-used': '-8' } }],
    ['vp9.webm', 'vp9', { container: 'webm', encoder: 'libvpx-vp9', encoding: { ...vpx, 'cpu-used': '8' } }],
    ['h264.mkv', 'h264', { container: 'matroska' }],
    [
      'mjpeg.avi',
      'mjpeg',
      {
        container: 'avi',
        encoder: 'mjpeg',
        encoding: fine,
        fps: 25,
        pixelFormat: constants.AV_PIX_FMT_YUVJ420P,
        colorRange: full,
      },
    ],
    ['mpeg4.avi', 'mpeg4', { container: 'avi', encoder: 'mpeg4', encoding: fine, fps: 25 }],
    [
      'raw-rgb.avi',
      'rawvideo',
      {
        container: 'avi',
        encoder: 'rawvideo',
        encoding: {},
        fps: 25,
        pixelFormat: constants.AV_PIX_FMT_BGR24,
      },
    ],
    [
      'prores.mov',
      'prores',
      {
        container: 'mov',
        encoder: 'prores_ks',
        encoding: {},
        fps: 25,
        pixelFormat: constants.AV_PIX_FMT_YUV422P10LE,
      },
    ],
    ['h264.ts', 'h264', { container: 'mpegts' }],
    ['mpeg2.mpg', 'mpeg2video', { container: 'mpeg', encoder: 'mpeg2video', encoding: fine, fps: 25 }],
    ['flv1.flv', 'flv1', { container: 'flv', encoder: 'flv', encoding: fine, fps: 25 }],
    ['wmv2.wmv', 'wmv2', { container: 'asf', encoder: 'wmv2', encoding: fine, fps: 25 }],
  ]

  it.each(formats)('%s', async (name, codec, options) => {
    const { frames, warnings, info } = await watch(await make(name, options), 25)
    expect(warnings).toEqual([])
    expect(info).toMatchObject({ codec, width: options.width ?? 64, height: options.height ?? 48 })
    expect(frames.map((frame) => [frame.index, frame.timestamp])).toEqual(
      evenly(25, 10).map((time, i) => [i, Math.round(time * 1e6)]),
    )
    const worst = frames.map((frame) =>
      distance(colourAt(frame, 0.5, 0.5), COLOURS[frame.index % COLOURS.length]!),
    )
    expect(Math.max(...worst), worst.join()).toBeLessThanOrEqual(3)
  })

  it('AV1 in WebM', async () => {
    // The encoder greets on stderr otherwise.
    vi.stubEnv('SVT_LOG', '0')
    const { frames, info } = await watch(
      await make('av1.webm', {
        container: 'webm',
        encoder: 'libsvtav1',
        encoding: { preset: '12', crf: '10' },
        fps: 25,
        width: 64,
        height: 64,
      }),
      25,
    )
    expect(info.codec).toBe('av1')
    expect(frames.map(colourOf)).toEqual(frames.map((_, index) => index % COLOURS.length))
  })

  it('what the file tells of itself', async () => {
    const path = await make('info.mp4')
    const { info } = await watch(path)
    expect(info).toEqual({ width: 64, height: 48, fps: 25, seconds: 0.4, codec: 'h264' })
  })

  it('bytes, the same as the file', async () => {
    const path = await make('bytes.mp4')
    const [file, bytes] = [await watch(path), await watch(await readFile(path))]
    expect(bytes.frames.map((frame) => Buffer.from(frame.rgb).toString('base64'))).toEqual(
      file.frames.map((frame) => Buffer.from(frame.rgb).toString('base64')),
    )
  })
})

describe('pictures are upright', () => {
  const quarters = { width: 96, height: 64, paint: paintQuarters(96, 64), times: evenly(25, 2) }
  const turns: [string, Partial<EncodeVideoOptions>, readonly Colour[]][] = [
    ['not turned', {}, [RED, GREEN, BLUE, WHITE]],
    ['turned by 90°', { rotation: 90 }, [BLUE, RED, WHITE, GREEN]],
    ['turned by 180°', { rotation: 180 }, [WHITE, BLUE, GREEN, RED]],
    ['turned by 270°', { rotation: 270 }, [GREEN, WHITE, RED, BLUE]],
    ['mirrored', { mirrored: true }, [GREEN, RED, WHITE, BLUE]],
    ['mirrored and turned by 90°', { mirrored: true, rotation: 90 }, [WHITE, GREEN, BLUE, RED]],
  ]

  it.each(turns)('%s', async (name, options, expected) => {
    const path = await make(`${name.replaceAll(/\W+/g, '-')}.mp4`, { ...quarters, ...options })
    const { frames, info } = await watch(path)
    const lying = options.rotation === undefined || options.rotation === 180
    expect([info.width, info.height]).toEqual(lying ? [96, 64] : [64, 96])
    expect(frames).toHaveLength(2)
    for (const frame of frames) {
      expect([frame.width, frame.height, frame.rgb.length]).toEqual([info.width, info.height, 96 * 64 * 3])
      const seen = [
        colourAt(frame, 0.25, 0.25),
        colourAt(frame, 0.75, 0.25),
        colourAt(frame, 0.25, 0.75),
        colourAt(frame, 0.75, 0.75),
      ]
      expect(
        Math.max(...seen.map((colour, index) => distance(colour, expected[index]!))),
        seen.join(' '),
      ).toBeLessThanOrEqual(6)
    }
  })

  it.each([
    [
      'odd sides',
      {
        container: 'matroska',
        encoder: 'ffv1',
        encoding: {},
        width: 97,
        height: 65,
        pixelFormat: constants.AV_PIX_FMT_YUV444P,
      },
      [96, 64],
    ],
    ['long pixels', { width: 72, height: 64, pixelAspect: [4, 3] as const }, [96, 64]],
    ['more than 1080 lines', { width: 2560, height: 1440, times: [0] }, [1920, 1080]],
    ['more than 1080 lines, turned', { width: 2560, height: 1440, times: [0], rotation: 90 }, [1080, 1920]],
  ] as [string, Partial<EncodeVideoOptions>, number[]][])('%s', async (name, options, size) => {
    const { width, height } = { ...quarters, ...options }
    const path = await make(`${name.replaceAll(' ', '-')}.mkv`, {
      ...quarters,
      ...options,
      paint: paintQuarters(width, height),
    })
    const { frames, info } = await watch(path)
    expect([info.width, info.height]).toEqual(size)
    expect([frames[0]?.width, frames[0]?.height, frames[0]?.rgb.length]).toEqual([
      ...size,
      size[0]! * size[1]! * 3,
    ])
    expect(distance(colourAt(frames[0]!, 0.25, 0.25), options.rotation ? BLUE : RED)).toBeLessThanOrEqual(6)
  })

  it('without combs when they are interlaced', async () => {
    // Even lines of one moment, odd lines of another: the second field is black.
    const paint = (rgb: Uint8Array): void => {
      rgb.fill(0)
      for (let y = 0; y < 64; y += 2) rgb.fill(200, y * 96 * 3, (y + 1) * 96 * 3)
    }
    const made = {
      ...quarters,
      container: 'avi',
      encoder: 'mpeg2video',
      encoding: { qmin: '1', qmax: '1' },
      fps: 25,
      paint,
    }
    const interlaced = await watch(
      await make('interlaced.avi', { ...made, interlaced: true, pixelFormat: constants.AV_PIX_FMT_YUV422P }),
    )
    const column = Array.from({ length: 48 }, (_, y) => colourAt(interlaced.frames[0]!, 0.5, (y + 8) / 64)[1])
    expect(Math.min(...column)).toBeGreaterThan(190)
  })

  it('in standard range when they are HDR: the reference white of HLG is white', async () => {
    // ITU-R BT.2408: 75 % of the HLG signal is the white of standard range.
    const path = await make('hlg.mp4', {
      encoder: 'libx265',
      encoding: {
        preset: 'ultrafast',
        'x265-params': 'log-level=none:lossless=1:colorprim=bt2020:transfer=arib-std-b67',
      },
      pixelFormat: constants.AV_PIX_FMT_YUV420P10LE,
      colorSpace: constants.AVCOL_SPC_BT2020_NCL,
      paint: (rgb, index) => {
        const level = [0, 96, 191][index % 3]!
        fill(rgb, level, level, level)
      },
    })
    const { frames } = await watch(path)
    const [black, grey, white] = frames.map((frame) => colourAt(frame, 0.5, 0.5)[1])
    expect(black).toBeLessThan(4)
    expect(grey).toBeGreaterThan(90)
    expect(grey).toBeLessThan(125)
    expect(white).toBeGreaterThan(245)
  })
})

describe('pictures come at a constant rate', () => {
  it('lower or higher than that of the file', async () => {
    const path = await make('rates.mp4', { times: evenly(50, 7) })
    expect((await watch(path, 25)).frames.map(colourOf)).toEqual([0, 2, 4, 6])
    expect((await watch(path, 100)).frames.map(colourOf)).toEqual([0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6])
  })

  it.each(['mp4', 'matroska'])('when that of the file varies: %s', async (container) => {
    const path = await make(`vfr.${container}`, { container, times: [0, 0.08, 0.31, 0.33, 0.9, 1] })
    expect((await watch(path, 10)).frames.map(colourOf)).toEqual([0, 1, 2, 2, 3, 3, 3, 4, 4, 4, 5])
  })

  it('each in a buffer of its own, even when a picture comes twice', async () => {
    const path = await make('buffers.mp4', { times: evenly(5, 3) })
    const { frames } = await watch(path, 25)
    expect(frames).toHaveLength(15)
    expect(new Set(frames.map((frame) => frame.rgb.buffer)).size).toBe(15)
    for (const { rgb } of frames) {
      expect(rgb.buffer.byteLength).toBe(rgb.length)
      structuredClone(rgb, { transfer: [rgb.buffer as ArrayBuffer] })
      expect(rgb).toHaveLength(0)
    }
  })

  it('once: a second pass needs a second opening', async () => {
    const video = await openVideo(await make('once.mp4'), LIMITS)
    expect(() => video.frames({ fps: 0 })).toThrow('fps is 0; a number above 0, up to 1000, is expected.')
    video.frames({ fps: 25 })
    expect(() => video.frames({ fps: 25 })).toThrow(/can be taken once; open it again for more/)
    await video.close()
  })
})

describe('openVideo refuses', () => {
  const fails = async (
    source: VideoSource,
    kind: typeof InputError | typeof MediaError,
    message: string,
    options: Partial<VideoOptions> = {},
  ): Promise<void> => {
    const failure: unknown = await watch(source, 25, { ...LIMITS, ...options }).catch(
      (error: unknown) => error,
    )
    expect(failure).toBeInstanceOf(kind)
    expect((failure as Error).message).toBe(message)
  }
  const put = async (name: string, content: Uint8Array | string): Promise<string> => {
    await writeFile(join(folder, name), content)
    return join(folder, name)
  }

  it('a path that leads to no file', async () => {
    const none = join(folder, 'none.mp4')
    await fails(none, InputError, `The video file ${none} cannot be read: there is no such file or folder.`)
    await fails(folder, InputError, `${folder} is a directory; a video file is expected.`)
    await fails('/dev/zero', InputError, '/dev/zero is not a regular file; a video file is expected.')
  })

  it('a file that is no video', async () => {
    const empty = await put('empty.mp4', '')
    await fails(empty, MediaError, `${empty} is empty (0 bytes).`)
    await fails(new Uint8Array(0), MediaError, 'The video data is empty (0 bytes).')
    const text = await put('text.mp4', 'Dear reader,\nthis is no video.\n')
    await fails(text, MediaError, `${text} is not a video file that can be read: it is text.`)
    const noise = await put(
      'bytes.mp4',
      Uint8Array.from({ length: 3000 }, (_, index) => (index * index) % 251),
    )
    await fails(
      noise,
      MediaError,
      `${noise} is not a video file that can be read: it is in no format that is known here, or damaged (Invalid data found when processing input).`,
    )
    const photo = fileURLToPath(new URL('../../test/media/portrait-astronaut.png', import.meta.url))
    await fails(photo, MediaError, `${photo} is not a video file that can be read: it is a PNG picture.`)
  })

  it('a playlist, which would lead it to other files', async () => {
    const target = await make('target.mp4')
    const list = await put('list.mp4', `ffconcat version 1.0\nfile '${target}'\n`)
    await fails(list, MediaError, `${list} is not a video file that can be read: it is text.`)
    const hls = await put(
      'hls.mp4',
      `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n${target}\n#EXT-X-ENDLIST\n`,
    )
    await fails(hls, MediaError, `${hls} is not a video file that can be read: it is text.`)
  })

  it('sound without pictures', async () => {
    const speech = await readClip('speech-en-3s')
    for (const [name, container, encoder] of [
      ['sound.mp4', 'mp4', 'aac'],
      ['sound.wav', 'wav', 'pcm_s16le'],
      ['sound.webm', 'webm', 'libopus'],
    ] as const) {
      const path = join(folder, name)
      await encodeAudio(path, speech, { container, encoder, sampleRate: 16_000 })
      await fails(path, MediaError, `${path} holds sound only; a video is expected.`)
    }
  })

  it('sound with a cover picture', async () => {
    const plain = join(folder, 'plain.mp3')
    const sound = { container: 'mp3', encoder: 'libmp3lame', sampleRate: 16_000 }
    await encodeAudio(plain, await readClip('speech-en-3s'), { ...sound, muxing: { id3v2_version: '0' } })
    const cover = await sharp({ create: { width: 64, height: 64, channels: 3, background: 'red' } })
      .jpeg()
      .toBuffer()
    // ID3v2.3: a tag with one frame, APIC, whose picture is the front cover.
    const content = Buffer.concat([Buffer.from('\0image/jpeg\0\x03\0', 'latin1'), cover])
    const head = Buffer.from('ID3\x03\0\0\0\0\0\0APIC\0\0\0\0\0\0', 'latin1')
    const size = content.length + 10
    head.set([(size >> 21) & 127, (size >> 14) & 127, (size >> 7) & 127, size & 127], 6)
    head.writeUInt32BE(content.length, 14)
    const path = await put('cover.mp3', Buffer.concat([head, content, await readFile(plain)]))
    await fails(path, MediaError, `${path} holds sound and a cover picture only; a video is expected.`)
  })

  it('an MP4 without its index', async () => {
    const path = await make('cut.mp4')
    await truncate(path, Math.floor((await readFile(path)).length / 2))
    await fails(
      path,
      MediaError,
      `${path} is not a video file that can be read: it is a cut or damaged MP4 or MOV file: its index is missing or unreadable.`,
    )
  })

  it('what is over a limit', async () => {
    const path = await make('limits.mp4', { times: evenly(10, 20) })
    const size = (await readFile(path)).length
    await fails(path, InputError, `${path} has ${size} bytes; at most 1000 are accepted (maxBytes).`, {
      maxBytes: 1000,
    })
    await fails(path, InputError, `${path} is 2.0 seconds long; at most 1.5 are accepted (maxSeconds).`, {
      maxSeconds: 1.5,
    })
    await fails(
      path,
      InputError,
      `${path} is 64x48, 3072 pixels a picture; at most 3000 are accepted (maxPixels).`,
      { maxPixels: 3000 },
    )
    expect(
      (await watch(path, 10, { ...LIMITS, maxBytes: size, maxSeconds: 2, maxPixels: 3072 })).frames,
    ).toHaveLength(20)
  })

  it('a video that is longer than its header says', async () => {
    const path = await make('lying.webm', {
      container: 'webm',
      encoder: 'libvpx',
      encoding: { deadline: 'realtime', 'cpu-used': '-8' },
      times: evenly(10, 30),
      // As a browser records it: without a length.
      muxing: { live: '1' },
    })
    expect((await watch(path, 10)).info.seconds).toBeUndefined()
    await fails(path, InputError, `${path} is longer than the 1.5 seconds that are accepted (maxSeconds).`, {
      maxSeconds: 1.5,
    })
  })

  it('pictures of 16384 × 16384, from the header', async () => {
    const path = await make('huge.avi', { container: 'avi', encoder: 'mpeg4', encoding: {}, fps: 25 })
    const bytes = await readFile(path)
    // The sizes in the main header, in the stream's format, and nowhere else, are 32-bit numbers.
    for (let at = bytes.indexOf('avih'); at < bytes.indexOf('movi'); at++) {
      if (bytes.readUInt32LE(at) === 64 && bytes.readUInt32LE(at + 4) === 48) {
        bytes.writeUInt32LE(16384, at)
        bytes.writeUInt32LE(16384, at + 4)
      }
    }
    const huge = await put('huge.avi', bytes)
    const before = process.memoryUsage().rss
    await fails(
      huge,
      InputError,
      `${huge} is 16384x16384, 268435456 pixels a picture; at most 35389440 are accepted (maxPixels).`,
    )
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024)
  })

  it('pictures that cannot be decoded', async () => {
    const path = await make('noise.avi', { container: 'avi', encoder: 'mpeg4', encoding: {}, fps: 25 })
    const bytes = await readFile(path)
    bytes.fill(0xa5, bytes.indexOf('movi') + 12, bytes.indexOf('idx1'))
    const noise = await put('noise.avi', bytes)
    const failure: unknown = await watch(noise).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(MediaError)
    expect((failure as Error).message).toMatch(
      /^\S+noise\.avi holds no picture that can be decoded \(mpeg4.*\)\.$/,
    )
  })
})

describe('a damaged video gives what it has', () => {
  it('cut WebM and MKV: the pictures up to there, and one warning', async () => {
    for (const [container, encoder] of [
      ['webm', 'libvpx'],
      ['matroska', 'libx264'],
    ] as const) {
      const path = await make(`cut.${container}`, {
        container,
        encoder,
        encoding: {},
        times: evenly(25, 50),
        paint: (rgb, index) => {
          for (let at = 0; at < rgb.length; at++) rgb[at] = (at * (index + 7)) >> 3
        },
      })
      await truncate(path, Math.floor((await readFile(path)).length * 0.5))
      const { frames, warnings } = await watch(path)
      expect(frames.length).toBeGreaterThan(10)
      expect(frames.length).toBeLessThan(40)
      expect(warnings).toHaveLength(1)
      expect(warnings[0]).toMatch(/is damaged: .*it holds [\d.]+ of 2\.00 seconds\.$/)
    }
  })

  it('a damaged middle: the rest is there, with one warning', async () => {
    const path = await make('damaged.mp4', {
      times: evenly(25, 50),
      encoding: { preset: 'ultrafast', g: '10' },
      paint: (rgb, index) => {
        for (let at = 0; at < rgb.length; at++) rgb[at] = (at * (index + 7)) >> 3
      },
    })
    const bytes = await readFile(path)
    const start = bytes.indexOf('mdat') + 4
    const length = bytes.indexOf('moov') - start
    bytes.fill(0xff, start + Math.floor(length * 0.45), start + Math.floor(length * 0.55))
    const { frames, warnings } = await watch(bytes)
    expect(frames).toHaveLength(50)
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).toMatch(/^The video data is damaged: \d+ damaged pieces? (was|were) met\.$/)
  })

  it('any damage: never a crash, a hang or an unnamed error', async () => {
    const damage = damager(20_262)
    const noise = (rgb: Uint8Array, index: number): void => {
      for (let at = 0; at < rgb.length; at++) rgb[at] = (at * (index + 7)) >> 3
    }
    for (const [name, options] of [
      ['fuzz.mp4', { rotation: 90 }],
      [
        'fuzz.webm',
        { container: 'webm', encoder: 'libvpx', encoding: { deadline: 'realtime', 'cpu-used': '-8' } },
      ],
      ['fuzz.avi', { container: 'avi', encoder: 'mpeg4', encoding: {}, fps: 25 }],
      ['fuzz.ts', { container: 'mpegts', encoder: 'mpeg2video', encoding: {}, fps: 25 }],
    ] as [string, Partial<EncodeVideoOptions>][]) {
      const whole = await readFile(await make(name, { ...options, paint: noise }))
      let decoded = 0
      for (let round = 0; round < 30; round++) {
        const outcome = await watch(damage(whole), 25, { ...LIMITS, maxSeconds: 10 }).catch(
          (error: unknown) => error,
        )
        if (outcome instanceof Error) {
          expect([MediaError, InputError], outcome.message).toContain(outcome.constructor)
        } else decoded++
      }
      expect(decoded, name).toBeGreaterThan(0)
    }
  })
})

describe('openVideo frees what it holds', () => {
  const openFiles = async (path: string): Promise<number> => {
    const links = await Promise.all(
      (await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')),
    )
    return links.filter((link) => link === path).length
  }

  it('when it is left, closed in the middle of a step, or aborted', async () => {
    const path = await make('left.mp4', { times: evenly(25, 30) })
    const left = await openVideo(path, LIMITS)
    for await (const frame of left.frames({ fps: 25 })) if (frame.index === 3) break
    await left.close()
    await left.close()

    const closed = await openVideo(path, LIMITS)
    const frames = closed.frames({ fps: 25 })
    const pending = frames.next()
    await closed.close()
    await expect(pending).resolves.toMatchObject({ done: false })
    await expect(frames.next()).resolves.toEqual({ done: true, value: undefined })

    const unread = await openVideo(path, LIMITS)
    await unread.close()
    expect(() => unread.frames({ fps: 25 })).toThrow(InputError)

    const controller = new AbortController()
    const aborted = await openVideo(path, { ...LIMITS, signal: controller.signal })
    const run = async (): Promise<void> => {
      for await (const frame of aborted.frames({ fps: 25 })) if (frame.index === 2) controller.abort()
    }
    await expect(run()).rejects.toBeInstanceOf(CancelledError)
    await aborted.close()
    await expect(openVideo(path, { ...LIMITS, signal: AbortSignal.abort() })).rejects.toBeInstanceOf(
      CancelledError,
    )
    expect(await openFiles(path)).toBe(0)
  })

  it('as it goes: memory does not grow with the length', async () => {
    const path = await make('long.mp4', {
      width: 1280,
      height: 720,
      times: evenly(25, 150),
      paint: (rgb, index) => {
        if (index === 0) fill(rgb, ...RED)
      },
    })
    const video = await openVideo(path, LIMITS)
    let start = 0
    let most = 0
    let count = 0
    for await (const { index } of video.frames({ fps: 25 })) {
      count++
      if (index % 10 !== 0) continue
      // What may be freed is freed first: when the collector runs by itself depends on the machine.
      collectGarbage()
      const { rss } = process.memoryUsage()
      if (index === 40) start = rss
      if (index > 40) most = Math.max(most, rss)
    }
    await video.close()
    expect(count).toBe(150)
    // 110 more pictures of 2.8 MB, 290 MiB, pass by. What came before, such as the encoder that made the file, is
    // given back meanwhile and does not count.
    expect(most - start).toBeLessThan(120 * 1024 * 1024)
  })
})
