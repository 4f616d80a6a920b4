import { describe, expect, it } from 'vitest'
import { TOKENS_PER_FRAME } from '../contract.js'
import { FAKE_WIDTH, fakeWhisper } from '../fixtures/fake-whisper.js'
import { gliding, listen, tokensOf } from '../fixtures/listen.js'
import { PublishedListener } from './published-listener.js'

const VALUES = TOKENS_PER_FRAME * FAKE_WIDTH

/** The places in their segment of the ten rows that a frame sees. */
function places(tokens: Float32Array, frame: number): number[] {
  return Array.from({ length: 10 }, (_, row) => tokens[frame * VALUES + row * 5 * FAKE_WIDTH + 1]!)
}

describe('hearing as published', () => {
  it('hears segments of 30 s by themselves, and frames between two of them in both', async () => {
    const options = fakeWhisper(25)
    const listener = new PublishedListener(options)
    const sound = gliding(31)
    const early: number[] = []
    for await (const item of listener.hear(sound.subarray(0, 480_000))) early.push(item.silent.length)
    // Nothing of the next segment is known: the frames that see it wait.
    expect(early.reduce((sum, count) => sum + count)).toBe(748)
    expect(Math.max(...early)).toBe(25)
    const late = []
    for await (const item of listener.hear(sound.subarray(480_000))) late.push(item)
    expect(late).toEqual([])
    for await (const item of listener.end()) late.push(item)
    expect(late[0]?.first).toBe(748)
    expect(late.at(-1)).toMatchObject({ first: 774, total: 774 })
    expect(places(tokensOf(late), 0)).toEqual([1492, 1493, 1494, 1495, 1496, 1497, 1498, 1499, 0, 1])
    expect(options.runs()).toBe(2)
  })

  it.each([
    [25, 1, 24],
    [29.97, 1, 28],
    [24, 0.5, 11],
    [25, 0.06, 1],
    [25, 0.01, 1],
    [25, 0, 0],
    [15, 30, 449],
  ])('gives at %f fps one frame less than %f s of sound have: %i', async (fps, seconds, count) => {
    const items = await listen(new PublishedListener(fakeWhisper(fps)), gliding(seconds), 3000, 0)
    expect(tokensOf(items)).toHaveLength(count * VALUES)
    expect(items.at(-1)?.total).toBe(count)
  })

  it('sees zeros where the sound has ended', async () => {
    const tokens = tokensOf(await listen(new PublishedListener(fakeWhisper(25)), gliding(0.2), 500, 0))
    // Ten rows of sound; frame 3 sees rows 2 to 11.
    expect(places(tokens, 3)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 0, 0])
  })
})
