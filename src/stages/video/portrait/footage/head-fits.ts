import { fitSimilarity, type Similarity } from '../../../../dsp/mesh-similarity.js'
import { headVertices, type CanonicalFace } from '../canonical.js'
import { FACE_VERTEX_COUNT } from '../topology.js'

/**
 * Where the head is in each frame: the similarity that carries its own frame ({@link headVertices}) to the picture,
 * by the vertices that sit on the skull. Each frame is fitted once, when it is first asked for.
 */
export class HeadFits {
  readonly #landmarks: Float32Array
  readonly #skull: Uint16Array
  readonly #from: Float64Array
  readonly #to: Float64Array
  readonly #fits: (Similarity | undefined)[]

  /**
   * @param landmarks 468 × (x, y, z) in pixels for each frame, z away from the viewer.
   * @param skull Vertices to fit by.
   */
  constructor(face: CanonicalFace, landmarks: Float32Array, skull: Uint16Array) {
    this.#landmarks = landmarks
    this.#skull = skull
    this.#from = gather(headVertices(face), 0, skull, new Float64Array(skull.length * 3))
    this.#to = new Float64Array(skull.length * 3)
    this.#fits = new Array<Similarity | undefined>(landmarks.length / (FACE_VERTEX_COUNT * 3))
  }

  /** The head's place in a frame. */
  of(frame: number): Similarity {
    return (this.#fits[frame] ??= this.#fit(frame))
  }

  #fit(frame: number): Similarity {
    gather(this.#landmarks, frame * FACE_VERTEX_COUNT * 3, this.#skull, this.#to)
    return fitSimilarity(this.#from, this.#to)
  }
}

function gather(
  points: ArrayLike<number>,
  offset: number,
  vertices: Uint16Array,
  out: Float64Array,
): Float64Array {
  for (let k = 0; k < vertices.length; k++) {
    const at = offset + vertices[k]! * 3
    out[k * 3] = points[at]!
    out[k * 3 + 1] = points[at + 1]!
    out[k * 3 + 2] = points[at + 2]!
  }
  return out
}
