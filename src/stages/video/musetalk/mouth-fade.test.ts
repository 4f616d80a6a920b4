import { describe, expect, it } from 'vitest'
import { MouthFade } from './mouth-fade.js'

function mixes(fade: MouthFade, silent: boolean, count: number): number[] {
  return Array.from({ length: count }, () => Number(fade.next(silent).toFixed(3)))
}

describe('the fade between the footage’s mouth and the drawn one', () => {
  it('comes in over three frames at 25 fps, and out to the end', () => {
    const fade = new MouthFade(25)
    expect(mixes(fade, false, 4)).toEqual([0.333, 0.667, 1, 1])
    const end = [4, 3, 2, 1].map((left) => Number(fade.next(false, left).toFixed(3)))
    expect(end).toEqual([1, 1, 0.667, 0.333])
  })

  it('shows the footage before the first word and in a long silence, the drawn mouth in a pause', () => {
    const fade = new MouthFade(25)
    expect(mixes(fade, true, 5)).toEqual([0, 0, 0, 0, 0])
    expect(mixes(fade, false, 3)).toEqual([0.333, 0.667, 1])
    expect(mixes(fade, true, 15).every((mix) => mix === 1)).toBe(true)
    expect(mixes(fade, true, 4)).toEqual([0.667, 0.333, 0, 0])
    expect(mixes(fade, false, 1)).toEqual([0.333])
  })

  it('is never wider than one frame where a frame is as long as the fade', () => {
    const fade = new MouthFade(8)
    expect(mixes(fade, false, 2)).toEqual([1, 1])
    expect(fade.next(false, 1)).toBe(1)
  })

  it('shows half of it in an utterance of three frames', () => {
    const fade = new MouthFade(25)
    const shown = [3, 2, 1].map((left) => Number(fade.next(false, left).toFixed(3)))
    expect(shown).toEqual([0.333, 0.667, 0.333])
  })
})
