import { BLENDSHAPE_COUNT, BLENDSHAPE_INDEX, type FrameMoment, type MotionPacket } from 'phiz'

/** A face that speaks, blinks and moves its head, at a frame. */
export function speakingMoment(frame: number, fps: number): FrameMoment & { weights: Float32Array } {
  const weights = new Float32Array(BLENDSHAPE_COUNT)
  weights[BLENDSHAPE_INDEX.jawOpen] = 0.3 + 0.3 * Math.sin(frame / 2)
  weights[BLENDSHAPE_INDEX.mouthFunnel] = Math.max(0, 0.5 * Math.sin(frame / 3))
  weights[BLENDSHAPE_INDEX.mouthSmileLeft] = weights[BLENDSHAPE_INDEX.mouthSmileRight] = 0.2
  weights[BLENDSHAPE_INDEX.eyeBlinkLeft] = weights[BLENDSHAPE_INDEX.eyeBlinkRight] = frame % 60 < 4 ? 0.8 : 0
  const rotation = [0.04 * Math.sin(frame / 17), 0.09 * Math.sin(frame / 23), 0.03 * Math.sin(frame / 31)]
  return { weights, rotation, seconds: frame / fps }
}

/** The same as motion packets of one turn. */
export function speakingMotion(turn: string, frames: number, fps: number): MotionPacket[] {
  return Array.from({ length: frames }, (_, index) => {
    const { weights, rotation } = speakingMoment(index, fps)
    const timestamp = Math.round((index * 1e6) / fps)
    return {
      kind: 'motion',
      turn,
      index,
      timestamp,
      duration: Math.round(((index + 1) * 1e6) / fps) - timestamp,
      weights,
      rotation: [rotation[0]!, rotation[1]!, rotation[2]!] as const,
    }
  })
}
