import { InputError } from '../../../errors.js'
import { BLENDSHAPE_COUNT } from '../../../pipeline/blendshapes.js'
import type { AudioPacket, MotionPacket } from '../../../pipeline/packet.js'
import { defineStage, type Stage } from '../../../pipeline/stage.js'
import { MICROSECONDS_PER_SECOND, type Microseconds } from '../../../pipeline/time.js'
import type { Turn } from '../../../pipeline/turn.js'
import { EmotionLooks } from '../emotion-looks.js'
import { HeardFace } from '../heard-face.js'
import { faceSettings, type SpeakingFaceOptions } from '../speaking-face.js'
import { TurnSound } from '../turn-sound.js'
import { LAM_FRAME_RATE } from './contract.js'
import { weightsOf, type LamEngine } from './curves.js'
import { rowsOf } from './rows.js'

type LamSession = Awaited<ReturnType<LamEngine['open']>>

interface Spoken {
  readonly session: LamSession
  readonly sound: TurnSound
  readonly face: HeardFace
  readonly looks: EmotionLooks
  /** The newest weights as they came. */
  latest: Float32Array
}

/**
 * The motion of a face with the weights of the published model, unchanged but for an emotion that is asked for. Of the
 * amplitude, only that of the emotion applies.
 *
 * @param lookahead sound that the session holds back at most
 */
export function referenceExpression(
  open: (sampleRate: number, signal: AbortSignal) => Promise<LamSession>,
  lookahead: Microseconds,
  options: SpeakingFaceOptions,
): Stage<AudioPacket, MotionPacket> {
  const { fps, seed, emotion, amplitude, idleStart, mood } = faceSettings(options)
  if (fps !== LAM_FRAME_RATE) {
    throw new InputError(`fps is ${fps}; in the mode "reference" LAM-A2E makes ${LAM_FRAME_RATE}.`)
  }
  return defineStage<AudioPacket, MotionPacket, { spoken: Spoken | undefined }>({
    name: 'expression',
    lookahead,
    state: () => ({ spoken: undefined }),
    async *process(packet, state, { turn, signal }) {
      const spoken = (state.spoken ??= begin(await open(packet.sampleRate, signal), packet, turn))
      const { session, sound, face, looks } = spoken
      sound.check(packet)
      face.emotion.changeAt(sound.seconds, looks.of(packet.emotion ?? emotion()))
      for (const piece of sound.pieces(packet)) {
        for await (const matrix of weightsOf(session, piece)) {
          for (const weights of rowsOf(matrix)) {
            spoken.latest = weights
            yield face.next(weights.slice())
          }
        }
      }
    },
    async *flush({ spoken }) {
      if (spoken === undefined) return
      const { session, sound, face } = spoken
      const end = Math.round(sound.seconds * MICROSECONDS_PER_SECOND)
      const frames = sound.frames(fps)
      for await (const matrix of session.flush()) {
        for (const weights of rowsOf(matrix)) {
          spoken.latest = weights
          // At rates other than the network's, rounding may make a frame too many, or one too few.
          if (face.frames < frames) yield face.next(weights.slice(), end)
        }
      }
      while (face.frames < frames) yield face.next(spoken.latest.slice(), end)
    },
    close: ({ spoken }) => spoken?.session.close(),
  })

  function begin(session: LamSession, { sampleRate }: AudioPacket, turn: Turn): Spoken {
    const looks = new EmotionLooks(amplitude.emotion)
    const face = new HeardFace({
      turn: turn.id,
      fps,
      seed,
      emotion: looks.of(emotion()),
      mood,
      idleStart: idleStart(turn),
    })
    const latest = new Float32Array(BLENDSHAPE_COUNT)
    return { session, sound: new TurnSound(sampleRate), face, looks, latest }
  }
}
