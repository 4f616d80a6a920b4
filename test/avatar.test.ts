import { copyFile, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { deflateSync } from 'node:zlib'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readAvatar } from '../src/stages/avatar/read.js'
import { encodeAudio } from './media/encode-audio.js'
import { filmPortrait, PORTRAIT } from './media/film-portrait.js'
import { type Finished, runPhiz, startPhiz } from './run-phiz.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phiz-avatar-'))
  await copyFile(PORTRAIT, join(folder, 'face.png'))
  const shots = (count: number) =>
    Array.from({ length: count }, (_, t) => ({ x: 160 + 12 * Math.sin(t / 4), y: 120, scale: 1.3 }))
  const film = { width: 320, height: 240, fps: 15 }
  await filmPortrait(join(folder, 'clip.mp4'), { ...film, shots: shots(20) })
  await filmPortrait(join(folder, 'long.mp4'), { ...film, shots: shots(150) })
})
afterAll(() => rm(folder, { recursive: true }))

const phiz = (...args: string[]): Promise<Finished> => runPhiz(['avatar', ...args], { cwd: folder })
const avatars = (): Promise<string[]> => readdir(join(folder, 'data/avatars'))

describe('phiz avatar', () => {
  it('makes avatars of a photo and of a video, lists, shows and removes them', async () => {
    expect(await phiz('list')).toEqual({
      code: 0,
      out: '',
      err: `There are no avatars in data/avatars; \`phiz avatar create\` makes one.\n`,
    })
    const photo = await phiz('create', 'anna', '--image', 'face.png')
    expect(photo).toMatchObject({ code: 0, err: '' })
    expect(photo.out).toMatch(/^anna: portrait, (\d+) × \1 pixels, from face\.png, in \d+\.\d s\n$/)
    const video = await phiz(
      'create',
      'clip',
      '--video',
      'clip.mp4',
      '--bbox-shift',
      '-7',
      '--batch-size',
      '2',
    )
    expect(video).toMatchObject({ code: 0, err: '' })
    expect(video.out).toMatch(
      /^clip: video, 1\.3 s at 15 fps, 320 × 240 pixels, from clip\.mp4, in \d+\.\d s\n$/,
    )

    const list = await phiz('list')
    expect(list.out.split('\n')).toEqual([
      expect.stringMatching(/^anna {2}portrait, \d+ × \d+ pixels, from face\.png$/),
      'clip  video, 1.3 s at 15 fps, 320 × 240 pixels, from clip.mp4',
      '',
    ])
    const { avatars: entries } = JSON.parse((await phiz('list', '--json')).out) as {
      avatars: { id: string; manifest: { kind: string; bboxShift: number } }[]
    }
    expect(entries).toMatchObject([
      { id: 'anna', manifest: { format: 1, kind: 'portrait', bboxShift: 0 } },
      { id: 'clip', manifest: { format: 1, kind: 'video', bboxShift: -7, frames: { count: 20, fps: 15 } } },
    ])
    expect(JSON.parse((await phiz('show', 'clip', '--json')).out)).toEqual(entries[1]!.manifest)
    const { out } = await phiz('show', 'clip')
    expect(out).toMatch(/^source {3}clip\.mp4 \(h264, 320 × 240, 1\.3 s\)$/m)
    expect(out).toMatch(/^face {5}1\d\d × 1\d\d pixels, turned -?\d°$/m)
    expect(out).toMatch(/^frames {3}20 at 15 fps, 1\.3 s$/m)
    expect(out).toMatch(/^shift {4}-7 pixels down$/m)

    // Something else has been at the files.
    const clip = await readAvatar(join(folder, 'data/avatars/clip'))
    await truncate(clip.kind === 'video' ? clip.frames[0]! : '', 10)
    expect((await phiz('list')).out).toMatch(/^clip {2}damaged: The frames in .* create the avatar again\.$/m)
    expect((await phiz('show', 'clip')).code).toBe(3)

    expect(await phiz('remove', 'clip')).toEqual({ code: 0, out: 'clip: removed\n', err: '' })
    expect(await avatars()).toEqual(['anna'])
    expect((await phiz('create', 'anna', '--image', 'face.png', '--replace')).code).toBe(0)
  })

  it('keeps them where the configuration says', async () => {
    const { code } = await phiz('create', 'ben', '--image', 'face.png', '--data-directory', 'else/where')
    expect(code).toBe(0)
    expect(await readdir(join(folder, 'else/where/avatars'))).toEqual(['ben'])
  })

  it('leaves nothing behind after Ctrl-C, and nothing half after kill -9', async () => {
    const create = ['avatar', 'create', 'long', '--video', 'long.mp4']
    const started = async () => {
      const running = startPhiz(create, { cwd: folder })
      while (
        !(await readdir(join(folder, 'data/avatars/.making-long'), { recursive: true }).catch(() => [])).some(
          (name) => name.endsWith('.jpg'),
        )
      )
        await sleep(10)
      return running
    }
    const stopped = await started()
    stopped.child.kill('SIGINT')
    expect(await stopped.finished).toMatchObject({ code: 130, out: '', err: 'Stopped.\n' })
    expect(await avatars()).toEqual(['anna'])

    const running = await started()
    const second = await phiz('create', 'long', '--image', 'face.png')
    expect(second.err).toMatch(
      /^Error: Avatar "long" is being made or removed by process \d+ on .*; try again when that is done\.\n$/,
    )
    expect(second.code).toBe(3)
    running.child.kill('SIGKILL')
    await running.finished
    expect((await avatars()).sort()).toEqual(['.making-long', 'anna'])
    expect((await phiz('list')).out).toMatch(/^anna {2}portrait.*\n$/)
    expect(await avatars()).toEqual(['anna'])
  })

  it('refuses what cannot work, saying what it is and what would be right', async () => {
    await makeBadInputs()
    const table: [args: string[], environment: Record<string, string>, code: number, error: string][] = [
      [
        ['--image', 'wall.jpg'],
        {},
        2,
        'No face was found in wall.jpg (640 × 480 pixels). A picture is expected that shows a face from the front, at least 64 pixels wide and well lit.',
      ],
      [
        ['--image', 'tiny.png'],
        {},
        2,
        'The face in tiny.png is N pixels wide, from cheek to cheek; at least 64 are needed. Use a picture of higher resolution, or one taken from nearer.',
      ],
      [
        ['--image', 'lying.png'],
        {},
        2,
        'The face in lying.png is tilted by N° clockwise; up to 60° works. Turn the picture upright.',
      ],
      [
        ['--image', 'letter.jpg'],
        {},
        4,
        'letter.jpg is text, not a picture; a JPEG, PNG, WebP, AVIF, GIF or TIFF file is expected.',
      ],
      [
        ['--image', 'letter.svg'],
        {},
        4,
        'letter.svg is an SVG drawing, which can run scripts and load further files; save it as PNG or JPEG.',
      ],
      [['--image', 'cut.png'], {}, 4, 'cut.png is a damaged or cut PNG picture; it cannot be decoded.'],
      [
        ['--image', 'bomb.png'],
        {},
        2,
        'bomb.png is 30000x30000, 900000000 pixels; at most 100000000 are accepted (maxPixels).',
      ],
      [
        ['--image', 'face.png'],
        { PHIZ_AVATARS_MAX_IMAGE_BYTES: '2048' },
        2,
        'face.png has N bytes; at most 2048 are accepted (maxBytes).',
      ],
      [
        ['--image', 'none.jpg'],
        {},
        2,
        'The picture file none.jpg cannot be read: there is no such file or folder.',
      ],
      [['--video', 'letter.mp4'], {}, 4, 'letter.mp4 is not a video file that can be read: it is text.'],
      [
        ['--video', 'cut.mp4'],
        {},
        4,
        'cut.mp4 is not a video file that can be read: it is a cut or damaged MP4 or MOV file: its index is missing or unreadable.',
      ],
      [['--video', 'sound.mp4'], {}, 4, 'sound.mp4 holds sound only; a video is expected.'],
      [
        ['--video', 'long.mp4'],
        { PHIZ_AVATARS_MAX_VIDEO_SECONDS: '5' },
        2,
        'long.mp4 is 10.0 seconds long; at most 5 are accepted (maxSeconds).',
      ],
      [
        ['--video', 'clip.mp4'],
        { PHIZ_AVATARS_MAX_VIDEO_BYTES: '2048' },
        2,
        'clip.mp4 has N bytes; at most 2048 are accepted (maxBytes).',
      ],
      [[], {}, 2, 'There is nothing to make an avatar of: give --image <file> or --video <file>.'],
      [
        ['--image', 'face.png', '--video', 'clip.mp4'],
        {},
        2,
        'Both --image and --video were given; expected one of them.',
      ],
      [
        ['--video', 'clip.mp4', '--batch-size', 'many'],
        {},
        2,
        '--batch-size is "many"; a whole number is expected.',
      ],
    ]
    const found: string[] = []
    const expected = table.map(([args, , code, error]) => `${args.join(' ')} → ${code} ${error}`)
    // Three at a time: most of a run is the start of the process.
    const next = table.entries()
    const work = async (): Promise<void> => {
      for (const [i, [args, environment]] of next) {
        const { code, err, out } = await runPhiz(['avatar', 'create', `bad-${i}`, ...args], {
          cwd: folder,
          environment,
        })
        expect(out).toBe('')
        // What is measured differs a little between machines.
        const error = err
          .replace(/^Error: (.*)\n$/, '$1')
          .replace(/\d+(?=° clockwise| bytes;| pixels wide, from)/, 'N')
        found[i] = `${args.join(' ')} → ${code} ${error}`
      }
    }
    await Promise.all([work(), work(), work()])
    expect(found).toEqual(expected)
    expect(await avatars()).toEqual(['anna'])
  })

  it('refuses ids that are none or taken, and avatars that are not there', async () => {
    const taken = await phiz('create', 'anna', '--image', 'face.png')
    expect([taken.code, taken.err]).toEqual([
      2,
      'Error: There is already an avatar "anna" in data/avatars. To replace it, use --replace (`replace: true`); or take another id.\n',
    ])
    for (const args of [
      ['create', '../anna', '--image', 'face.png'],
      ['show', '../anna'],
      ['remove', '../anna'],
    ]) {
      const { code, err } = await phiz(...args)
      expect([code, err]).toEqual([
        2,
        'Error: The avatar id "../anna" cannot be used; expected 1 to 64 letters, digits, ".", "_" and "-", beginning with a letter or a digit and not ending with ".".\n',
      ])
    }
    for (const command of ['show', 'remove', 'sheet']) {
      const { code, err } = await phiz(command, 'nobody')
      expect([code, err]).toEqual([
        2,
        'Error: There is no avatar "nobody" in data/avatars; `phiz avatar list` shows what there is.\n',
      ])
    }
  })
})

