import { smoothstep } from '../../../../dsp/spline.js'
import type { Picture } from '../../../../dsp/raster.js'
import type { BlendshapeName } from '../../../../pipeline/blendshapes.js'
import { JAW_DROP } from '../blendshapes.js'
import { Ink } from '../ink.js'
import { TEETH_SHARE } from '../mouth.js'
import {
  LOWER_EDGE,
  LOWER_ROW,
  mixTeeth,
  UPPER_EDGE,
  UPPER_ROW,
  type MouthState,
  type TeethRow,
} from '../mouth-interior.js'
import type { Colour, Palette, Rig } from '../rig.js'
import { LOWER_SEAM, UPPER_SEAM } from '../topology.js'
import { edgeStrip } from './edge-strip.js'
import { gridOf, movesOf, shifted, type PartMoves, type RigPart, type Shift } from './rig-part.js'
import { painted } from './textures.js'

/** All lengths here are centimetres of the canonical face. */
const TEXELS = 48
/** How far behind the lips' seam the middle of the teeth stands, and how far behind them the mouth ends. */
const TEETH_DEPTH = 1
const CAVITY_DEPTH = 1.5
/** The dental arch: depth at a distance from its middle, as a parabola. */
const ARCH = 0.32
/** Height of a row of teeth with its gum, from a little before the edge. */
const BEFORE_EDGE = 0.1
const ROW_HEIGHT = 1.4
const COLUMNS = 17
/** The lips' shadow on what lies behind them. */
const UPPER_SHADOW = 0.3
const LOWER_SHADOW = 0.22

const SEAM_MIDDLE = 5

/** Drawn in this order: what lies deeper first. */
const ORDER = { cavity: 1, tongue: 2, lowerTeeth: 3, upperTeeth: 4, shadow: 5, line: 11 } as const

type Moves = [BlendshapeName, PartMoves][]

/** What an open mouth shows: its dark, the tongue, two rows of teeth, and the lips' shadow on them. */
export function mouthParts(rig: Rig): RigPart[] {
  const parts = [cavity(rig), tongue(rig), lowerTeeth(rig), upperTeeth(rig), ...lipShadows(rig)]
  return rig.eyes.kind === 'photographed' ? [...parts, ...lipLines(rig)] : parts
}

/** A point by its distance from the middle of the closed lips, in centimetres, as x, y, z in pixels. */
function atSeam({ rest, scale }: Rig, x: number, y: number, z: number): Shift {
  const middle = (axis: number): number =>
    (rest[UPPER_SEAM[SEAM_MIDDLE] * 3 + axis]! + rest[LOWER_SEAM[SEAM_MIDDLE] * 3 + axis]!) / 2
  return [middle(0) + x * scale, middle(1) + y * scale, middle(2) + z * scale]
}

interface Patch {
  readonly name: string
  readonly order: number
  readonly columns: number
  readonly rows: number
  /** A point of the grid in centimetres, at shares of its width and height. */
  readonly pointAt: (u: number, v: number) => Shift
  readonly texture: Picture
  readonly opaque?: boolean
  readonly moves?: Moves
}

function patch(rig: Rig, { columns, rows, pointAt, opaque = false, moves = [], ...rest }: Patch): RigPart {
  const points = new Float32Array(columns * rows * 3)
  for (let i = 0; i < columns * rows; i++) {
    const point = pointAt((i % columns) / (columns - 1), Math.floor(i / columns) / (rows - 1))
    points.set(atSeam(rig, ...point), i * 3)
  }
  return { ...rest, opaque, rest: points, ...gridOf({ columns, rows }), moves: new Map(moves) }
}

/** The dark behind it all. It grows with the opening, so that it is never seen below the chin. */
function cavity(rig: Rig): RigPart {
  const { cavity: dark } = rig.palette
  const [half, top, length] = [3.1, -0.9, 2.5]
  const texture = painted(64, 64, (u, v, paint) => {
    const across = Math.abs(u * 2 - 1) * half
    const light =
      (1 - 0.15 * smoothstep(0.2, 1.6, across) - 0.35 * smoothstep(0.45, 0.75, v)) *
      (1 - 0.4 * smoothstep(1.2, 2.4, across))
    fill(paint, dark, light)
  })
  const fall = (distance: number): PartMoves =>
    movesOf(4, (vertex) => [0, vertex < 2 ? 0 : distance * rig.scale, 0])
  return patch(rig, {
    name: 'mouth',
    order: ORDER.cavity,
    columns: 2,
    rows: 2,
    // Narrower below, as chins are.
    pointAt: (u, v) => [(u * 2 - 1) * half * (1 - 0.4 * v), top + length * v, TEETH_DEPTH + CAVITY_DEPTH],
    texture,
    opaque: true,
    moves: [
      ['jawOpen', fall(JAW_DROP)],
      ['tongueOut', fall(0.8)],
      ['mouthFunnel', fall(0.4)],
      ['mouthLowerDownLeft', fall(0.3)],
      ['mouthLowerDownRight', fall(0.3)],
    ],
  })
}

