import { describe, expect, it } from 'vitest'
import { EMOTIONS } from '../../../stages/expression/emotion.js'
import { emotionOfText } from '../emotion-words.js'
import { styleOf } from './style.js'

const none = { speaker: undefined, emotion: undefined }

/** The emotions of a text with their strengths, rounded. */
function found(text: string): Record<string, number> | undefined {
  const strengths = emotionOfText(text)?.map(
    (strength, i) => [EMOTIONS[i]!, Math.round(strength * 100) / 100] as const,
  )
  return strengths && Object.fromEntries(strengths.filter(([, strength]) => strength > 0))
}

describe('the emotion of a text', () => {
  it.each([
    ['我太开心了！', { happy: 1 }],
    ['我很开心', { happy: 0.8 }],
    ['我不开心', { sad: 0.8 }],
    ['他没有生气', undefined],
    ['I am not happy', undefined],
    ['She is very angry and a little sad', { angry: 0.5, sad: 0.5 }],
    ['情绪低落', { melancholic: 0.8 }],
    ['天哪，居然是你', { surprised: 0.8 }],
    ['made of glue', undefined],
    ['The quick brown fox', undefined],
  ])('%s', (text, emotions) => {
    expect(found(text)).toEqual(emotions)
  })
})

describe('the voice style of a request', () => {
  it('says nothing where nothing was asked for', () => {
    expect(styleOf({ mode: 'none' }, none)).toBeUndefined()
    expect(styleOf({ mode: 'text', text: 'The fox', alpha: 1 }, none)).toBeUndefined()
  })

  it('hands a vector on, and weighs a text', () => {
    const vector = [0.8, 0, 0, 0, 0, 0, 0.2, 0]
    expect(styleOf({ mode: 'vector', vector }, none)).toEqual({ emotion: vector })
    const { emotion } = styleOf({ mode: 'text', text: '我太开心了', alpha: 0.5 }, none)!
    expect(emotion).toEqual([0.5, 0, 0, 0, 0, 0, 0, 0])
  })

  it('goes from the speaker to the emotional recording by the weight', () => {
    const recorded = { speaker: { pitch: -2, rate: 1 }, emotion: { pitch: 6, rate: 1.4 } }
    for (const [alpha, pitch, rate] of [
      [0, -2, 1],
      [0.5, 2, 1.2],
      [1, 6, 1.4],
    ] as const) {
      const style = styleOf({ mode: 'audio', path: 'b.wav', alpha }, recorded)!
      expect(style.pitch).toBeCloseTo(pitch)
      expect(style.rate).toBeCloseTo(rate)
    }
  })

  it('leaves a little to chance where that was asked for, inside the ranges of a voice', () => {
    const speaker = { pitch: 12, rate: 2 }
    expect(styleOf({ mode: 'none' }, { ...none, speaker }, () => 1)).toEqual({ pitch: 12, rate: 2 })
    expect(styleOf({ mode: 'none' }, none, () => 0.5)).toEqual({ pitch: 0, rate: 1 })
    expect(styleOf({ mode: 'none' }, none, () => 0)!.pitch).toBeLessThan(0)
  })
})
