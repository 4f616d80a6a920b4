import type { TriangleBatch } from '../../../../dsp/raster.js'
import { BLENDSHAPE_NAMES, type BlendshapeName } from '../../../../pipeline/blendshapes.js'
import type { Rig } from '../rig.js'
import { FACE_VERTEX_COUNT, OVAL } from '../topology.js'
import { gridOf, movesOf, type PartMoves, type RigPart } from './rig-part.js'

/** Where the front hair lies over the face it lies this far in front of it, in centimetres. */
const HAIR_ABOVE = 0.12
/** How far behind the plane of the ears the backdrop stands, in centimetres. */
const BACKDROP_DEPTH = 4

/** Drawn before the inside of mouth and eyes, and after it. */
const BACKDROP_ORDER = -1
const SCENE_ORDER = 0
const SKIN_ORDER = 10
const HAIR_ORDER = 13

/** What a rig itself is made of: the scene, the skin with holes for mouth and eyes, and the front hair. */
export function sheetParts(rig: Rig): RigPart[] {
  const { scene, face, hair } = rig.sheets
  const faceCount = FACE_VERTEX_COUNT + OVAL.length
  // The face's triangles are those that close its holes, the skin, and the rim.
  const closing = face.triangles.length - rig.skin.length - OVAL.length * 6
  const skin = { ...face, triangles: frontsOut(face.triangles.subarray(closing), rig) }
  const sceneCount = hair ? Math.min(...hair.triangles) : rig.vertexCount
  const parts = [
    backdrop(rig),
    sheet(rig, 'scene', SCENE_ORDER, scene, faceCount, sceneCount),
    sheet(rig, 'face', SKIN_ORDER, skin, 0, faceCount),
  ]
  if (hair) parts.push(overFace(rig, sheet(rig, 'hair', HAIR_ORDER, hair, sceneCount, rig.vertexCount)))
  return parts
}

/** The scene as it is, which shows where the head has turned away from the picture's edge. */
function backdrop({ size, scale, sheets }: Rig): RigPart {
  const rest = new Float32Array(12)
  for (let i = 0; i < 4; i++) {
    rest.set([(i % 2) * size - 0.5, (i >> 1) * size - 0.5, BACKDROP_DEPTH * scale], i * 3)
  }
  return {
    name: 'backdrop',
    order: BACKDROP_ORDER,
    rest,
    ...gridOf({ columns: 2, rows: 2 }),
    texture: sheets.scene.texture,
    opaque: true,
    moves: new Map(),
    follows: { head: new Float32Array(4), chest: new Float32Array(4) },
  }
}

/** The skin's triangles with their fronts as a grid has them: clockwise in the picture. */
function frontsOut(triangles: Uint16Array, { winding }: Rig): Uint16Array {
  if (winding === 1) return triangles
  const turned = triangles.slice()
  for (let t = 0; t < turned.length; t += 3) {
    turned[t + 1] = triangles[t + 2]!
    turned[t + 2] = triangles[t + 1]!
  }
  return turned
}

function sheet(
  rig: Rig,
  name: string,
  order: number,
  { texture, triangles, uv }: TriangleBatch,
  from: number,
  to: number,
): RigPart {
  const count = to - from
  const shares = new Float32Array(count * 2)
  for (let i = 0; i < count * 2; i++) {
    shares[i] = (uv[from * 2 + i]! + 0.5) / (i % 2 === 0 ? texture.width : texture.height)
  }
  const head = rig.headWeight.slice(from, to)
  return {
    name,
    order,
    rest: rig.rest.slice(from * 3, to * 3),
    uv: shares,
    triangles: triangles.map((vertex) => vertex - from),
    texture,
    opaque: order === SCENE_ORDER,
    moves: sheetMoves(rig, from, to),
    // The head rises by half as much as the chest.
    follows: {
      head,
      chest: head.map((share, i) =>
        Math.min(1 - share, Math.max(0, rig.breathWeight[from + i]! - share * 0.5)),
      ),
    },
  }
}

/** The channels' moves of some of the rig's vertices: those of the face, and what follows it. */
function sheetMoves({ channels, follows }: Rig, from: number, to: number): Map<BlendshapeName, PartMoves> {
  const { followers, leaders, weights } = follows
  const own: number[] = []
  followers.forEach((follower, k) => {
    if (follower >= from && follower < to) own.push(k)
  })
  const moved = new Map<BlendshapeName, PartMoves>()
  const face = new Float32Array(FACE_VERTEX_COUNT * 3)
  const out = new Float32Array((to - from) * 3)
  channels.forEach(({ vertices, moves }, channel) => {
    face.fill(0)
    vertices.forEach((vertex, k) => face.set(moves.subarray(k * 3, k * 3 + 3), vertex * 3))
    out.fill(0)
    if (from === 0) out.set(face)
    for (const k of own) {
      for (let axis = 0; axis < 3; axis++) {
        out[(followers[k]! - from) * 3 + axis]! += face[leaders[k]! * 3 + axis]! * weights[k]!
      }
    }
    const part = movesOf(to - from, (i) => [out[i * 3]!, out[i * 3 + 1]!, out[i * 3 + 2]!])
    if (part.vertices.length > 0) moved.set(BLENDSHAPE_NAMES[channel]!, part)
  })
  return moved
}

/** Brings what lies over the face in the picture before it in depth. */
function overFace(rig: Rig, part: RigPart): RigPart {
  const rest = part.rest.slice()
  for (let i = 0; i < rest.length; i += 3) {
    const z = frontOfFace(rig, rest[i]!, rest[i + 1]!)
    if (z !== undefined) rest[i + 2] = Math.min(rest[i + 2]!, z - HAIR_ABOVE * rig.scale)
  }
  return { ...part, rest }
}

/** z of the skin at a point of the picture; undefined beside the face. */
function frontOfFace({ rest, skin }: Rig, x: number, y: number): number | undefined {
  let front: number | undefined
  for (let t = 0; t < skin.length; t += 3) {
    const a = skin[t]! * 3
    const b = skin[t + 1]! * 3
    const c = skin[t + 2]! * 3
    const bx = rest[b]! - rest[a]!
    const by = rest[b + 1]! - rest[a + 1]!
    const cx = rest[c]! - rest[a]!
    const cy = rest[c + 1]! - rest[a + 1]!
    const area = bx * cy - cx * by
    if (area === 0) continue
    const px = x - rest[a]!
    const py = y - rest[a + 1]!
    const u = (px * cy - cx * py) / area
    const v = (bx * py - px * by) / area
    if (u < 0 || v < 0 || u + v > 1) continue
    const z = rest[a + 2]! + (rest[b + 2]! - rest[a + 2]!) * u + (rest[c + 2]! - rest[a + 2]!) * v
    front = Math.min(front ?? Infinity, z)
  }
  return front
}
