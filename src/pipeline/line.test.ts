import { describe, expect, it } from 'vitest'
import { faceStages, type FaceVideo } from './line.js'
import type { AudioPacket, FramePacket, MotionPacket } from './packet.js'
import { defineStage, type Stage } from './stage.js'

const expression = idle<AudioPacket, MotionPacket>('expression')
const moved: FaceVideo = { from: 'motion', stage: idle<MotionPacket, FramePacket>('video') }
const hearing: FaceVideo = { from: 'audio', stage: idle<AudioPacket, FramePacket>('video') }

function idle<I extends object, O extends object>(name: string): Stage<I, O> {
  return defineStage<I, O, undefined>({
    name,
    state: () => undefined,
    *process() {
      // Never run here.
    },
  })
}

describe('faceStages', () => {
  it.each([
    ['nothing', { motion: false, frames: false }, moved, []],
    ['motion', { motion: true, frames: false }, moved, ['expression']],
    ['frames that are moved', { motion: false, frames: true }, moved, ['video', 'expression']],
    ['frames that hear', { motion: false, frames: true }, hearing, ['video']],
    ['motion, and frames that hear', { motion: true, frames: true }, hearing, ['expression', 'video']],
    ['both', { motion: true, frames: true }, moved, ['expression', 'video']],
  ] as const)('loads the engines for %s, and no other', async (_, wanted, face, loads) => {
    const asked: string[] = []
    const stages = await faceStages(wanted, {
      expression: () => {
        asked.push('expression')
        return Promise.resolve(expression)
      },
      video: () => {
        asked.push('video')
        return Promise.resolve(face)
      },
    })
    expect(asked).toEqual(loads)
    expect(stages).toEqual({
      ...(loads.some((name) => name === 'expression') && { expression }),
      ...(loads.some((name) => name === 'video') && { video: face }),
    })
  })
})
