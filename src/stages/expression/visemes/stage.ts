import { InputError } from '../../../errors.js'
import type { AudioPacket, MotionPacket } from '../../../pipeline/packet.js'
import { defineStage, type Stage } from '../../../pipeline/stage.js'
import { MICROSECONDS_PER_SECOND, samplesToMicroseconds, type Microseconds } from '../../../pipeline/time.js'
import type { Turn } from '../../../pipeline/turn.js'
import { LARGEST_AMPLITUDE, NATURAL_AMPLITUDE, type Amplitude } from '../amplitude.js'
import { emotionOffsets, type Emotion } from '../emotion.js'
import { EmotionTrack } from '../emotion-track.js'
import { idleMotion } from '../idle/idle-motion.js'
import { AccentDetector } from '../prosody/accents.js'
import { AccentGestures } from '../prosody/gestures.js'
import { MouthShape } from './arkit.js'
import { Face } from './face.js'
import type { VisemesModel } from './model.js'
import { curvesFromPhonemes, curvesFromSound, type MouthCurves, type VisemeEngine } from './mouth-curves.js'
import { PHONEME_CURVE_RATE, PHONEME_LOOKAHEAD } from './phoneme-curves.js'
import type { PhonemeAlphabet } from './phoneme-lookup.js'
import { TurnMotion } from './turn-motion.js'

export interface VisemeExpressionOptions {
  /** Frames a second, 1–100. Default 30. */
  readonly fps?: number
  /** Any integer: decides blinks, glances, sway and gestures, but not what the lips say. Default 0. */
  readonly seed?: number
  /** Emotion where the audio says nothing of its own; a function is asked for each packet. Default `neutral`. */
  readonly emotion?: Emotion | (() => Emotion)
  /** How far mouth, emotion and the rest of the face move. Default: as is natural, 1. */
  readonly amplitude?: Amplitude
  /** How the voice writes its phonemes. Default `ipa`. */
  readonly alphabet?: PhonemeAlphabet
  /**
   * Frame of the idle motion at which a turn begins, so that the face goes on from where it was between turns; asked
   * when the first sound comes. Default 0.
   */
  readonly idleStart?: (turn: Turn) => number
  /** 52 offsets of the emotion that the face shows already, followed and kept up to date: see {@link EmotionTrack}. */
  readonly mood?: Float32Array
}

/** A resampler ahead of the network holds 32 periods of the lower of the two rates: 4 ms at 8 kHz, less above. */
const RESAMPLER_DELAY: Microseconds = 4000
/** Seconds of sound that are taken at once. */
const LONGEST_PIECE = 0.5
/** Packets that start further than this from the end of the one before do not belong together. */
const LARGEST_GAP: Microseconds = 20_000

/**
 * Speech to the motion of a face: the mouth from phoneme times where the first packet carries them, from the sound
 * by the viseme network where it does not; blinks, glances, brows and head from a seeded model of idle life.
 *
 * - Frames: index from 0, ⌈duration of the audio × fps⌉ in all; the last ends with the audio. Frame i shows the mean
 *   of its own time.
 * - Look-ahead: when the audio has been heard up to t, all frames that end before t − lookahead have left.
 * - The same audio, seed and options give the same motion, however the audio is cut into packets.
 * - A turn's audio begins at 0 and has no gaps and one sample rate; an InputError ends the turn otherwise.
 */
