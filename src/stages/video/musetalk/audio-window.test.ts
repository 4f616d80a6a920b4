import { describe, expect, it } from 'vitest'
import { cutTokens, publishedRate, publishedWindow, timedWindow } from './audio-window.js'
import { ROWS_PER_FRAME, TOKENS_PER_FRAME, WHISPER_STATES } from './contract.js'

describe('the window of a frame', () => {
  it.each([
    [25, [-4, -2, 0, 2, 4]],
    [30, [-4, -3, -1, 1, 2]],
    [24, [-6, -4, -2, 0, 2]],
    [20, [-6, -4, -1, 1, 4]],
    [15, [-8, -5, -2, 2, 5]],
    [60, [-2, -2, -1, 0, 1]],
  ])('is at %i fps where it was published', (fps, rows) => {
    expect(rows.map((_, frame) => publishedWindow(fps)(frame))).toEqual(rows)
  })

  it('lost the fraction of the rate', () => {
    expect(publishedRate(29.97)).toBe(29)
  })

  it.each([8, 15, 23.976, 24, 25, 29.97, 30, 50, 60])(
    'mended begins at %f fps 80 ms before the row in which the frame begins',
    (fps) => {
      const firstRow = timedWindow(fps)
      for (let frame = 0; frame < 3000; frame++) {
        const time = frame / fps
        expect(firstRow(frame) + 4).toBeLessThanOrEqual(time * 50 + 1e-5)
        expect(firstRow(frame) + 5).toBeGreaterThan(time * 50 + 1e-7)
      }
    },
  )

  it('mended is as published at 25 fps', () => {
    const frames = Array.from({ length: 100 }, (_, frame) => frame)
    expect(frames.map(timedWindow(25))).toEqual(frames.map(publishedWindow(25)))
  })
})

describe('the tokens of a frame', () => {
  const width = 2
  const rows = 14
  /** Each value says its row and state. */
  const states = Float32Array.from({ length: rows * WHISPER_STATES * width }, (_, i) => i + 1)

  function cut(first: number, count = rows): Float32Array {
    const tokens = new Float32Array(TOKENS_PER_FRAME * width).fill(-1)
    cutTokens(states, count, first, width, tokens)
    return tokens
  }

  it('are ten rows of five states, row by row', () => {
    const row = WHISPER_STATES * width
    expect(cut(3)).toEqual(states.slice(3 * row, (3 + ROWS_PER_FRAME) * row))
  })

  it.each([
    ['before the beginning', -4, 14, 4, 0],
    ['after the end', 9, 14, 0, 5],
    ['on both sides of very short sound', -4, 3, 4, 3],
    ['everywhere, far after the end', 40, 14, 0, 10],
    ['everywhere, far before the beginning', -30, 14, 10, 0],
  ])('are zeros %s', (_, first, count, before, after) => {
    const row = WHISPER_STATES * width
    const tokens = cut(first, count)
    expect(tokens.subarray(0, before * row).every((value) => value === 0)).toBe(true)
    expect(tokens.subarray(tokens.length - after * row).every((value) => value === 0)).toBe(true)
    const middle = tokens.subarray(before * row, tokens.length - after * row)
    expect(middle).toEqual(states.slice((first + before) * row, (first + before) * row + middle.length))
  })
})
