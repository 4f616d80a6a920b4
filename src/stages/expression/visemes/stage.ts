import { RESAMPLER_DELAY } from '../../../dsp/resample.js'
import type { AudioPacket, MotionPacket } from '../../../pipeline/packet.js'
import type { Stage } from '../../../pipeline/stage.js'
import { MICROSECONDS_PER_SECOND } from '../../../pipeline/time.js'
import { speakingFace, type SpeakingFaceOptions } from '../speaking-face.js'
import { MouthShape } from './arkit.js'
import type { VisemesModel } from './model.js'
import { curvesFromPhonemes, curvesFromSound, type VisemeEngine } from './mouth-curves.js'
import { PHONEME_CURVE_RATE, PHONEME_LOOKAHEAD } from './phoneme-curves.js'
import type { PhonemeAlphabet } from './phoneme-lookup.js'

export interface VisemeExpressionOptions extends SpeakingFaceOptions {
  /** How the voice writes its phonemes. Default `ipa`. */
  readonly alphabet?: PhonemeAlphabet
}

/**
 * Speech to the motion of a face: the mouth from phoneme times where the first packet carries them, from the sound
 * by the viseme network where it does not; the rest as {@link speakingFace} has it.
 *
 * - Look-ahead: when the audio has been heard up to t, all frames that end before t − lookahead have left.
 * - The same audio, seed and options give the same motion, however the audio is cut into packets.
 */
export function visemeExpression(
  engine: VisemeEngine,
  { network, table }: Pick<VisemesModel, 'network' | 'table'>,
  { alphabet = 'ipa', ...options }: VisemeExpressionOptions = {},
): Stage<AudioPacket, MotionPacket> {
  const fromSound =
    ((network.lookaheadFrames + 1) / network.frameRate + RESAMPLER_DELAY) * MICROSECONDS_PER_SECOND
  const fromPhonemes = (PHONEME_LOOKAHEAD + 1 / PHONEME_CURVE_RATE) * MICROSECONDS_PER_SECOND
  return speakingFace(
    {
      lookahead: Math.ceil(Math.max(fromSound, fromPhonemes)),
      curves: (first, signal) =>
        first.phonemes === undefined
          ? curvesFromSound(engine, network, first.sampleRate, signal)
          : curvesFromPhonemes(table, alphabet),
      mouth: (curves) => new MouthShape(curves.channels, table),
    },
    options,
  )
}
