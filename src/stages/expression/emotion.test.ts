import { describe, expect, it } from 'vitest'
import { InputError } from '../../errors.js'
import { BLENDSHAPE_INDEX as B } from '../../pipeline/blendshapes.js'
import { EMOTIONS, EMOTION_NAMES, emotionOffsets, type EmotionName } from './emotion.js'
import { EmotionTrack } from './emotion-track.js'

/** The eight names of DICE-Talk. */
const DICE_TALK: readonly EmotionName[] = [
  'contempt',
  'sad',
  'happy',
  'surprised',
  'angry',
  'disgusted',
  'fear',
  'neutral',
]

describe('emotionOffsets', () => {
  it('knows every name of IndexTTS-2 and of DICE-Talk, each with a face of its own', () => {
    const faces = EMOTION_NAMES.map((name) => emotionOffsets(name).join())
    expect(EMOTION_NAMES).toEqual(expect.arrayContaining([...EMOTIONS, ...DICE_TALK]))
    // fear is another word for afraid.
    expect(new Set(faces).size).toBe(EMOTION_NAMES.length - 1)
    expect(emotionOffsets('fear')).toEqual(emotionOffsets('afraid'))
    expect(emotionOffsets('neutral').every((offset) => offset === 0)).toBe(true)
  })

  it.each<[EmotionName, keyof typeof B, keyof typeof B]>([
    ['happy', 'mouthSmileLeft', 'mouthFrownLeft'],
    ['angry', 'browDownRight', 'browInnerUp'],
    ['sad', 'mouthFrownRight', 'mouthSmileRight'],
    ['afraid', 'eyeWideLeft', 'eyeSquintLeft'],
    ['disgusted', 'noseSneerRight', 'eyeWideRight'],
    ['surprised', 'browOuterUpLeft', 'browDownLeft'],
    ['contempt', 'mouthDimpleLeft', 'mouthDimpleRight'],
  ])('%s raises %s and not %s', (name, raised, resting) => {
    const offsets = emotionOffsets(name)
    expect(offsets[B[raised]]).toBeGreaterThan(0.25)
    expect(offsets[B[resting]]).toBe(0)
  })

  it('reads a vector as strengths in the order of IndexTTS-2', () => {
    for (const [i, name] of EMOTIONS.entries()) {
      const vector = EMOTIONS.map((_, k) => (k === i ? 1 : 0))
      expect(emotionOffsets(vector)).toEqual(emotionOffsets(name))
    }
    const half = emotionOffsets([0.5, 0, 0, 0, 0, 0, 0, 0])
    expect(half[B.mouthSmileLeft]).toBeCloseTo(emotionOffsets('happy')[B.mouthSmileLeft]! / 2)
  })

  it('lets strengths share a face when they sum to more than one, and keeps offsets in [0, 1]', () => {
    const offsets = emotionOffsets([1, 1, 1, 1, 1.2, 1, 1, 1])
    expect(offsets.every((offset) => offset >= 0 && offset <= 1)).toBe(true)
    expect(offsets[B.mouthSmileLeft]).toBeCloseTo((0.45 + 0.05) / 8)
  })

  it.each([
    [[1, 0, 0], /eight|8 numbers/],
    [[0, 0, 0, 0, 0, 0, 0, -1], /at least 0/],
    [[0, 0, 0, 0, 0, 0, 0, Number.NaN], /at least 0/],
    ['joyful' as EmotionName, /"joyful"; it must be one of happy/],
  ])('refuses %s', (emotion, message) => {
    expect(() => emotionOffsets(emotion)).toThrow(InputError)
    expect(() => emotionOffsets(emotion)).toThrow(message)
  })
})

describe('EmotionTrack', () => {
  it('shows its first emotion at once, and a change smoothly from its time on', () => {
    const track = new EmotionTrack(30, emotionOffsets('neutral'))
    track.changeAt(1, emotionOffsets('happy'))
    const smile: number[] = []
    for (let i = 0; i < 90; i++) {
      track.step((i + 0.5) / 30)
      smile.push(track.current[B.mouthSmileLeft]!)
    }
    expect(smile.slice(0, 30).every((value) => value === 0)).toBe(true)
    expect(smile[30]).toBeGreaterThan(0)
    // 63 % after 0.3 s, nearly all after 2 s; no step is larger than the first.
    expect(smile[39]! / 0.45).toBeGreaterThan(0.55)
    expect(smile[39]! / 0.45).toBeLessThan(0.72)
    expect(smile[89]).toBeGreaterThan(0.44)
    expect(Math.max(...smile.slice(1).map((value, i) => value - smile[i]!))).toBeLessThan(0.05)
  })
})
