import type { Picture } from '../../../../dsp/raster.js'
import type { BlendshapeName } from '../../../../pipeline/blendshapes.js'

/**
 * One textured piece of a face for a renderer that is not this one. In the rig's own coordinates: pixels of the frame,
 * x right, y down, z away from the viewer.
 */
export interface RigPart {
  readonly name: string
  /** Parts are laid over each other in this order where depth does not tell. */
  readonly order: number
  /** x, y, z of each vertex at rest. */
  readonly rest: Float32Array
  /** u, v of each vertex in shares of the texture, from its upper left corner. */
  readonly uv: Float32Array
  /** Vertex index triples; fronts go clockwise in the picture. */
  readonly triangles: Uint16Array
  readonly texture: Picture
  /** Whether the texture hides whatever lies behind. */
  readonly opaque: boolean
  /** How each channel moves it; channels that do not are left out. */
  readonly moves: ReadonlyMap<BlendshapeName, PartMoves>
  /** How much each vertex follows head and chest, 0–1. Default: the head, wholly. */
  readonly follows?: { readonly head: Float32Array; readonly chest: Float32Array }
}

/** What a channel at weight 1 does to a part. */
export interface PartMoves {
  /** Vertices that move, in rising order. */
  readonly vertices: Uint16Array
  /** x, y, z in pixels for each of `vertices`. */
  readonly moves: Float32Array
}

/** A displacement of a whole part, in pixels. */
export type Shift = readonly [x: number, y: number, z: number]

/** Moves that shift every vertex alike. */
export function shifted(count: number, shift: Shift): PartMoves {
  return movesOf(count, () => shift)
}

/** Moves of every vertex that does. */
export function movesOf(count: number, moveAt: (vertex: number) => Shift): PartMoves {
  const vertices: number[] = []
  const moves: number[] = []
  for (let i = 0; i < count; i++) {
    const move = moveAt(i)
    if (Math.hypot(...move) < LEAST_MOVE) continue
    vertices.push(i)
    moves.push(...move)
  }
  return { vertices: Uint16Array.from(vertices), moves: Float32Array.from(moves) }
}

/** Moves that nobody could see, in pixels, are left out. */
const LEAST_MOVE = 0.01

/** Vertices in rows and columns, with the picture's corners at the grid's corners. */
export interface Grid {
  readonly columns: number
  readonly rows: number
}

/** Triangles and texture coordinates of a grid. */
export function gridOf({ columns, rows }: Grid): Pick<RigPart, 'uv' | 'triangles'> {
  const uv = new Float32Array(columns * rows * 2)
  const triangles: number[] = []
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const at = row * columns + column
      uv.set([column / (columns - 1), row / (rows - 1)], at * 2)
      if (row === rows - 1 || column === columns - 1) continue
      triangles.push(at, at + 1, at + columns, at + 1, at + columns + 1, at + columns)
    }
  }
  return { uv, triangles: Uint16Array.from(triangles) }
}
