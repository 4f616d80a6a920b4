import { InputError } from '../../errors.js'
import type { AudioPacket, MotionPacket } from '../../pipeline/packet.js'
import { defineStage, type Stage } from '../../pipeline/stage.js'
import type { Microseconds } from '../../pipeline/time.js'
import type { Turn } from '../../pipeline/turn.js'
import { LARGEST_AMPLITUDE, NATURAL_AMPLITUDE, type Amplitude } from './amplitude.js'
import { emotionOffsets, type Emotion } from './emotion.js'
import { EmotionLooks } from './emotion-looks.js'
import { EmotionTrack } from './emotion-track.js'
import { idleMotion } from './idle/idle-motion.js'
import { AccentDetector } from './prosody/accents.js'
import { AccentGestures } from './prosody/gestures.js'
import { TurnSound } from './turn-sound.js'
import { Face, type FaceParts } from './visemes/face.js'
import type { MouthCurves } from './visemes/mouth-curves.js'
import { TurnMotion } from './visemes/turn-motion.js'

export interface SpeakingFaceOptions {
  /** Frames a second, 1–100. Default 30. */
  readonly fps?: number
  /** Any integer: decides blinks, glances, sway and gestures, but not what the lips say. Default 0. */
  readonly seed?: number
  /** Emotion where the audio says nothing of its own; a function is asked for each packet. Default `neutral`. */
  readonly emotion?: Emotion | (() => Emotion)
  /** How far mouth, emotion and the rest of the face move. Default: as is natural, 1. */
  readonly amplitude?: Amplitude
  /**
   * Frame of the idle motion at which a turn begins, so that the face goes on from where it was between turns; asked
   * when the first sound comes. Default 0.
   */
  readonly idleStart?: (turn: Turn) => number
  /** 52 offsets of the emotion that the face shows already, followed and kept up to date: see {@link EmotionTrack}. */
  readonly mood?: Float32Array
}

/** Where the motion of a mouth comes from, and how it shows. */
export interface Speaking {
  /** Sound that the curves hold back at most: see {@link Stage.lookahead}. */
  readonly lookahead: Microseconds
  /** The curves of a turn, which begins with a packet. */
  curves(first: AudioPacket, signal: AbortSignal): Promise<MouthCurves> | MouthCurves
  /** Turns the values of curves into weights. */
  mouth(curves: MouthCurves): FaceParts['mouth']
}

/**
 * A face that speaks: the mouth from curves; blinks, glances, brows and head from a seeded model of idle life; the
 * emotion, and the gestures that go with a voice. One stage for every engine that hears the sound itself.
 *
 * - Frames: index from 0, ⌈duration of the audio × fps⌉ in all; the last ends with the audio, the mouth at rest. Frame
 *   i shows the mean of its own time.
 * - A turn's audio begins at 0 and has no gaps and one sample rate; an InputError ends the turn otherwise.
 */
export function speakingFace(
  speaking: Speaking,
  options: SpeakingFaceOptions,
): Stage<AudioPacket, MotionPacket> {
  const settings = faceSettings(options)
  return defineStage<AudioPacket, MotionPacket, State>({
    name: 'expression',
    lookahead: speaking.lookahead,
    state: () => ({ spoken: undefined }),
    async *process(packet, state, { turn, signal }) {
      const spoken = (state.spoken ??= begin(await speaking.curves(packet, signal), packet, turn))
      const { curves, motion, sound, emotion, looks } = spoken
      sound.check(packet)
      emotion.changeAt(sound.seconds, looks.of(packet.emotion ?? settings.emotion()))
      for (const piece of sound.pieces(packet)) {
        listen(piece, spoken)
        for await (const rows of curves.take(piece)) yield* motion.take(rows)
      }
    },
    async *flush({ spoken }) {
      if (spoken === undefined) return
      const { curves, motion, sound } = spoken
      const frames = sound.frames(settings.fps)
      for await (const rows of curves.end()) yield* motion.end(rows, frames, sound.seconds)
      yield* motion.fill(frames, sound.seconds)
    },
    close: ({ spoken }) => spoken?.curves.close(),
  })

  function begin(curves: MouthCurves, first: AudioPacket, turn: Turn): Spoken {
    const { fps, seed, idleStart, amplitude, mood } = settings
    const gestures = new AccentGestures(seed)
    const looks = new EmotionLooks(amplitude.emotion)
    const emotion = new EmotionTrack(fps, looks.of(settings.emotion()), mood)
    const face = new Face({
      fps,
      idle: idleMotion(seed, fps, amplitude.life),
      mouth: speaking.mouth(curves),
      emotion,
      gestures,
      amplitude,
    })
    const motion = new TurnMotion({
      turn: turn.id,
      fps,
      face,
      idleStart: idleStart(turn),
      rate: curves.rate,
      channels: curves.channels.length,
      release: curves.lookahead,
    })
    const sound = new TurnSound(first.sampleRate)
    const accents = new AccentDetector(first.sampleRate)
    return { curves, motion, accents, gestures, emotion, looks, sound }
  }
}

/** Hears where the voice stresses. */
function listen({ samples }: AudioPacket, { accents, gestures, curves }: Spoken): void {
  // An accent is heard by the look-ahead before the face that belongs to it is made: the gesture begins there.
  accents.process(samples, ({ time, strength }) => {
    gestures.add({ time: time - curves.lookahead, strength })
  })
}

interface State {
  /** Made with the first packet, which may decide where the mouth comes from. */
  spoken: Spoken | undefined
}

interface Spoken {
  readonly curves: MouthCurves
  readonly motion: TurnMotion
  readonly accents: AccentDetector
  readonly gestures: AccentGestures
  readonly emotion: EmotionTrack
  readonly looks: EmotionLooks
  readonly sound: TurnSound
}

/** Options of a face with their defaults in place. */
export type FaceSettings = Required<Omit<SpeakingFaceOptions, 'emotion' | 'mood'>> & {
  readonly emotion: () => Emotion
  readonly mood: Float32Array | undefined
}

/** @throws InputError for one that is out of its range */
export function faceSettings(options: SpeakingFaceOptions): FaceSettings {
  const { fps = 30, seed = 0, emotion = 'neutral', idleStart = () => 0 } = options
  const { amplitude = NATURAL_AMPLITUDE, mood } = options
  if (!(fps >= 1 && fps <= 100)) throw new InputError(`fps is ${fps}; it must be 1–100.`)
  if (!Number.isSafeInteger(seed)) throw new InputError(`seed is ${seed}; it must be an integer.`)
  for (const part of ['speech', 'emotion', 'life'] as const) {
    const [factor, most] = [amplitude[part], LARGEST_AMPLITUDE[part]]
    if (!(factor >= 0 && factor <= most))
      throw new InputError(`amplitude.${part} is ${factor}; it must be 0–${most}.`)
  }
  if (typeof emotion === 'function') return { fps, seed, idleStart, amplitude, mood, emotion }
  // An emotion that there is not is refused here, not in the middle of a turn.
  emotionOffsets(emotion)
  return { fps, seed, idleStart, amplitude, mood, emotion: () => emotion }
}
