import { describe, expect, it } from 'vitest'
import { TOKENS_PER_FRAME } from '../contract.js'
import { FAKE_SILENCE, FAKE_WIDTH, fakeWhisper } from '../fixtures/fake-whisper.js'
import { gliding, listen, tokensOf } from '../fixtures/listen.js'
import { RollingListener } from './rolling-listener.js'

const VALUES = TOKENS_PER_FRAME * FAKE_WIDTH

/** The first value of each of the ten rows that a frame sees: how loud it is, or with 1 its place. */
function rows(tokens: Float32Array, frame: number, value = 0): number[] {
  return Array.from({ length: 10 }, (_, row) => tokens[frame * VALUES + row * 5 * FAKE_WIDTH + value]!)
}

describe('hearing while the sound goes on', () => {
  it('puts rows where offline they would be, and nothing before the beginning', async () => {
    const options = fakeWhisper(25)
    const items = await listen(new RollingListener(options), gliding(1), 1600, 25)
    expect(items.map(({ first }) => first)).toEqual([0, 2, 6, 14, 22])
    expect(items.at(-1)?.total).toBe(25)
    const tokens = tokensOf(items)
    expect(tokens).toHaveLength(25 * VALUES)
    for (const frame of [0, 5, 24]) {
      const expected = Array.from({ length: 10 }, (_, row) => Math.max(0, 2 * frame - 4 + row))
      expect(rows(tokens, frame, 1)).toEqual(expected)
    }
    expect(rows(tokens, 0).slice(0, 4)).toEqual([0, 0, 0, 0])
    expect(options.runs()).toBe(5)
  })

  it.each([8, 24, 25, 29.97, 60])('hears the same however the sound is cut, at %f fps', async (fps) => {
    const sound = gliding(1.7)
    const total = Math.ceil(1.7 * fps)
    const [whole, pieces, crumbs] = await Promise.all(
      [sound.length, 1600, 37].map(async (piece) =>
        tokensOf(await listen(new RollingListener(fakeWhisper(fps)), sound, piece, total)),
      ),
    )
    expect(whole).toHaveLength(total * VALUES)
    expect(pieces).toEqual(whole)
    expect(crumbs).toEqual(whole)
  })

  it('rolls on after 30 s, with 10 s of what was before', async () => {
    const sound = gliding(53)
    const items = await listen(new RollingListener(fakeWhisper(25)), sound, 16_000, 53 * 25)
    const tokens = tokensOf(items)
    const places = Array.from({ length: 53 * 25 }, (_, frame) => rows(tokens, frame, 1)[9]!)
    // The place in the segment goes on by two rows a frame, up to the end of the segment, and back to 10 s.
    const jumps = places.flatMap((place, frame) =>
      frame > 0 && place !== places[frame - 1]! + 2 ? [{ frame, from: places[frame - 1], to: place }] : [],
    )
    expect(jumps).toHaveLength(2)
    for (const { from, to } of jumps) {
      expect(from).toBeGreaterThan(1470)
      expect(from).toBeLessThan(1500)
      expect(to).toBe(509)
    }
    // What is heard does not depend on the place: frames sound as they do to one who hears them from near by.
    for (const { frame } of jumps) {
      const start = (frame - 100) * 640
      const near = sound.subarray(start, start + 80_000)
      const alone = tokensOf(await listen(new RollingListener(fakeWhisper(25)), near, 16_000, 125))
      for (const k of [0, 3]) {
        for (const [row, value] of rows(tokens, frame + k).entries()) {
          expect(value).toBeCloseTo(rows(alone, 100 + k)[row]!, 2)
        }
      }
    }
  })

  it('keeps still in silence, and goes into it and out of it by and by', async () => {
    const sound = gliding(2)
    sound.fill(0, 0.6 * 16_000, 1.4 * 16_000)
    const items = await listen(new RollingListener(fakeWhisper(25)), sound, 1600, 50)
    const tokens = tokensOf(items)
    const silent = items.flatMap((item) => [...item.silent])
    const still = silent.flatMap((flag, frame) => (flag === 1 ? [frame] : []))
    // Silence is from frame 15 to 35; a frame hears 80 ms before and 120 ms after its beginning, and fades in three.
    expect([still[0], still.at(-1)]).toEqual([19, 32])
    expect(still).toHaveLength(14)
    for (const frame of still) {
      expect(tokens.subarray(frame * VALUES, (frame + 1) * VALUES).every((v) => v === FAKE_SILENCE)).toBe(
        true,
      )
    }
    const place = (frame: number): number => rows(tokens, frame, 1)[0]!
    expect(place(16)).toBe(28)
    expect(place(17)).toBeCloseTo(30 + (FAKE_SILENCE - 30) / 3, 4)
    expect(place(18)).toBeCloseTo(32 + ((FAKE_SILENCE - 32) * 2) / 3, 4)
  })
})
