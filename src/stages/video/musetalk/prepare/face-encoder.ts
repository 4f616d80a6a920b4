import { Lanczos4Resizer } from '../../../../dsp/opencv-lanczos-resize.js'
import { pixelView } from '../../../../dsp/pixel-view.js'
import type { RgbPicture } from '../../../../media/rgb-picture.js'
import type { OrtSession } from '../../../../runtime/program.js'
import { dataOf } from '../../../../runtime/tensor.js'
import { FACE_BYTES, FACE_SIZE } from '../contract.js'
import type { Box } from '../material/face-box.js'
import { FACE_TENSOR_VALUES, writeFaceTensors } from './face-tensors.js'

const DIMS = [2, 3, FACE_SIZE, FACE_SIZE] as const

/** Makes the latents of faces. Holds its work space; not for concurrent use. */
export class FaceEncoder {
  readonly #graph: OrtSession
  readonly #face = new Uint8Array(FACE_BYTES)
  readonly #tensors = new Float32Array(FACE_TENSOR_VALUES)

  constructor(graph: OrtSession) {
    this.#graph = graph
  }

  /** The box's pixels as 256 × 256 RGB, valid until the next call. */
  crop({ rgb, width }: RgbPicture, { left, top, right, bottom }: Box): Uint8Array {
    const resizer = new Lanczos4Resizer(right - left, bottom - top, FACE_SIZE, FACE_SIZE, 3)
    resizer.run(pixelView(rgb, width, 3, left, top), pixelView(this.#face, FACE_SIZE, 3))
    return this.#face
  }

  /** 8 × 32 × 32: of the face with its lower half black, then of the whole one. */
  async latents(frame: RgbPicture, box: Box): Promise<Float32Array> {
    writeFaceTensors(this.crop(frame, box), this.#tensors)
    const { latent } = await this.#graph.run({ image: { data: this.#tensors, dims: DIMS } }, ['latent'])
    return dataOf(latent, 'float32')
  }
}
