import { unpackRgb } from '../../../dsp/blend.js'
import { drawTriangles, type Picture, type TriangleBatch } from '../../../dsp/raster.js'
import { EyePainter } from './eyes.js'
import { ClosedLashPainter } from './closed-lashes.js'
import { LashPainter } from './lashes.js'
import { LidCover } from './lid-cover.js'
import { MouthPainter } from './mouth.js'
import type { FrameMoment, FramePainter } from './painter.js'
import { Pose } from './pose.js'
import type { PosedHead } from './posed-head.js'
import { PhotographedEyePainter } from './photographed-eyes.js'
import type { Rig } from './rig.js'

/** A triangle of the scene is drawn anew when a corner has moved by more than this, in pixels. */
const STILL = 1 / 64

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/**
 * Draws a rig. Holds every buffer that a frame needs, so that rendering allocates nothing; not for concurrent use.
 * The same input gives the same pixels.
 */
export class PortraitRenderer implements FramePainter {
  readonly width: number
  readonly height: number
  readonly #rig: Rig
  readonly #pose: Pose
  readonly #canvas: Picture
  /** The scene at rest; only what has moved is drawn over a copy of it. */
  readonly #stillScene: Uint32Array
  readonly #restPositions: Float32Array
  readonly #moving: Mutable<TriangleBatch>
  readonly #movingTriangles: Uint16Array
  readonly #mouth: MouthPainter
  readonly #eyes: { paint(target: Picture, head: PosedHead): void }
  readonly #lashes: { paint(target: Picture, head: PosedHead): void } | undefined
  readonly #lids: LidCover | undefined
  readonly #face: TriangleBatch

  constructor(rig: Rig) {
    this.#rig = rig
    this.width = rig.size
    this.height = rig.size
    this.#pose = new Pose(rig)
    this.#canvas = { pixels: new Uint32Array(rig.size * rig.size), width: rig.size, height: rig.size }
    this.#restPositions = restPositions(rig)
    drawTriangles(this.#canvas, rig.sheets.scene, this.#restPositions)
    this.#stillScene = this.#canvas.pixels.slice()
    this.#movingTriangles = new Uint16Array(rig.sheets.scene.triangles.length)
    this.#moving = { ...rig.sheets.scene, triangles: this.#movingTriangles, count: 0 }
    this.#mouth = new MouthPainter(rig.palette, rig.size, rig.size)
    this.#eyes =
      rig.eyes.kind === 'drawn' ? new EyePainter(rig, rig.eyes) : new PhotographedEyePainter(rig, rig.eyes)
    this.#lashes = lashPainter(rig)
    this.#lids = rig.lidPatches && new LidCover(rig.sheets.face.texture, rig.lidPatches)
    this.#face = this.#lids ? { ...rig.sheets.face, texture: this.#lids.texture } : rig.sheets.face
  }

  paint({ weights, rotation, seconds }: FrameMoment, out: Uint8Array): void {
    this.render(weights, rotation, seconds, out)
  }

  /**
   * Draws one frame.
   *
   * @param weights 52 channel weights in [0, 1], in the order of `BLENDSHAPE_NAMES`.
   * @param rotation Pitch, yaw and roll of the head in radians.
   * @param seconds Position on the turn's time line, for breathing; 0 is a breath's beginning.
   * @param out Receives `width * height` RGB pixels, three bytes each.
   */
  render(weights: ArrayLike<number>, rotation: ArrayLike<number>, seconds: number, out: Uint8Array): void {
    const { sheets, shadeColours } = this.#rig
    const pose = this.#pose
    const canvas = this.#canvas
    pose.update(weights, rotation, seconds)
    canvas.pixels.set(this.#stillScene)
    this.#selectMoving()
    drawTriangles(canvas, this.#moving, pose.positions)
    this.#lids?.update(pose.weights)
    drawTriangles(canvas, this.#face, pose.positions, pose.shade, shadeColours)
    this.#mouth.paint(canvas, pose)
    this.#eyes.paint(canvas, pose)
    this.#lashes?.paint(canvas, pose)
    if (sheets.hair) drawTriangles(canvas, sheets.hair, pose.positions)
    unpackRgb(canvas, out)
  }

  #selectMoving(): void {
    const { triangles } = this.#rig.sheets.scene
    const rest = this.#restPositions
    const now = this.#pose.positions
    let count = 0
    for (let t = 0; t < triangles.length; t += 3) {
      let moved = false
      for (let corner = 0; corner < 3 && !moved; corner++) {
        const at = triangles[t + corner]! * 2
        moved = Math.abs(now[at]! - rest[at]!) > STILL || Math.abs(now[at + 1]! - rest[at + 1]!) > STILL
      }
      if (!moved) continue
      this.#movingTriangles[count++] = triangles[t]!
      this.#movingTriangles[count++] = triangles[t + 1]!
      this.#movingTriangles[count++] = triangles[t + 2]!
    }
    this.#moving.count = count
  }
}

function lashPainter(rig: Rig): { paint(target: Picture, head: PosedHead): void } | undefined {
  if (rig.lashes) return new LashPainter(rig.lashes, rig.scale, rig.rest)
  return rig.palette.lashes && new ClosedLashPainter(rig.palette.lashes)
}

function restPositions(rig: Rig): Float32Array {
  const positions = new Float32Array(rig.vertexCount * 2)
  for (let i = 0; i < rig.vertexCount; i++) {
    positions[i * 2] = rig.rest[i * 3]!
    positions[i * 2 + 1] = rig.rest[i * 3 + 1]!
  }
  return positions
}
