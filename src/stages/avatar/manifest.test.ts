import { describe, expect, it } from 'vitest'
import { ModelLoadError } from '../../errors.js'
import { checkAvatarId } from './avatar-id.js'
import { formatAvatarManifest, parseAvatarManifest, type AvatarManifest } from './manifest.js'
import { sourceName } from './source-name.js'

const shared = {
  format: 1 as const,
  id: 'anna',
  revision: '0c7bd5c4-6d0a-4a0e-9f5b-0f5a3c1c8f11',
  createdAt: '2024-05-06T07:08:09.123Z',
  face: { width: 310.5, height: 350, yaw: -4.2, others: 1 },
  width: 848,
  height: 848,
  bboxShift: -7,
}
const portrait: AvatarManifest = {
  ...shared,
  kind: 'portrait',
  source: { name: 'face.jpg', format: 'jpeg', width: 4000, height: 3000 },
  picture: { bytes: 12345 },
}
const video: AvatarManifest = {
  ...shared,
  kind: 'video',
  source: { name: 'clip.mp4', format: 'h264', width: 1280, height: 720, seconds: 10.5 },
  frames: { count: 300, fps: 29.97, bytes: 50_000_000 },
}

const read = (value: unknown): AvatarManifest => parseAvatarManifest(JSON.stringify(value), 'avatar.json')

describe('parseAvatarManifest', () => {
  it('reads back what was written', () => {
    for (const manifest of [portrait, video]) {
      expect(parseAvatarManifest(formatAvatarManifest(manifest), 'avatar.json')).toEqual(manifest)
    }
  })

  it('lists every field that is wrong', () => {
    expect(() =>
      read({ ...video, id: '../anna', frames: { count: 1, fps: 30, bytes: 1 }, width: 0.5 }),
    ).toThrow(
      /^avatar\.json is not a valid avatar manifest: id: is not an avatar id; width: .*; frames\.count: .*$/,
    )
    expect(() => read({ ...portrait, picture: undefined })).toThrow(/: picture: /)
    expect(() => read([])).toThrow(ModelLoadError)
  })

  it('says that a newer format needs a newer phiz', () => {
    expect(() => read({ format: 2, new: 'things' })).toThrow(
      'avatar.json has format 2; this phiz reads format 1. Use a newer phiz, or create the avatar again.',
    )
  })

  it('refuses whatever is damaged with a ModelLoadError, and nothing else', () => {
    const text = formatAvatarManifest(video)
    let state = 7
    const random = (below: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      return Math.floor((state / 2 ** 32) * below)
    }
    let refused = 0
    for (let i = 0; i < 2000; i++) {
      const bytes = Buffer.from(text)
      const cut = i % 2 === 0 ? bytes.subarray(0, random(bytes.length)) : bytes
      for (let k = 0; k <= i % 5 && i % 2 === 1; k++) bytes[random(bytes.length)] = random(256)
      try {
        const manifest = parseAvatarManifest(cut.toString('utf8'), 'avatar.json')
        expect(checkAvatarId(manifest.id)).toBe(manifest.id)
        expect(manifest.width).toBeGreaterThan(0)
      } catch (error) {
        expect(error).toBeInstanceOf(ModelLoadError)
        refused += 1
      }
    }
    expect(refused).toBeGreaterThan(1500)
  })
})

describe('checkAvatarId', () => {
  it('takes names that are folders everywhere', () => {
    for (const id of ['anna', 'A', '0', 'avator_1', 'a.b-c_d', 'x'.repeat(64), 'console', 'com10']) {
      expect(checkAvatarId(id)).toBe(id)
    }
  })

  it('refuses what leads elsewhere or is no name', () => {
    for (const id of [
      ...[
        '',
        '.',
        '..',
        '../x',
        'a/b',
        'a\\b',
        '/etc',
        'C:',
        '.hidden',
        '-rf',
        '_x',
        'a.',
        'a b',
        'ä',
        'a\0',
        'a\n',
      ],
      ...['x'.repeat(65), '%2e%2e', '~', 'a:b', '中文'],
    ]) {
      expect(() => checkAvatarId(id), id).toThrow(
        /^The avatar id ".*" cannot be used; expected 1 to 64 letters, digits, "\.", "_" and "-", beginning with/,
      )
    }
    for (const id of ['con', 'NUL', 'aux.jpg', 'Com1', 'lpt9.x'])
      expect(() => checkAvatarId(id), id).toThrow(
        /is a name that Windows reserves for a device; take another\.$/,
      )
  })

  it('does not repeat a long name in its message', () => {
    expect(() => checkAvatarId('x'.repeat(10_000))).toThrow(/^.{1,250}$/)
  })
})

describe('sourceName', () => {
  it('keeps the base name alone, without what a terminal obeys', () => {
    expect(sourceName('/home/anna/face.jpg')).toBe('face.jpg')
    expect(sourceName('C:\\Users\\anna\\face.jpg')).toBe('face.jpg')
    expect(sourceName('\u001b[2Jface\n.jpg')).toBe('[2Jface.jpg')
    expect(sourceName('folder/')).toBe('unnamed')
    expect(sourceName('x'.repeat(300))).toHaveLength(255)
  })
})
