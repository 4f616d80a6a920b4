import { BLENDSHAPE_COUNT, BLENDSHAPE_NAMES } from '../../pipeline/blendshapes.js'
import type { MotionPacket } from '../../pipeline/packet.js'
import { MICROSECONDS_PER_SECOND } from '../../pipeline/time.js'

/**
 * Blendshapes as text in the shape of LAM-A2E's `/api/infer` answer: `names`, `metadata` and `frames`, each frame
 * with its 52 weights, its time in seconds and the head's rotation [pitch, yaw, roll] in radians. The pieces can be
 * written one by one, so a long recording is never held whole; `metadata` closes the object because it counts.
 */

/** The part before the first frame. */
export function blendshapeHead(): string {
  return `{"names":${JSON.stringify(BLENDSHAPE_NAMES)},"frames":[`
}

/** One frame. Weights keep five decimals, finer than any rig shows. */
export function blendshapeFrame(packet: MotionPacket): string {
  const weights = Array.from(packet.weights, (weight) => rounded(weight)).join(',')
  const rotation = packet.rotation.map(rounded).join(',')
  const time = packet.timestamp / MICROSECONDS_PER_SECOND
  return `${packet.index === 0 ? '\n' : ',\n'}{"weights":[${weights}],"time":${time},"rotation":[${rotation}]}`
}

/** The part after the last frame. `seconds` is the wall time that it all took. */
export function blendshapeTail(frames: number, fps: number, seconds: number): string {
  const metadata = {
    fps,
    frame_count: frames,
    blendshape_count: BLENDSHAPE_COUNT,
    inference_time: seconds,
  }
  return `\n],"metadata":${JSON.stringify(metadata)}}\n`
}

/** A weight or an angle as it is written: five decimals. */
export function rounded(value: number): number {
  return Math.round(value * 1e5) / 1e5
}
