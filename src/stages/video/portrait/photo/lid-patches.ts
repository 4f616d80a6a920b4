import type { Picture } from '../../../../dsp/raster.js'
import { smoothstep } from '../../../../dsp/spline.js'
import type { LidPatch } from '../lid-cover.js'
import { EYES, type EyeTopology } from '../topology.js'
import { channelsOf, packPixel } from './channels.js'
import { fillSmoothly } from './inpaint.js'
import { coverageBetween, cutAround, type Cut } from './outline-mask.js'
import type { PhotoPlace } from './photo-place.js'

/** Room around an eye and its fold, in centimetres: skin from which a closed lid takes its colour. */
const MARGIN = 0.6
/** Lashes and their shadow reach this far around the eye and its fold, in centimetres. */
const LASHES = 0.12
/** Below the fold the lid's own colour comes in over this distance, in centimetres. */
const FADE = 0.16
/** A lid bulges: its lower half lies in a soft shadow. */
const SHADE = 0.07

/**
 * What the lids' skin looks like when the eyes are closed. A photo of open eyes shows lashes and a fold where the lid
 * is thin; drawn out over the eye they would smear, so a closed lid takes the colours of the skin around it.
 *
 * @param face The layer that the lids are drawn from.
 */
export function lidPatches(face: Picture, place: PhotoPlace): readonly [LidPatch, LidPatch] {
  return [patch(face, place, EYES[0]), patch(face, place, EYES[1])]
}

function patch(face: Picture, place: PhotoPlace, eye: EyeTopology): LidPatch {
  const fold = place.all([eye.upper[0]!, ...eye.crease, eye.upper[8]!])
  const lower = place.all(eye.lower)
  const cut = cutAround([...fold, ...lower], MARGIN * place.scale, face.width, face.height)
  const lid = coverageBetween(fold, lower, cut)
  const channels = channelsOf(face, cut)
  fillSmoothly(channels, clean(lid, cut, Math.round(LASHES * place.scale)), cut.width, cut.height)
  const marginY = place.at(eye.upper[4]!)[1]
  const indices: number[] = []
  const open: number[] = []
  const closed: number[] = []
  lid.forEach((covered, at) => {
    if (covered <= 0) return
    const x = cut.left + (at % cut.width)
    const y = cut.top + Math.floor(at / cut.width)
    const foldY = heightAt(fold, x)
    const before = face.pixels[y * face.width + x]!
    const shade = 1 - SHADE * smoothstep(foldY, marginY, y)
    const own = smoothstep(0, FADE * place.scale, y - foldY)
    channels.forEach((values, c) => {
      values[at] = values[at]! * shade * own + ((before >>> (8 * c)) & 255) * (1 - own)
    })
    indices.push(y * face.width + x)
    open.push(before)
    closed.push(packPixel(channels, at, 1))
  })
  return {
    indices: Uint32Array.from(indices),
    open: Uint32Array.from(open),
    closed: Uint32Array.from(closed),
  }
}

/** 1 for pixels further than `reach` from what is covered. */
function clean(covered: Float32Array, { width, height }: Cut, reach: number): Uint8Array {
  const known = new Uint8Array(covered.length).fill(1)
  covered.forEach((value, at) => {
    if (value <= 0) return
    const x = at % width
    const y = Math.floor(at / width)
    for (let row = Math.max(0, y - reach); row <= Math.min(height - 1, y + reach); row++) {
      known.fill(0, row * width + Math.max(0, x - reach), row * width + Math.min(width, x + reach + 1))
    }
  })
  return known
}

/** y of a line through points, in order of x in either direction, at some x. */
function heightAt(points: readonly (readonly [number, number])[], x: number): number {
  for (let k = 1; k < points.length; k++) {
    const [ax, ay] = points[k - 1]!
    const [bx, by] = points[k]!
    if (x < Math.min(ax, bx) || x > Math.max(ax, bx)) continue
    return ay + ((by - ay) * (x - ax)) / (bx - ax || 1)
  }
  return points[0]![1]
}
