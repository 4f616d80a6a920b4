import { pathToFileURL } from 'node:url'
import { encodeJpeg } from '../../../media/jpeg.js'
import { BLENDSHAPE_COUNT } from '../../../pipeline/blendshapes.js'
import { defineProgram, type Program } from '../../../runtime/program.js'
import { loadAvatarRig } from './avatar.js'
import { PortraitRenderer } from './renderer.js'

/** What a renderer's worker is loaded with. */
export interface PortraitConfig {
  /** Width and height of the frames in pixels. */
  readonly size: number
  /** JPEG quality, 1–100. */
  readonly quality: number
}

/** Motion at one picture's moment. */
export interface PortraitInput {
  /** 52 channel weights in [0, 1]. */
  readonly weights: Float32Array
  /** Pitch, yaw, roll in radians. */
  readonly rotation: readonly [number, number, number]
  /** Position on the turn's time line in seconds, for breathing. */
  readonly seconds: number
}

/** The worker's program: draws a frame and packs it as JPEG. Stateless between inputs, so a pool may share the work. */
export default defineProgram(
  async (context, config: PortraitConfig): Promise<Program<null, PortraitInput, Uint8Array>> => {
    const rig = await loadAvatarRig(config.size, pathToFileURL(`${context.folder}/`))
    const renderer = new PortraitRenderer(rig)
    const frame = new Uint8Array(renderer.width * renderer.height * 3)

    const draw = async (input: PortraitInput): Promise<Uint8Array> => {
      renderer.render(input.weights, input.rotation, input.seconds, frame)
      // The frame's memory is free again when the encoder has resolved: the runtime makes one step at a time.
      const jpeg = await encodeJpeg(frame, renderer.width, renderer.height, config.quality)
      // A copy of its own: the encoder's memory may be pooled, and a pool cannot be moved to another thread.
      return new Uint8Array(jpeg)
    }
    await warmUp(draw)
    return {
      open: () => ({ process: draw }),
      transfer: (jpeg) => [jpeg.buffer],
    }
  },
)

/** Lets the compiler see every path before the first frame is due. */
async function warmUp(draw: (input: PortraitInput) => Promise<Uint8Array>): Promise<void> {
  for (let k = 0; k < 12; k++) {
    const weights = new Float32Array(BLENDSHAPE_COUNT).fill((k % 3) * 0.2)
    await draw({ weights, rotation: [0.02 * k, 0.01 * k, 0], seconds: k / 10 })
  }
}