/** The tongue lies behind the lower teeth as a dome; its tip comes forward between the teeth and over the lip. */
function tongue(rig: Rig): RigPart {
  const { tongue: flesh } = rig.palette
  const [half, top, length] = [1.55, -0.3, 1.9]
  const texture = painted(96, 96, (u, v, paint) => {
    const x = (u * 2 - 1) * half
    const distance = Math.hypot(u * 2 - 1, v * 2 - 1)
    const furrow = 0.08 * Math.exp(-((x / 0.16) ** 2)) * smoothstep(1, 0.4, distance)
    fill(paint, flesh, 0.42 + 0.4 * smoothstep(1.05, 0.3, distance) - furrow)
  })
  const columns = 9
  const rows = 9
  const count = columns * rows
  const out = movesOf(count, (vertex) => {
    const down = Math.floor(vertex / columns) / (rows - 1)
    const across = ((vertex % columns) / (columns - 1)) * 2 - 1
    // The root stays; the tip passes between the teeth, widens a little and bends down over the lip.
    const share = smoothstep(0.05, 0.6, down)
    const [x, y, z] = [-across * 0.35 * share, 0.3 * down ** 3 - 0.25 * share, -2.6 * share]
    return [x * rig.scale, y * rig.scale, z * rig.scale]
  })
  const dome = patch(rig, {
    name: 'tongue',
    order: ORDER.tongue,
    columns,
    rows,
    pointAt: (u, v) => {
      const [x, y] = onDisc(u, v)
      const height = Math.sqrt(Math.max(0, 1 - x * x - y * y))
      return [x * half, top + (length * (y + 1)) / 2, TEETH_DEPTH + 1.1 - 0.6 * height]
    },
    texture,
    opaque: true,
    moves: [...withJaw(rig, count), ['tongueOut', out]],
  })
  const uv = dome.uv.slice()
  for (let i = 0; i < count; i++) {
    const [x, y] = onDisc(uv[i * 2]!, uv[i * 2 + 1]!)
    uv.set([(x + 1) / 2, (y + 1) / 2], i * 2)
  }
  return { ...dome, uv }
}

/** A square's points on a disc: x, y in −1…1. */
function onDisc(u: number, v: number): readonly [number, number] {
  const x = u * 2 - 1
  const y = v * 2 - 1
  return [x * Math.sqrt(1 - (y * y) / 2), y * Math.sqrt(1 - (x * x) / 2)]
}

function upperTeeth(rig: Rig): RigPart {
  return patch(rig, {
    ...teeth(rig.palette, UPPER_ROW, -1),
    name: 'upper-teeth',
    order: ORDER.upperTeeth,
    pointAt: (u, v) => {
      const x = (u * 2 - 1) * UPPER_ROW.reach
      return [x, UPPER_EDGE + BEFORE_EDGE - ROW_HEIGHT * (1 - v), TEETH_DEPTH + ARCH * x * x]
    },
    moves: [['mouthPucker', shifted(COLUMNS * 2, [0, -HIDDEN * rig.scale, 0])]],
  })
}

function lowerTeeth(rig: Rig): RigPart {
  const count = COLUMNS * 2
  return patch(rig, {
    ...teeth(rig.palette, LOWER_ROW, 1),
    name: 'lower-teeth',
    order: ORDER.lowerTeeth,
    pointAt: (u, v) => {
      const x = (u * 2 - 1) * LOWER_ROW.reach
      return [x, LOWER_EDGE - BEFORE_EDGE + ROW_HEIGHT * v, TEETH_DEPTH + 0.1 + ARCH * x * x]
    },
    moves: [...withJaw(rig, count), ['mouthPucker', shifted(count, [0, HIDDEN * rig.scale, 0])]],
  })
}

/** How far lips that protrude hide the teeth. */
const HIDDEN = 0.34

