import type { OrtSession } from '../../runtime/program.js'
import { dataOf } from '../../runtime/tensor.js'
import { BELIEVED, MESH } from './contract.js'
import { cropInto, type CropFormat } from './crop.js'
import { foundFace, type FoundFace } from './found-face.js'
import { placeLandmarks } from './landmarks.js'
import type { PicturePyramid } from './pyramid.js'
import { regionOfLandmarks, type Region } from './region.js'

const FORMAT: CropFormat = { side: MESH.side, black: 0, white: 1, outside: 'edge' }

/** The mesh has come to rest when its own region differs from the one it was made from by no more than this. */
const STEADY = { distance: 0.004, size: 0.01, angle: 0.015 } as const
/** From a region that is right by a tenth, it comes to rest in two or three passes. */
const MOST_PASSES = 6

/** A mesh that was laid on a face. */
export interface FittedFace extends FoundFace {
  /**
   * Whether another pass would give the same. Where it is not so, the region was far from the face: the network lays
   * a mesh on half a face too, beside it, and is sure of it.
   */
  readonly steady: boolean
}

/** Lays the mesh of 468 landmarks on one face. One call at a time: the input's memory is reused. */
export class FaceMesh {
  readonly #graph: OrtSession
  readonly #input = {
    data: new Float32Array(3 * MESH.side ** 2),
    dims: [1, 3, MESH.side, MESH.side],
  }

  constructor(graph: OrtSession) {
    this.#graph = graph
  }

  /**
   * Lays the mesh on the face in a region, then again with the region that its own landmarks give, until it rests.
   *
   * @returns undefined when there is no face.
   */
  async fit(pyramid: PicturePyramid, region: Region): Promise<FittedFace | undefined> {
    let shown = region
    for (let pass = 1; ; pass++) {
      const face = await this.#pass(pyramid, shown)
      if (face === undefined) return undefined
      const own = regionOfLandmarks(face.landmarks)
      const steady = isSame(shown, own)
      if (steady || pass === MOST_PASSES) return { ...face, steady }
      shown = own
    }
  }

  async #pass(pyramid: PicturePyramid, region: Region): Promise<FoundFace | undefined> {
    cropInto(pyramid, region, FORMAT, this.#input.data)
    const { landmarks, presence } = MESH
    const results = await this.#graph.run({ [MESH.input]: this.#input }, [landmarks, presence])
    const sure = 1 / (1 + Math.exp(-dataOf(results[presence], 'float32')[0]!))
    if (!(sure >= BELIEVED)) return undefined
    return foundFace(placeLandmarks(dataOf(results[landmarks], 'float32'), region), sure)
  }
}

function isSame(a: Region, b: Region): boolean {
  const distance = Math.hypot(a.centreX - b.centreX, a.centreY - b.centreY) / b.size
  const size = Math.abs(a.size / b.size - 1)
  const angle = Math.abs(Math.sin(a.angle - b.angle))
  return distance <= STEADY.distance && size <= STEADY.size && angle <= STEADY.angle
}