async function makeBadInputs(): Promise<void> {
  const at = (name: string): string => join(folder, name)
  const letter = 'Dear Sir or Madam,\n\nthis is not a picture at all.\n'.repeat(40)
  for (const name of ['letter.jpg', 'letter.mp4']) await writeFile(at(name), letter)
  await writeFile(at('letter.svg'), '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
  await sharp({ create: { width: 640, height: 480, channels: 3, background: '#556677' } }).toFile(
    at('wall.jpg'),
  )
  await sharp(PORTRAIT).resize(280, 280).toFile(at('tiny.png'))
  await sharp(PORTRAIT).rotate(90).toFile(at('lying.png'))
  const png = await readFile(PORTRAIT)
  await writeFile(at('cut.png'), png.subarray(0, png.length / 2))
  await writeFile(at('bomb.png'), hugePng(30_000))
  const mp4 = await readFile(at('clip.mp4'))
  await writeFile(at('cut.mp4'), mp4.subarray(0, mp4.length / 2))
  await encodeAudio(at('sound.mp4'), new Float32Array(16_000), {
    container: 'mp4',
    encoder: 'aac',
    sampleRate: 16_000,
  })
}

/** A PNG of some bytes whose header promises a square of so many pixels. */
function hugePng(side: number): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(side, 0)
  header.writeUInt32BE(side, 4)
  header.set([8, 2, 0, 0, 0], 8)
  const chunk = (type: string, data: Uint8Array): Buffer => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
    const frame = Buffer.alloc(body.length + 8)
    frame.writeUInt32BE(data.length, 0)
    frame.set(body, 4)
    frame.writeUInt32BE(crc32(body), body.length + 4)
    return frame
  }
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc(1_000_000))),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function crc32(bytes: Uint8Array): number {
  let crc = 0xffff_ffff
  for (const byte of bytes) {
    crc ^= byte
    for (let k = 0; k < 8; k++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb8_8320 : crc >>> 1
  }
  return (crc ^ 0xffff_ffff) >>> 0
}
