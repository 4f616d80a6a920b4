import { smoothstep } from '../../../../dsp/spline.js'
import type { Picture } from '../../../../dsp/raster.js'
import { BLENDSHAPE_NAMES, type BlendshapeName } from '../../../../pipeline/blendshapes.js'
import type { LidPatch } from '../lid-cover.js'
import type { Colour, Rig } from '../rig.js'
import { EYES, type EyeTopology } from '../topology.js'
import { edgeStrip } from './edge-strip.js'
import { movesOf, type PartMoves, type RigPart, type Shift } from './rig-part.js'
import { painted } from './textures.js'

/** The lids' shadow lies on the eyeball; what covers a closed eye, and the lashes, lie on the skin. */
const ORDER = { shadow: 9, cover: 11, lashes: 12 } as const
const SIDES = ['right', 'left'] as const

/** Centimetres of the canonical face: see the painters of eyes and lashes, which these parts follow. */
const SHADOW = 0.5
const WATERLINE = 0.1
const LASH_LENGTH = 0.62
const LASH_OVERLAP = 0.11
const CLOSED_ABOVE = 0.035
const CLOSED_BELOW = 0.13
const BEFORE_SKIN = 0.06
/** Lashes of a closed eye reach this share of their length, downwards. */
const CLOSED_LEAN = 0.75

/** What hangs on the lids: their shadow on the eyeball, the skin of closed lids, lashes. */
export function lidParts(rig: Rig): RigPart[] {
  return EYES.flatMap((eye, index) => [
    ...(rig.eyes.kind === 'drawn' ? [lidShadow(rig, eye, index), waterline(rig, eye, index)] : []),
    ...(rig.lidPatches ? closedLid(rig, eye, index, rig.lidPatches[index]!) : []),
    ...lashes(rig, eye, index),
  ])
}

function lidShadow(rig: Rig, eye: EyeTopology, index: number): RigPart {
  const reach = SHADOW * rig.scale
  const behind = 0.05 * rig.scale
  return edgeStrip(rig, {
    name: `lid-shadow-${SIDES[index]!}`,
    order: ORDER.shadow,
    edge: eye.upper,
    near: () => [0, -0.2 * reach, behind],
    far: () => [0, reach, behind],
    texture: fading(
      rig.palette.lidShadow,
      (v) => 0.7 * Math.exp((-Math.max(0, v * 1.2 - 0.2) * SHADOW) / 0.22),
    ),
  })
}

function waterline(rig: Rig, eye: EyeTopology, index: number): RigPart {
  const reach = WATERLINE * rig.scale
  const behind = 0.05 * rig.scale
  return edgeStrip(rig, {
    name: `waterline-${SIDES[index]!}`,
    order: ORDER.shadow,
    edge: eye.lower,
    near: () => [0, reach, behind],
    far: () => [0, -reach, behind],
    texture: fading(rig.palette.waterline, (v) => 0.55 * smoothstep(1, 0.5, v)),
  })
}

/** A texture that changes from the near side of a strip (0) to the far one (1). */
function fading([red, green, blue]: Colour, alphaAt: (v: number) => number): Picture {
  return painted(8, 32, (_, v, paint) => {
    Object.assign(paint, { red, green, blue, alpha: v > 0.97 ? 0 : alphaAt(v) })
  })
}

function lashes(rig: Rig, eye: EyeTopology, index: number): RigPart[] {
  const side = index === 0 ? 'Right' : 'Left'
  const name = `lashes-${SIDES[index]!}`
  const { scale, rest } = rig
  const before = -BEFORE_SKIN * scale
  if (rig.lashes) {
    const outward = Math.sign(rest[eye.upper[0]! * 3]! - rest[eye.upper.at(-1)! * 3]!)
    const length = LASH_LENGTH * scale
    // They fan out from the middle of the lid, and the outermost reach beyond its corner.
    const tip = (along: number, lean: number): Shift => [
      (0.5 - along) * 0.9 * outward * length * Math.abs(lean) + outward * 0.12 * scale * (1 - along) ** 3,
      -length * lean,
      before * 3,
    ]
    const flip = (along: number): Shift => {
      const open = tip(along, 1)
      const closed = tip(along, -CLOSED_LEAN)
      return [closed[0] - open[0], closed[1] - open[1], 0]
    }
    return [
      edgeStrip(rig, {
        name,
        order: ORDER.lashes,
        edge: eye.upper,
        near: () => [0, LASH_OVERLAP * scale, before],
        far: (along) => tip(along, 1),
        texture: upsideDown(rig.lashes),
        flips: { [`eyeBlink${side}`]: flip },
        nearFlips: { [`eyeBlink${side}`]: () => [0, -1.8 * LASH_OVERLAP * scale, 0] },
      }),
    ]
  }
  if (!rig.palette.lashes) return []
  const reach = (along: number): number =>
    scale * (0.35 + 0.65 * Math.sin(Math.PI * (0.08 + 0.84 * along ** 1.2)))
  return [
    edgeStrip(rig, {
      name,
      order: ORDER.lashes,
      edge: eye.upper,
      // A line of no width as long as the eye is open.
      near: () => [0, 0, before],
      far: () => [0, 0, before],
      texture: lashLine(rig.palette.lashes),
      nearFlips: { [`eyeBlink${side}`]: (along: number) => [0, -CLOSED_ABOVE * reach(along), 0] },
      flips: { [`eyeBlink${side}`]: (along: number) => [0, CLOSED_BELOW * reach(along), 0] },
    }),
  ]
}

