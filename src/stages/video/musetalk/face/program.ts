import { halvesToFloats } from '../../../../dsp/half-float.js'
import { messageOf } from '../../../../errors.js'
import { defineProgram, type OrtSession, type Program } from '../../../../runtime/program.js'
import { dataOf } from '../../../../runtime/tensor.js'
import { FACE_BYTES, LATENT_CHANNELS, LATENT_SIZE, LATENT_VALUES, TOKENS_PER_FRAME } from '../contract.js'
import { isFlat } from './flat-picture.js'
import { LatentFiles } from './latent-files.js'
import { isOutOfMemory } from './out-of-memory.js'

/** What the worker is loaded with. */
export interface FaceConfig {
  /** The graph: see `graphs.unetVae` in contract.ts. */
  readonly file: string
  /** Values of a token. */
  readonly width: number
  /** Batches that are run once at load, ascending, so that CUDA has chosen its kernels before the first frame. */
  readonly warmUp: readonly number[]
  /** Threads of a run on the CPU. */
  readonly threads: number
}

/** One face to be drawn. */
export interface FaceOrder {
  /** Absolute path of the file of latents. */
  readonly latents: string
  /** Its frame. */
  readonly index: number
  /** `[50, width]`, with the positional encoding. */
  readonly tokens: Float32Array
}

/** Faces that are drawn in one run. */
export interface FaceBatch {
  readonly orders: readonly FaceOrder[]
  /** Size of the run, at least as large: what is over is drawn of nothing and thrown away. */
  readonly size: number
}

/** RGB of 256 × 256 for each order; undefined for one that came out as a single colour, and is not to be shown. */
export type DrawnFaces = readonly (Uint8Array<ArrayBuffer> | undefined)[]

/** Files of latents that stay open: one for each avatar that speaks. */
const OPEN_FILES = 16

/** The worker's program: latents and tokens to faces, by the U-Net and the decoder in one graph. Stateless. */
export default defineProgram(
  async (context, config: FaceConfig): Promise<Program<null, FaceBatch, DrawnFaces>> => {
    const graph = await context.createSession(config.file, { threads: config.threads })
    const files = new LatentFiles(OPEN_FILES)
    const painter = new Painter(graph, config.width, files)
    await painter.warmUp(config.warmUp)
    return {
      open: () => ({ process: (batch) => painter.draw(batch) }),
      transfer: (faces) => faces.flatMap((face) => (face === undefined ? [] : [face.buffer])),
      dispose: () => files.close(),
    }
  },
)

class Painter {
  readonly #graph: OrtSession
  readonly #tokenValues: number
  readonly #files: LatentFiles
  readonly #halves = new Uint16Array(LATENT_VALUES)
  /** Grow to the largest batch; the runtime makes one step at a time. */
  #latents = new Float32Array(0)
  #tokens = new Float32Array(0)

  constructor(graph: OrtSession, width: number, files: LatentFiles) {
    this.#graph = graph
    this.#tokenValues = TOKENS_PER_FRAME * width
    this.#files = files
  }

  /**
   * Runs each size once. Those that the device's memory does not hold are left to be found out when they are wanted:
   * whoever asks for them halves them.
   */
  async warmUp(sizes: readonly number[]): Promise<void> {
    try {
      for (const size of sizes) await this.draw({ orders: [], size })
    } catch (error) {
      if (!isOutOfMemory(messageOf(error))) throw error
    }
  }

  async draw({ orders, size }: FaceBatch): Promise<DrawnFaces> {
    this.#makeRoom(size)
    const latents = this.#latents.subarray(0, size * LATENT_VALUES)
    const tokens = this.#tokens.subarray(0, size * this.#tokenValues)
    for (const [k, order] of orders.entries()) {
      await this.#files.read(order.latents, order.index, this.#halves)
      halvesToFloats(this.#halves, latents.subarray(k * LATENT_VALUES, (k + 1) * LATENT_VALUES))
      tokens.set(order.tokens, k * this.#tokenValues)
    }
    latents.fill(0, orders.length * LATENT_VALUES)
    tokens.fill(0, orders.length * this.#tokenValues)
    const width = this.#tokenValues / TOKENS_PER_FRAME
    const { frames } = await this.#graph.run(
      {
        latents: { data: latents, dims: [size, LATENT_CHANNELS, LATENT_SIZE, LATENT_SIZE] },
        audio: { data: tokens, dims: [size, TOKENS_PER_FRAME, width] },
      },
      ['frames'],
    )
    const pixels = dataOf(frames, 'uint8')
    // Each in memory of its own, so that it can be moved on by itself.
    return orders.map((_, k) => {
      const face = new Uint8Array(pixels.subarray(k * FACE_BYTES, (k + 1) * FACE_BYTES))
      return isFlat(face) ? undefined : face
    })
  }

  #makeRoom(size: number): void {
    if (this.#latents.length >= size * LATENT_VALUES) return
    this.#latents = new Float32Array(size * LATENT_VALUES)
    this.#tokens = new Float32Array(size * this.#tokenValues)
  }
}
