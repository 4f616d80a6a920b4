import type { OrtSession } from '../../runtime/program.js'
import { dataOf } from '../../runtime/tensor.js'
import { DETECTOR } from './contract.js'
import { cropInto, type CropFormat } from './crop.js'
import { decodeDetections, detectorAnchors, type Detection } from './detections.js'
import type { PicturePyramid } from './pyramid.js'
import type { Region } from './region.js'

const FORMAT: CropFormat = { side: DETECTOR.side, black: -1, white: 1, outside: 'black' }

/** Looks for faces in a square of a picture. One call at a time: the input's memory is reused. */
export class FaceDetector {
  readonly #graph: OrtSession
  readonly #input = {
    data: new Float32Array(3 * DETECTOR.side ** 2),
    dims: [1, 3, DETECTOR.side, DETECTOR.side],
  }
  readonly #anchors = detectorAnchors()

  constructor(graph: OrtSession) {
    this.#graph = graph
  }

  /** @returns all that looks like a face, in the order of the anchors; the same face may be there many times */
  async detect(pyramid: PicturePyramid, region: Region): Promise<Detection[]> {
    cropInto(pyramid, region, FORMAT, this.#input.data)
    const { boxes, scores } = DETECTOR
    const results = await this.#graph.run({ [DETECTOR.input]: this.#input }, [boxes, scores])
    return decodeDetections(
      dataOf(results[boxes], 'float32'),
      dataOf(results[scores], 'float32'),
      this.#anchors,
      region,
    )
  }
}