/** Roots at the strip's near side. */
function upsideDown({ pixels, width, height }: Picture): Picture {
  const turned = new Uint32Array(pixels.length)
  for (let y = 0; y < height; y++) {
    turned.set(pixels.subarray(y * width, (y + 1) * width), (height - 1 - y) * width)
  }
  return { pixels: turned, width, height }
}

/** Dark at the roots, thinning out towards the tips and at both corners. */
function lashLine([red, green, blue]: Colour): Picture {
  return painted(64, 16, (u, v, paint) => {
    const across = smoothstep(0, 0.22, v) * smoothstep(1, 0.3, v)
    const alpha = 0.7 * across * smoothstep(0, 0.14, u) * smoothstep(1, 0.84, u)
    Object.assign(paint, { red, green, blue, alpha })
  })
}

/**
 * The skin of a closed lid, where the photo's own would smear. Behind the lid while the eye is open, it comes before it
 * on the way of a blink.
 */
function closedLid(rig: Rig, eye: EyeTopology, index: number, patch: LidPatch): RigPart[] {
  if (patch.indices.length === 0) return []
  const side = index === 0 ? 'Right' : 'Left'
  const { texture: face, uv } = rig.sheets.face
  const { picture, left, top } = cutOut(face, patch)
  const lid = new Set([...eye.upper, ...eye.crease])
  const corners: number[] = []
  for (let t = 0; t < rig.skin.length; t += 3) {
    const triangle = Array.from(rig.skin.subarray(t, t + 3))
    if (!triangle.some((vertex) => eye.upper.slice(1, -1).includes(vertex))) continue
    if (!triangle.every((vertex) => lid.has(vertex))) continue
    corners.push(...(rig.winding === 1 ? triangle : [triangle[0]!, triangle[2]!, triangle[1]!]))
  }
  const own = [...new Set(corners)]
  const shift = BEFORE_SKIN * rig.scale
  const rest = new Float32Array(own.length * 3)
  const shares = new Float32Array(own.length * 2)
  own.forEach((vertex, k) => {
    rest.set([rig.rest[vertex * 3]!, rig.rest[vertex * 3 + 1]!, rig.rest[vertex * 3 + 2]! + shift], k * 3)
    shares.set(
      [(uv[vertex * 2]! + 0.5 - left) / picture.width, (uv[vertex * 2 + 1]! + 0.5 - top) / picture.height],
      k * 2,
    )
  })
  const moves = new Map<BlendshapeName, PartMoves>()
  rig.channels.forEach((channel, c) => {
    const name = BLENDSHAPE_NAMES[c]!
    const at = new Map(Array.from(channel.vertices, (vertex, k) => [vertex, k * 3]))
    const forward = name === `eyeBlink${side}` ? -2 * shift : 0
    const part = movesOf(own.length, (k) => {
      const from = at.get(own[k]!)
      if (from === undefined) return [0, 0, forward]
      const [x, y, z] = channel.moves.subarray(from, from + 3) as unknown as [number, number, number]
      return [x, y, z + forward]
    })
    if (part.vertices.length > 0) moves.set(name, part)
  })
  return [
    {
      name: `closed-lid-${SIDES[index]!}`,
      order: ORDER.cover,
      rest,
      uv: shares,
      triangles: Uint16Array.from(corners, (vertex) => own.indexOf(vertex)),
      texture: picture,
      opaque: false,
      moves,
    },
  ]
}

/** The rectangle of the face's texture in which a lid changes, as it is when closed; empty around the lid. */
function cutOut(
  face: Picture,
  { indices, closed }: LidPatch,
): { picture: Picture; left: number; top: number } {
  let [left, top, right, bottom] = [Infinity, Infinity, 0, 0]
  for (const at of indices) {
    const x = at % face.width
    const y = Math.floor(at / face.width)
    left = Math.min(left, x)
    right = Math.max(right, x)
    top = Math.min(top, y)
    bottom = Math.max(bottom, y)
  }
  const width = right - left + 1
  const height = bottom - top + 1
  const pixels = new Uint32Array(width * height)
  indices.forEach((at, k) => {
    pixels[(Math.floor(at / face.width) - top) * width + (at % face.width) - left] = closed[k]!
  })
  return { picture: { pixels, width, height }, left, top }
}
