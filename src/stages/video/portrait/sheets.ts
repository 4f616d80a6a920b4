import type { Picture } from '../../../dsp/raster.js'
import { smoothstep } from '../../../dsp/spline.js'
import { holeTriangles, skinTriangles, type CanonicalFace } from './canonical.js'
import type { GridVertex, HeadFrame } from './head-frame.js'
import { FACE_VERTEX_COUNT, OVAL } from './topology.js'

/** Vertices and triangles of one textured sheet. Triangle indices count over all sheets of the rig. */
export interface SheetGeometry {
  readonly vertexCount: number
  readonly rest: Float32Array
  readonly uv: Float32Array
  readonly headWeight: Float32Array
  readonly breathWeight: Float32Array
  readonly swayWeight: Float32Array
  readonly triangles: Uint16Array
  readonly follows: readonly Follow[]
}

/** One follower's share in the displacement of one face vertex. Indices count over all sheets of the rig. */
export interface Follow {
  readonly follower: number
  readonly leader: number
  readonly weight: number
}

/** All of a rig's {@link Follow}s, entry by entry. */
export interface Follows {
  readonly followers: Uint16Array
  readonly leaders: Uint16Array
  readonly weights: Float32Array
}

export function joinFollows(sheets: readonly SheetGeometry[]): Follows {
  const all = sheets.flatMap((sheet) => sheet.follows)
  return {
    followers: Uint16Array.from(all, ({ follower }) => follower),
    leaders: Uint16Array.from(all, ({ leader }) => leader),
    weights: Float32Array.from(all, ({ weight }) => weight),
  }
}

/** Width of the band around the face's outline in which the texture fades out, as a share of the face's height. */
const RIM_SHARE = 0.035

/**
 * The face: all of its triangles, holes included, and a rim around the outline that carries the fading edge.
 *
 * @param pictured Where the texture shows the landmarks.
 */
export function rimSheet(
  face: CanonicalFace,
  landmarks: ArrayLike<number>,
  pictured: ArrayLike<number>,
  frame: HeadFrame,
  scale: number,
  texture: Picture,
  size: number,
): SheetGeometry & { readonly winding: -1 | 1 } {
  const vertexCount = FACE_VERTEX_COUNT + OVAL.length
  const rest = withRim(landmarks, frame)
  for (let i = 2; i < rest.length; i += 3) rest[i] = -liftSides((frame.earZ - rest[i]!) / scale) * scale
  // Skin comes after what closes eyes and mouth, so that lids and lips that overlap lie on top.
  const skin = skinTriangles(face)
  const triangles = [...holeTriangles(face), ...skin]
  OVAL.forEach((vertex, k) => {
    const next = (k + 1) % OVAL.length
    const rim = FACE_VERTEX_COUNT + k
    const nextRim = FACE_VERTEX_COUNT + next
    triangles.push(vertex, rim, nextRim, vertex, nextRim, OVAL[next]!)
  })
  const winding = windingOf(rest, skin)
  return {
    vertexCount,
    rest,
    uv: textureCoordinates(withRim(pictured, frame), texture, size),
    headWeight: new Float32Array(vertexCount).fill(1),
    breathWeight: new Float32Array(vertexCount).fill(0.5),
    swayWeight: new Float32Array(vertexCount),
    triangles: Uint16Array.from(triangles),
    follows: OVAL.map((leader, k) => ({ follower: FACE_VERTEX_COUNT + k, leader, weight: 1 })),
    winding,
  }
}

/** The landmarks and, around their outline, the rim's vertices. */
function withRim(landmarks: ArrayLike<number>, frame: HeadFrame): Float32Array {
  const points = new Float32Array((FACE_VERTEX_COUNT + OVAL.length) * 3)
  for (let i = 0; i < FACE_VERTEX_COUNT * 3; i++) points[i] = landmarks[i]!
  const centreY = (frame.foreheadY + frame.chinY) / 2
  OVAL.forEach((vertex, k) => {
    const x = points[vertex * 3]!
    const y = points[vertex * 3 + 1]!
    const out = 1 + (RIM_SHARE * frame.height) / Math.hypot(x - frame.centreX, y - centreY)
    const rim = (FACE_VERTEX_COUNT + k) * 3
    points[rim] = frame.centreX + (x - frame.centreX) * out
    points[rim + 1] = centreY + (y - centreY) * out
    points[rim + 2] = points[vertex * 3 + 2]!
  })
  return points
}

/** Depth of the outline of a turning face in front of the ears, and how softly the face joins it, in centimetres. */
const SIDE_DEPTH = 2.6
const SIDE_SOFTNESS = 1.6

/**
 * Brings the sides of the face forward, so that the outline of a face that turns does not fold over itself: there is
 * no picture of what lies behind it.
 *
 * @param depth Distance in front of the ears in centimetres.
 */
