import type { Picture } from '../../../../dsp/raster.js'
import type { BlendshapeName } from '../../../../pipeline/blendshapes.js'
import { BLENDSHAPE_NAMES } from '../../../../pipeline/blendshapes.js'
import { sampleCatmullRom } from '../../../../dsp/spline.js'
import type { Rig } from '../rig.js'
import { gridOf, movesOf, type PartMoves, type RigPart, type Shift } from './rig-part.js'

/** Points between two vertices of an edge. */
const STEPS = 3

/** A ribbon along an edge of the skin, such as a lid's, that moves as the edge does. */
export interface EdgeStrip {
  readonly name: string
  readonly order: number
  /** The edge's vertices, from one corner to the other. */
  readonly edge: readonly number[]
  /** Where the ribbon's two sides lie, from the edge, in pixels: at a share of the way along it. */
  readonly near: (along: number) => Shift
  readonly far: (along: number) => Shift
  readonly texture: Picture
  /** How channels move the far side besides, at weight 1. */
  readonly flips?: Partial<Record<BlendshapeName, (along: number) => Shift>>
  /** The same for the near side. */
  readonly nearFlips?: Partial<Record<BlendshapeName, (along: number) => Shift>>
}

/** Lays the ribbon: near vertices in the first row, far ones in the second. */
export function edgeStrip(rig: Rig, strip: EdgeStrip): RigPart {
  const { name, order, edge, texture } = strip
  const columns = (edge.length - 1) * STEPS + 1
  const line = smooth(edge, (vertex, axis) => rig.rest[vertex * 3 + axis]!)
  const rest = new Float32Array(columns * 2 * 3)
  for (let k = 0; k < columns; k++) {
    const along = k / (columns - 1)
    ;[strip.near(along), strip.far(along)].forEach((shift, row) => {
      for (let axis = 0; axis < 3; axis++) {
        rest[(row * columns + k) * 3 + axis] = line[k * 3 + axis]! + shift[axis]!
      }
    })
  }
  const moves = new Map<BlendshapeName, PartMoves>()
  rig.channels.forEach((channel, index) => {
    const channelName = BLENDSHAPE_NAMES[index]!
    const moveOf = new Map(Array.from(channel.vertices, (vertex, k) => [vertex, k]))
    const moved = smooth(edge, (vertex, axis) => {
      const k = moveOf.get(vertex)
      return k === undefined ? 0 : channel.moves[k * 3 + axis]!
    })
    const flips = [strip.nearFlips?.[channelName], strip.flips?.[channelName]]
    const part = movesOf(columns * 2, (vertex) => {
      const k = vertex % columns
      const flip = flips[Math.floor(vertex / columns)]?.(k / (columns - 1)) ?? [0, 0, 0]
      return [moved[k * 3]! + flip[0], moved[k * 3 + 1]! + flip[1], moved[k * 3 + 2]! + flip[2]]
    })
    if (part.vertices.length > 0) moves.set(channelName, part)
  })
  return { name, order, rest, ...gridOf({ columns, rows: 2 }), texture, opaque: false, moves }
}

/** x, y, z of values along an edge, with points between its vertices. */
function smooth(edge: readonly number[], valueAt: (vertex: number, axis: number) => number): Float32Array {
  const columns = (edge.length - 1) * STEPS + 1
  const out = new Float32Array(columns * 3)
  const points = new Float32Array(edge.length * 2)
  const line = new Float32Array(columns * 2)
  // The spline goes through pairs: x with y, then z with itself.
  for (const [first, second] of [
    [0, 1],
    [2, 2],
  ] as const) {
    edge.forEach((vertex, k) => points.set([valueAt(vertex, first), valueAt(vertex, second)], k * 2))
    sampleCatmullRom(points, edge.length, STEPS, line)
    for (let k = 0; k < columns; k++) {
      out[k * 3 + first] = line[k * 2]!
      out[k * 3 + second] = line[k * 2 + 1]!
    }
  }
  return out
}