export function visemeExpression(
  engine: VisemeEngine,
  { network, table }: Pick<VisemesModel, 'network' | 'table'>,
  options: VisemeExpressionOptions = {},
): Stage<AudioPacket, MotionPacket> {
  const settings = checked(options)
  const fromSound =
    ((network.lookaheadFrames + 1) / network.frameRate) * MICROSECONDS_PER_SECOND + RESAMPLER_DELAY
  const fromPhonemes = (PHONEME_LOOKAHEAD + 1 / PHONEME_CURVE_RATE) * MICROSECONDS_PER_SECOND

  const curvesFor = (packet: AudioPacket, signal: AbortSignal): Promise<MouthCurves> | MouthCurves =>
    packet.phonemes === undefined
      ? curvesFromSound(engine, network, packet.sampleRate, signal)
      : curvesFromPhonemes(table, settings.alphabet)

  return defineStage<AudioPacket, MotionPacket, State>({
    name: 'expression',
    lookahead: Math.ceil(Math.max(fromSound, fromPhonemes)),
    state: () => ({ speaking: undefined }),
    async *process(packet, state, { turn, signal }) {
      state.speaking ??= speak(await curvesFor(packet, signal), packet, turn)
      const { speaking } = state
      begin(packet, speaking)
      for (const piece of piecesOf(packet)) {
        listen(piece, speaking)
        for await (const rows of speaking.curves.take(piece)) yield* speaking.motion.take(rows)
      }
    },
    async *flush({ speaking }) {
      if (speaking === undefined) return
      const { curves, motion, samples, sampleRate } = speaking
      const frames = Math.ceil((samples * settings.fps) / sampleRate)
      for await (const rows of curves.end()) yield* motion.end(rows, samples / sampleRate)
      yield* motion.fill(frames, samples / sampleRate)
    },
    close: ({ speaking }) => speaking?.curves.close(),
  })

  function speak(curves: MouthCurves, first: AudioPacket, turn: Turn): Speaking {
    const { fps, seed, idleStart, amplitude, mood } = settings
    const gestures = new AccentGestures(seed)
    const looks = new Looks(amplitude)
    const emotion = new EmotionTrack(fps, looks.of(settings.emotion()), mood)
    const mouth = new MouthShape(curves.channels, table)
    const face = new Face({
      fps,
      idle: idleMotion(seed, fps, amplitude.life),
      mouth,
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
    const accents = new AccentDetector(first.sampleRate)
    return { curves, motion, accents, gestures, emotion, looks, sampleRate: first.sampleRate, samples: 0 }
  }

  function begin(packet: AudioPacket, speaking: Speaking): void {
    checkContinuity(packet, speaking)
    const offsets = speaking.looks.of(packet.emotion ?? settings.emotion())
    speaking.emotion.changeAt(speaking.samples / speaking.sampleRate, offsets)
  }
}

/** Hears where the voice stresses. */
function listen({ samples }: AudioPacket, speaking: Speaking): void {
  const { accents, gestures, curves } = speaking
  // An accent is heard by the look-ahead before the face that belongs to it is made: the gesture begins there.
  accents.process(samples, ({ time, strength }) => {
    gestures.add({ time: time - curves.lookahead, strength })
  })
  speaking.samples += samples.length
}

/** A long packet in pieces, so that a whole recording in one packet does not hold the thread; phonemes go ahead. */
function* piecesOf(packet: AudioPacket): Generator<AudioPacket> {
  const { samples, sampleRate, phonemes } = packet
  const most = Math.ceil(LONGEST_PIECE * sampleRate)
  for (let at = 0; at === 0 || at < samples.length; at += most) {
    const piece = { ...packet, samples: samples.subarray(at, at + most) }
    yield at === 0 || phonemes === undefined ? piece : { ...piece, phonemes: [] }
  }
}

interface State {
  /** Made with the first packet, which decides where the mouth comes from. */
  speaking: Speaking | undefined
}

interface Speaking {
  readonly curves: MouthCurves
  readonly motion: TurnMotion
  readonly accents: AccentDetector
  readonly gestures: AccentGestures
  readonly emotion: EmotionTrack
  readonly looks: Looks
  readonly sampleRate: number
  samples: number
}

type Settings = Required<Omit<VisemeExpressionOptions, 'emotion' | 'mood'>> & {
  readonly emotion: () => Emotion
  readonly mood: Float32Array | undefined
}

function checked(options: VisemeExpressionOptions): Settings {
  const { fps = 30, seed = 0, emotion = 'neutral', alphabet = 'ipa', idleStart = () => 0 } = options
  const { amplitude = NATURAL_AMPLITUDE, mood } = options
  if (!(fps >= 1 && fps <= 100)) throw new InputError(`fps is ${fps}; it must be 1–100.`)
  if (!Number.isSafeInteger(seed)) throw new InputError(`seed is ${seed}; it must be an integer.`)
  for (const part of ['speech', 'emotion', 'life'] as const) {
    const [factor, most] = [amplitude[part], LARGEST_AMPLITUDE[part]]
    if (!(factor >= 0 && factor <= most))
      throw new InputError(`amplitude.${part} is ${factor}; it must be 0–${most}.`)
  }
  if (typeof emotion === 'function') {
    return { fps, seed, alphabet, idleStart, amplitude, mood, emotion }
  }
  // An emotion that there is not is refused here, not in the middle of a turn.
  emotionOffsets(emotion)
  return { fps, seed, alphabet, idleStart, amplitude, mood, emotion: () => emotion }
}

/** What emotions add to the face, as far as they are to show. */
class Looks {
  readonly #amplitude: Amplitude
  #emotion: Emotion | undefined
  #offsets = new Float32Array(0)

  constructor(amplitude: Amplitude) {
    this.#amplitude = amplitude
  }

  /** The same array for as long as the emotion is the same. */
  of(emotion: Emotion): Float32Array {
    if (emotion !== this.#emotion) {
      this.#emotion = emotion
      this.#offsets = emotionOffsets(emotion).map((offset) => Math.min(1, this.#amplitude.emotion * offset))
    }
    return this.#offsets
  }
}

function checkContinuity({ sampleRate, timestamp }: AudioPacket, speaking: Speaking): void {
  if (sampleRate !== speaking.sampleRate) {
    throw new InputError(`sampleRate is ${sampleRate}; the turn began with ${speaking.sampleRate} Hz.`)
  }
  const expected = samplesToMicroseconds(speaking.samples, sampleRate)
  if (Math.abs(timestamp - expected) > LARGEST_GAP) {
    throw new InputError(
      `An audio packet's timestamp is ${timestamp} µs; the one before ended at ${expected} µs.`,
    )
  }
}
