import { smoothstep } from '../../../../dsp/spline.js'
import type { Picture } from '../../../../dsp/raster.js'
import type { BlendshapeName } from '../../../../pipeline/blendshapes.js'
import { GAZE_REACH } from '../gaze.js'
import type { DrawnEyes, PhotographedBall, Rig } from '../rig.js'
import { EYES, type EyeTopology } from '../topology.js'
import { gridOf, shifted, type RigPart, type Shift } from './rig-part.js'
import { painted } from './textures.js'

/** How far behind the lids' margins the eyeball lies, in centimetres, and how far the iris before it. */
const BEHIND_LIDS = 0.16
const IRIS_ABOVE = 0.03
/** Room around the opening for lids that open wide, in centimetres. */
const ROOM = 0.35
/** A reflection follows the iris by this share: the cornea is a ball of its own. */
const GLINT_SHARE = 0.7
/** Texels of a painted eyeball a pixel of the frame. */
const SHARPNESS = 2
const COLUMNS = 9

const ORDER = { ball: 6, iris: 7, glint: 8 } as const
const SIDES = ['right', 'left'] as const

/** A rectangle of the frame in pixels. */
interface Box {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** Eyeballs with their irises, and what reflects in them. */
export function eyeParts(rig: Rig): RigPart[] {
  const { eyes } = rig
  return EYES.flatMap((eye, index) =>
    eyes.kind === 'drawn'
      ? drawnEye(rig, eye, index, eyes)
      : photographedEye(rig, eye, index, eyes.balls[index]!),
  )
}

function drawnEye(rig: Rig, eye: EyeTopology, index: number, eyes: DrawnEyes): RigPart[] {
  const [x, y] = ballCentre(eye, rig.rest)
  const radius = eyes.irisRadius
  const box = boxAround(eye, rig)
  const around = (reach: number): Box => ({
    left: x - reach,
    top: y - reach,
    width: reach * 2,
    height: reach * 2,
  })
  const side = SIDES[index]!
  return [
    plate(rig, eye, {
      name: `eye-${side}`,
      order: ORDER.ball,
      box,
      texture: whiteOf(rig, eye, box),
      above: 0,
    }),
    plate(rig, eye, {
      name: `iris-${side}`,
      order: ORDER.iris,
      box: around(radius),
      texture: eyes.iris,
      above: IRIS_ABOVE,
      moves: gazeMoves(index, radius),
    }),
    plate(rig, eye, {
      name: `glint-${side}`,
      order: ORDER.glint,
      box: around(radius),
      texture: GLINTS,
      above: IRIS_ABOVE * 2,
      moves: gazeMoves(index, radius * GLINT_SHARE),
    }),
  ]
}

function photographedEye(rig: Rig, eye: EyeTopology, index: number, ball: PhotographedBall): RigPart[] {
  const { white, iris, texelsPerPixel, irisRadius } = ball
  // A texel's centre, and a pixel's, has whole coordinates.
  const box = {
    left: ball.left - 0.5 / texelsPerPixel,
    top: ball.top - 0.5 / texelsPerPixel,
    width: white.width / texelsPerPixel,
    height: white.height / texelsPerPixel,
  }
  const side = SIDES[index]!
  const parts = [plate(rig, eye, { name: `eye-${side}`, order: ORDER.ball, box, texture: white, above: 0 })]
  if (irisRadius === 0) return parts
  return [
    ...parts,
    plate(rig, eye, {
      name: `iris-${side}`,
      order: ORDER.iris,
      box,
      texture: iris,
      above: IRIS_ABOVE,
      moves: gazeMoves(index, irisRadius),
    }),
  ]
}

interface Plate {
  readonly name: string
  readonly order: number
  readonly box: Box
  readonly texture: Picture
  /** Centimetres before the eyeball. */
  readonly above: number
  readonly moves?: readonly (readonly [BlendshapeName, Shift])[]
}

/** A rectangle behind the lids that is bent as they are. */
function plate(rig: Rig, eye: EyeTopology, { name, order, box, texture, above, moves = [] }: Plate): RigPart {
  const rest = new Float32Array(COLUMNS * 2 * 3)
  const back = (BEHIND_LIDS - above) * rig.scale
  for (let i = 0; i < COLUMNS * 2; i++) {
    const x = box.left + (box.width * (i % COLUMNS)) / (COLUMNS - 1)
    rest.set([x, box.top + (i < COLUMNS ? 0 : box.height), lidDepth(eye, rig.rest, x) + back], i * 3)
  }
  return {
    name,
    order,
    rest,
    ...gridOf({ columns: COLUMNS, rows: 2 }),
    texture,
    opaque: false,
    moves: new Map(moves.map(([channel, shift]) => [channel, shifted(COLUMNS * 2, shift)])),
  }
}

/** z of the lids' margins at an x of the picture, the deeper of both. */
function lidDepth({ upper, lower }: EyeTopology, rest: Float32Array, x: number): number {
  const z = (k: number): number => Math.max(rest[upper[k]! * 3 + 2]!, rest[lower[k]! * 3 + 2]!)
  for (let k = 1; k < upper.length; k++) {
    const from = rest[upper[k - 1]! * 3]!
    const to = rest[upper[k]! * 3]!
    if (x < Math.min(from, to) || x > Math.max(from, to)) continue
    return z(k - 1) + ((z(k) - z(k - 1)) * (x - from)) / (to - from || 1)
  }
  const last = upper.length - 1
  const isNearFirst = Math.abs(x - rest[upper[0]! * 3]!) < Math.abs(x - rest[upper[last]! * 3]!)
  return z(isNearFirst ? 0 : last)
}

/** @param radius the iris's, in pixels */
function gazeMoves(index: number, radius: number): [BlendshapeName, Shift][] {
  const side = index === 0 ? 'Right' : 'Left'
  // The inner corner of the right eye lies to its right in the picture.
  const inward = index === 0 ? 1 : -1
  const across = inward * GAZE_REACH.across * radius
  return [
    [`eyeLookIn${side}`, [across, 0, 0]],
    [`eyeLookOut${side}`, [-across, 0, 0]],
    [`eyeLookUp${side}`, [0, -GAZE_REACH.up * radius, 0]],
    [`eyeLookDown${side}`, [0, GAZE_REACH.down * radius, 0]],
  ]
}

function boxAround({ upper, lower }: EyeTopology, { rest, scale }: Rig): Box {
  const all = [...upper, ...lower]
  const xs = all.map((vertex) => rest[vertex * 3]!)
  const ys = all.map((vertex) => rest[vertex * 3 + 1]!)
  const room = ROOM * scale
  const left = Math.min(...xs) - room
  const top = Math.min(...ys) - room
  return { left, top, width: Math.max(...xs) + room - left, height: Math.max(...ys) + room - top }
}

/** Middle of the eyeball at rest. */
function ballCentre(eye: EyeTopology, rest: Float32Array): readonly [number, number] {
  const at = (vertex: number, axis: number): number => rest[vertex * 3 + axis]!
  return [
    (at(eye.upper[4]!, 0) + at(eye.lower[4]!, 0)) / 2,
    at(eye.upper[4]!, 1) * 0.47 + at(eye.lower[4]!, 1) * 0.53,
  ]
}

/** The white of a drawn eye: round, and reddish in the inner corner. */
function whiteOf({ rest, palette }: Rig, eye: EyeTopology, box: Box): Picture {
  const { sclera, caruncle } = palette
  const outerX = rest[eye.upper[0]! * 3]!
  const innerX = rest[eye.upper.at(-1)! * 3]!
  const [centreX] = ballCentre(eye, rest)
  const width = Math.abs(innerX - outerX)
  const inward = Math.sign(innerX - outerX)
  return painted(Math.ceil(box.width * SHARPNESS), Math.ceil(box.height * SHARPNESS), (u, _, paint) => {
    const x = box.left + box.width * u
    const side = Math.min(1, (((x - centreX) * 2) / width) ** 2)
    const round = 1 - 0.36 * side
    const corner = 0.85 * smoothstep(0.2 * width, 0.02 * width, (innerX - x) * inward)
    const mixed = (white: number, flesh: number): number => white + (flesh - white) * corner
    paint.red = mixed(sclera[0] * round, caruncle[0])
    paint.green = mixed(sclera[1] * (round - 0.02 * side), caruncle[1])
    paint.blue = mixed(sclera[2] * (round - 0.03 * side), caruncle[2])
    paint.alpha = 1
  })
}

/** Two lights: a window to the upper left, and what the floor gives back. */
const GLINTS = painted(64, 64, (u, v, paint) => {
  const x = u * 2 - 1
  const y = v * 2 - 1
  const main = 0.96 * smoothstep(0.3, 0.16, Math.hypot(x + 0.34, y + 0.36))
  const second = 0.38 * smoothstep(0.22, 0.08, Math.hypot(x - 0.38, y - 0.42))
  paint.red = paint.green = paint.blue = 255
  paint.alpha = Math.min(1, main + second)
})
