import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { InputError } from '../../../../errors.js'
import { encodeJpeg } from '../../../../media/jpeg.js'
import { defineProgram, type Program } from '../../../../runtime/program.js'
import { FACE_BYTES } from '../contract.js'
import { MATERIAL_FILE } from '../material/manifest.js'
import { FacePasting } from './face-pasting.js'
import { OpenCache } from './open-cache.js'
import { OpenedMaterial } from './opened-material.js'

/** Whose frames a session composes. */
export interface ComposeInit {
  /** Folder of the material. */
  readonly material: string
}

/** One frame to be composed. */
export interface ComposeOrder {
  /** Which of the material's frames. */
  readonly index: number
  /** 256 × 256 RGB as the model draws it. Default: none; the frame is shown as it is. */
  readonly face?: Uint8Array
  /** How much of the face is shown, 0–1. Default: 1. */
  readonly mix?: number
  /** JPEG quality, 1–100. */
  readonly quality: number
}

/** Materials that stay open for the next turn: four conversations that take turns, on any worker. */
const KEPT_MATERIALS = 4
/** Frames from one order to the next, beyond which the one after that is not guessed. */
const STRIDE_LIMIT = 16

/**
 * The worker's program: lays drawn faces over the frames they belong to and packs them as JPEG. Without state between
 * inputs, so that a pool may share the work.
 */
export default defineProgram((): Program<ComposeInit, ComposeOrder, Uint8Array<ArrayBuffer>> => {
  const materials = new OpenCache<OpenedMaterial>(KEPT_MATERIALS)
  return {
    open: async ({ material: folder }) => {
      const lease = await materials.use(await versionOf(folder), () => OpenedMaterial.open(folder))
      const draw = composer(lease.thing)
      return { process: draw, close: () => lease.release() }
    },
    transfer: (jpeg) => [jpeg.buffer],
    dispose: () => materials.close(),
  }
})

/** Stands for what lies in a folder now: a damaged material is made anew in the same place. */
async function versionOf(folder: string): Promise<string> {
  const found = await stat(join(folder, MATERIAL_FILE)).catch(() => undefined)
  return JSON.stringify([folder, found?.ino, found?.mtimeMs])
}

/** Composes frames of one material with the work space of one session. */
function composer(material: OpenedMaterial): (order: ComposeOrder) => Promise<Uint8Array<ArrayBuffer>> {
  const { width, height, count, largestBox } = material
  const frame = new Uint8Array(width * height * 3)
  const mask = new Uint8Array(largestBox)
  const pasting = new FacePasting(largestBox)
  const reader = material.reader()
  let previous = 0
  return async (order) => {
    checkOrder(order, count)
    const { index, face, mix = 1, quality } = order
    const [base] = await Promise.all([
      reader.read(index),
      face === undefined ? undefined : material.readMask(index, mask),
    ])
    const next = index + index - previous
    if (next >= 0 && next < count && Math.abs(next - index) <= STRIDE_LIMIT) reader.prepare(next)
    previous = index
    frame.set(base)
    if (face !== undefined) {
      const place = { box: material.boxOf(index), maskPlace: material.maskPlaceOf(index), mask }
      pasting.paste(frame, width, face, place, mix)
    }
    // The frame's memory is free again when the encoder has resolved: the runtime makes one step at a time.
    const jpeg = await encodeJpeg(frame, width, height, quality)
    // A copy of its own: the encoder's memory may be pooled, and a pool cannot be moved to another thread.
    return new Uint8Array(jpeg)
  }
}

function checkOrder({ index, face, mix }: ComposeOrder, count: number): void {
  if (!Number.isInteger(index) || index < 0 || index >= count) {
    throw new InputError(`index is ${index}; a whole number from 0 to ${count - 1} is expected.`)
  }
  if (face !== undefined && face.length !== FACE_BYTES) {
    throw new InputError(`face has ${face.length} bytes; ${FACE_BYTES} are expected.`)
  }
  if (mix !== undefined && !(mix >= 0 && mix <= 1)) {
    throw new InputError(`mix is ${mix}; a number from 0 to 1 is expected.`)
  }
}