/** What hangs on the jaw moves with it; teeth fall less than the chin, being nearer to its hinge. */
function withJaw({ scale }: Rig, count: number): Moves {
  const move = (x: number, y: number, z: number): PartMoves =>
    shifted(count, [x * scale, y * scale, z * scale])
  return [
    ['jawOpen', move(0, JAW_DROP * TEETH_SHARE, 0)],
    ['jawLeft', move(0.7, 0, 0)],
    ['jawRight', move(-0.7, 0, 0)],
    ['jawForward', move(0, 0, -0.5)],
  ]
}

/** @param roots where they point in the picture: −1 up, 1 down */
function teeth(palette: Palette, row: TeethRow, roots: -1 | 1): Pick<Patch, 'columns' | 'rows' | 'texture'> {
  const width = Math.round(row.reach * 2 * TEXELS)
  const onBlack = new Ink()
  const onWhite = new Ink()
  const state: MouthState = { drop: 0, sideways: 0, hidden: 0, tongue: 0, pixel: 1 / TEXELS }
  const texture = painted(width, Math.round(ROW_HEIGHT * TEXELS), (u, v, paint) => {
    const x = (u * 2 - 1) * row.reach
    const depth = (roots < 0 ? 1 - v : v) * ROW_HEIGHT - BEFORE_EDGE
    onBlack.set(0, 0, 0)
    onWhite.set(255, 255, 255)
    mixTeeth(onBlack, palette, row, x, depth, state)
    mixTeeth(onWhite, palette, row, x, depth, state)
    // What black and white ground have in common is paint; what they do not is its transparency.
    const alpha = 1 - (onWhite.green - onBlack.green) / 255
    // Gums fade into the dark, and so do the back teeth.
    const light =
      (1 - 0.45 * smoothstep(0.7, row.reach, Math.abs(x))) * (1 - 0.3 * smoothstep(0.6, 1.2, depth))
    const share = alpha > 0.002 ? light / alpha : 0
    paint.red = onBlack.red * share
    paint.green = onBlack.green * share
    paint.blue = onBlack.blue * share
    paint.alpha = alpha
  })
  return { columns: COLUMNS, rows: 2, texture }
}

function lipShadows(rig: Rig): RigPart[] {
  const { cavity: dark } = rig.palette
  const shade: Colour = [dark[0] * 0.35, dark[1] * 0.35, dark[2] * 0.35]
  const texture = painted(8, 32, (_, v, paint) => {
    fill(paint, shade, 1)
    paint.alpha = 0.62 * (1 - v) ** 1.6
  })
  const behind = 0.25 * rig.scale
  const strip = (name: string, edge: readonly number[], reach: number): RigPart =>
    edgeStrip(rig, {
      name,
      order: ORDER.shadow,
      edge,
      near: () => [0, -Math.sign(reach) * 0.04 * rig.scale, behind],
      far: (along) => [0, reach * rig.scale * Math.sin(Math.PI * along), behind],
      texture,
    })
  return [
    strip('upper-lip-shadow', UPPER_SEAM, UPPER_SHADOW),
    strip('lower-lip-shadow', LOWER_SEAM, -LOWER_SHADOW),
  ]
}

/** The soft line where lips end: the edge of a photo's lips is coarse where they are drawn out. */
function lipLines(rig: Rig): RigPart[] {
  const { cavity: dark } = rig.palette
  const texture = painted(8, 16, (_, v, paint) => {
    fill(paint, dark, 0.7)
    paint.alpha = 0.6 * smoothstep(0, 0.75, v)
  })
  const before = -0.06 * rig.scale
  const strip = (name: string, edge: readonly number[], inside: number): RigPart => {
    const across =
      (distance: number) =>
      (along: number): Shift => [
        0,
        inside * distance * rig.scale * (0.4 + 0.6 * Math.sin(Math.PI * along)),
        before,
      ]
    return edgeStrip(rig, { name, order: ORDER.line, edge, near: across(-0.1), far: across(0.03), texture })
  }
  return [strip('upper-lip-line', UPPER_SEAM, 1), strip('lower-lip-line', LOWER_SEAM, -1)]
}

function fill(
  paint: { red: number; green: number; blue: number; alpha: number },
  [red, green, blue]: Colour,
  light: number,
): void {
  paint.red = red * light
  paint.green = green * light
  paint.blue = blue * light
  paint.alpha = 1
}
