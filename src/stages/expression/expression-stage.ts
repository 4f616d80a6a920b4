import type { AudioPacket, MotionPacket } from '../../pipeline/packet.js'
import type { Stage } from '../../pipeline/stage.js'

/** What may be done with the motion of a whole recording. */
export interface RecordingTreatment {
  /** Lets the mouth rest while the sound is silent. */
  readonly quietMouth: boolean
  /** Raises the brows now and then where the voice is loud. */
  readonly moveBrows: boolean
}

/** Sound to the motion of a face. */
export interface ExpressionStage extends Stage<AudioPacket, MotionPacket> {
  /**
   * How many frames of a turn have left for certain when so many samples of it have been heard and more may follow. A
   * stage whose frames come in bursts knows it better than its look-ahead, which is that of the worst moment; left out,
   * they are those that end before the look-ahead.
   */
  framesDue?(samples: number, sampleRate: number): number
  /** Whether the stage treats a recording as it was asked to; left out, whoever takes the frames may do it. */
  readonly treatsRecording?: boolean
}
