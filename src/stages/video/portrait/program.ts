import { pathToFileURL } from 'node:url'
import { encodeJpeg } from '../../../media/jpeg.js'
import { BLENDSHAPE_COUNT } from '../../../pipeline/blendshapes.js'
import { defineProgram, type Program } from '../../../runtime/program.js'
import { loadPainter } from './load-painter.js'
import { PainterCache } from './painter-cache.js'
import type { FrameMoment } from './painter.js'
import type { Subject } from './subject.js'

/** What a session draws. */
export interface PortraitInit {
  readonly subject: Subject
}

/** One frame to be drawn. */
export interface FrameOrder extends FrameMoment {
  /** JPEG quality, 1–100. */
  readonly quality: number
}

/** What a renderer's worker is loaded with. */
export interface PortraitConfig {
  /** Whose frames the worker can draw at once, before anybody asks. */
  readonly ready: PortraitInit
}

/** The worker's program: draws a frame and packs it as JPEG. Stateless between inputs, so a pool may share the work. */
export default defineProgram(
  async (
    context,
    config: PortraitConfig,
  ): Promise<Program<PortraitInit, FrameOrder, Uint8Array<ArrayBuffer>>> => {
    const folder = pathToFileURL(`${context.folder}/`)
    const painters = new PainterCache((subject) => loadPainter(subject, folder))

    const draftsman = async ({ subject }: PortraitInit): Promise<Draw> => {
      // A portrait in front of a backdrop is drawn for one film, whose files go with it: nobody asks for it again.
      const passing = subject.kind === 'portrait' && subject.backdrop !== undefined
      const painter = await (passing ? loadPainter(subject, folder) : painters.get(subject))
      const { width, height } = painter
      const frame = new Uint8Array(width * height * 3)
      return async (order) => {
        await painter.paint(order, frame)
        // The frame's memory is free again when the encoder has resolved: the runtime makes one step at a time.
        const jpeg = await encodeJpeg(frame, width, height, order.quality)
        // A copy of its own: the encoder's memory may be pooled, and a pool cannot be moved to another thread.
        return new Uint8Array(jpeg)
      }
    }
    await warmUp(await draftsman(config.ready))
    return {
      open: async (init) => ({ process: await draftsman(init) }),
      transfer: (jpeg) => [jpeg.buffer],
    }
  },
)

type Draw = (order: FrameOrder) => Promise<Uint8Array<ArrayBuffer>>

/** Lets the compiler see every path before the first frame is due. */
async function warmUp(draw: Draw): Promise<void> {
  for (let k = 0; k < 12; k++) {
    const weights = new Float32Array(BLENDSHAPE_COUNT).fill((k % 3) * 0.2)
    await draw({ weights, rotation: [0.02 * k, 0.01 * k, 0], seconds: k / 10, quality: 80 })
  }
}
