/**
 * Writes GLB files: glTF 2.0 in one piece (Khronos glTF 2.0 specification, sections 3.6, 3.7 and 4.4). Only what a face
 * needs: triangles, pictures, morph targets that move few vertices, and a skin.
 */

const MAGIC = 0x46546c67
const VERSION = 2
const JSON_CHUNK = 0x4e4f534a
const BINARY_CHUNK = 0x004e4942

const FLOAT = 5126
const UNSIGNED_BYTE = 5121
const UNSIGNED_SHORT = 5123
const ARRAY_BUFFER = 34962
const ELEMENT_ARRAY_BUFFER = 34963
const LINEAR = 9729
const LINEAR_MIPMAP_LINEAR = 9987
const CLAMP_TO_EDGE = 33071

/** Index of an accessor in the file. */
export type Accessor = number

type Json = Readonly<Record<string, unknown>>

/** Collects the binary part of a file, with the JSON that says what lies where. */
export class GlbFile {
  readonly #pieces: Uint8Array[] = []
  readonly #views: Json[] = []
  readonly #accessors: Json[] = []
  readonly #images: Json[] = []
  #length = 0

  /** Vectors of three: positions, or how far they move. */
  vectors(values: Float32Array): Accessor {
    return this.#accessor(values, 'VEC3', FLOAT, 3, ARRAY_BUFFER, bounds(values))
  }

  /**
   * How far vertices move, of which most stay.
   * @param count of all vertices
   * @param moved those that move, in rising order
   * @param moves x, y, z of each of them
   */
  sparseVectors(count: number, moved: Uint16Array, moves: Float32Array): Accessor {
    const base = { componentType: FLOAT, type: 'VEC3', count }
    if (moved.length === 0) return this.#add({ ...base, min: [0, 0, 0], max: [0, 0, 0] })
    const sparse = {
      count: moved.length,
      indices: { bufferView: this.#view(moved), componentType: UNSIGNED_SHORT },
      values: { bufferView: this.#view(moves) },
    }
    const { min, max } = bounds(moves)
    const still = moved.length < count
    return this.#add({
      ...base,
      sparse,
      min: still ? min.map((value) => Math.min(0, value)) : min,
      max: still ? max.map((value) => Math.max(0, value)) : max,
    })
  }

  /** u, v of each vertex, from the picture's upper left corner (0, 0) to its lower right one (1, 1). */
  coordinates(values: Float32Array): Accessor {
    return this.#accessor(values, 'VEC2', FLOAT, 2, ARRAY_BUFFER)
  }

  indices(values: Uint16Array): Accessor {
    return this.#accessor(values, 'SCALAR', UNSIGNED_SHORT, 1, ELEMENT_ARRAY_BUFFER)
  }

  /** Four joints of each vertex. */
  joints(values: Uint8Array): Accessor {
    return this.#accessor(values, 'VEC4', UNSIGNED_BYTE, 4, ARRAY_BUFFER)
  }

  /** How much each vertex follows its four joints: 65 535 together. */
  weights(values: Uint16Array): Accessor {
    return this.#accessor(values, 'VEC4', UNSIGNED_SHORT, 4, ARRAY_BUFFER, { normalized: true })
  }

  /** Matrices of 4 × 4, column by column. */
  matrices(values: Float32Array): Accessor {
    return this.#accessor(values, 'MAT4', FLOAT, 16)
  }

  /** A picture as PNG or JPEG; the index is its texture's too. */
  texture(bytes: Uint8Array, mimeType: 'image/png' | 'image/jpeg'): number {
    this.#images.push({ bufferView: this.#view(bytes), mimeType })
    return this.#images.length - 1
  }

  /**
   * The file.
   * @param document what is in it besides: scenes, nodes, meshes, materials, skins, cameras
   */
  finish(document: Json): Uint8Array<ArrayBuffer> {
    const sampler = {
      magFilter: LINEAR,
      minFilter: LINEAR_MIPMAP_LINEAR,
      wrapS: CLAMP_TO_EDGE,
      wrapT: CLAMP_TO_EDGE,
    }
    const json = new TextEncoder().encode(
      JSON.stringify({
        asset: { version: '2.0', generator: 'phiz' },
        ...document,
        buffers: [{ byteLength: this.#length }],
        bufferViews: this.#views,
        accessors: this.#accessors,
        images: this.#images,
        samplers: [sampler],
        textures: this.#images.map((_, source) => ({ source, sampler: 0 })),
      }),
    )
    const jsonLength = padded(json.length)
    const bytes = new Uint8Array(12 + 8 + jsonLength + 8 + this.#length)
    const view = new DataView(bytes.buffer)
    const write = (at: number, ...words: readonly number[]): void =>
      words.forEach((word, k) => view.setUint32(at + k * 4, word, true))
    write(0, MAGIC, VERSION, bytes.length, jsonLength, JSON_CHUNK)
    // JSON is filled up with spaces, the binary part with zeros.
    bytes.set(json, 20)
    bytes.fill(0x20, 20 + json.length, 20 + jsonLength)
    write(20 + jsonLength, this.#length, BINARY_CHUNK)
    let at = 28 + jsonLength
    for (const piece of this.#pieces) {
      bytes.set(piece, at)
      at += padded(piece.length)
    }
    return bytes
  }

  #accessor(
    values: Float32Array | Uint16Array | Uint8Array,
    type: string,
    componentType: number,
    components: number,
    target?: number,
    more: Json = {},
  ): Accessor {
    const bufferView = this.#view(values, target)
    return this.#add({ bufferView, componentType, type, count: values.length / components, ...more })
  }

  #add(accessor: Json): Accessor {
    return this.#accessors.push(accessor) - 1
  }

  #view(values: Float32Array | Uint16Array | Uint8Array, target?: number): number {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
    const place = { buffer: 0, byteOffset: this.#length, byteLength: bytes.length }
    this.#pieces.push(bytes)
    this.#length += padded(bytes.length)
    return this.#views.push(target === undefined ? place : { ...place, target }) - 1
  }
}

function padded(length: number): number {
  return Math.ceil(length / 4) * 4
}

/** Least and greatest x, y and z. */
function bounds(values: Float32Array): { min: number[]; max: number[] } {
  const min = [Infinity, Infinity, Infinity]
  const max = [-Infinity, -Infinity, -Infinity]
  for (let i = 0; i < values.length; i++) {
    min[i % 3] = Math.min(min[i % 3]!, values[i]!)
    max[i % 3] = Math.max(max[i % 3]!, values[i]!)
  }
  return { min, max }
}