function liftSides(depth: number): number {
  return (depth + SIDE_DEPTH + Math.hypot(depth - SIDE_DEPTH, SIDE_SOFTNESS)) / 2
}

/**
 * A square grid over the whole picture, without the cells that the texture leaves empty or the face always covers.
 *
 * @param cells Cells along each side.
 * @param firstVertex Index of the grid's first vertex among all of the rig.
 */
export function gridSheet(
  texture: Picture,
  size: number,
  cells: number,
  vertexAt: (x: number, y: number) => GridVertex,
  firstVertex: number,
): SheetGeometry {
  const side = cells + 1
  const vertexCount = side * side
  const rest = new Float32Array(vertexCount * 3)
  const pictured = new Float32Array(vertexCount * 3)
  const follows: Follow[] = []
  const headWeight = new Float32Array(vertexCount)
  const breathWeight = new Float32Array(vertexCount)
  const swayWeight = new Float32Array(vertexCount)
  const hidden = new Uint8Array(vertexCount)
  for (let i = 0; i < vertexCount; i++) {
    const x = ((i % side) * size) / cells - 0.5
    const y = (Math.floor(i / side) * size) / cells - 0.5
    const vertex = vertexAt(x, y)
    rest.set([x + (vertex.shiftX ?? 0), y + (vertex.shiftY ?? 0), vertex.z], i * 3)
    pictured.set([x, y], i * 3)
    for (const { leader, weight } of vertex.follows ?? [])
      follows.push({ follower: firstVertex + i, leader, weight })
    // The picture's lower edge stays, because there is nothing to show below it.
    const free = smoothstep(size - 0.5, 0.9 * size, y)
    headWeight[i] = vertex.headWeight * free
    breathWeight[i] = vertex.breathWeight * free
    swayWeight[i] = vertex.swayWeight * free
    hidden[i] = vertex.hidden ? 1 : 0
  }
  const triangles: number[] = []
  for (let row = 0; row < cells; row++) {
    for (let column = 0; column < cells; column++) {
      const corner = row * side + column
      const covered =
        hidden[corner]! & hidden[corner + 1]! & hidden[corner + side]! & hidden[corner + side + 1]!
      if (covered || !showsAnything(texture, column / cells, row / cells, 1 / cells)) continue
      const a = firstVertex + corner
      triangles.push(a, a + 1, a + side, a + 1, a + side + 1, a + side)
    }
  }
  const uv = textureCoordinates(pictured, texture, size)
  return {
    vertexCount,
    rest,
    uv,
    headWeight,
    breathWeight,
    swayWeight,
    triangles: Uint16Array.from(triangles),
    follows,
  }
}

/** Texels of the vertices where the texture shows them, kept inside the texture so that a bilinear read never leaves it. */
function textureCoordinates(pictured: Float32Array, texture: Picture, size: number): Float32Array {
  const uv = new Float32Array((pictured.length / 3) * 2)
  for (let i = 0; i < pictured.length / 3; i++) {
    const u = ((pictured[i * 3]! + 0.5) * texture.width) / size - 0.5
    const v = ((pictured[i * 3 + 1]! + 0.5) * texture.height) / size - 0.5
    uv[i * 2] = Math.min(texture.width - 1.01, Math.max(0.01, u))
    uv[i * 2 + 1] = Math.min(texture.height - 1.01, Math.max(0.01, v))
  }
  return uv
}

function showsAnything(texture: Picture, x: number, y: number, extent: number): boolean {
  const left = Math.max(0, Math.floor(x * texture.width) - 1)
  const right = Math.min(texture.width, Math.ceil((x + extent) * texture.width) + 2)
  const top = Math.max(0, Math.floor(y * texture.height) - 1)
  const bottom = Math.min(texture.height, Math.ceil((y + extent) * texture.height) + 2)
  for (let row = top; row < bottom; row++) {
    for (let i = row * texture.width + left; i < row * texture.width + right; i++) {
      if (texture.pixels[i]! >>> 24 > 2) return true
    }
  }
  return false
}

/** The winding that most triangles have in the picture. */
function windingOf(rest: Float32Array, triangles: Uint16Array): -1 | 1 {
  let sum = 0
  for (let t = 0; t < triangles.length; t += 3) sum += signedArea(rest, triangles, t)
  return sum < 0 ? -1 : 1
}

function signedArea(rest: Float32Array, triangles: Uint16Array, t: number): number {
  const a = triangles[t]! * 3
  const b = triangles[t + 1]! * 3
  const c = triangles[t + 2]! * 3
  return (
    (rest[b]! - rest[a]!) * (rest[c + 1]! - rest[a + 1]!) -
    (rest[c]! - rest[a]!) * (rest[b + 1]! - rest[a + 1]!)
  )
}
