import type { Picture } from '../../../../dsp/raster.js'
import { LOWER_SEAM, UPPER_SEAM } from '../topology.js'
import { channelsOf, packPixel } from './channels.js'
import { fillSmoothly } from './inpaint.js'
import { coverageBetween, cutAround } from './outline-mask.js'
import type { PhotoPlace } from './photo-place.js'

/** Room around the mouth, in centimetres. */
const MARGIN = 0.4
/** Lips that touch are darker where they meet: by how much, and how far from the seam, in centimetres. */
const SEAM_SHADE = 0.38
const SEAM_REACH = 0.07

/**
 * Replaces what a photo shows between open lips by the lips' own colours, in place, so that neither teeth nor the dark
 * of the mouth look through when the lips close.
 *
 * @param face Opaque around the mouth.
 * @param place Where the lips' inner edges are in it.
 */
export function sealLips(face: Picture, place: PhotoPlace): void {
  const upper = place.all(UPPER_SEAM)
  const lower = place.all(LOWER_SEAM)
  const cut = cutAround([...upper, ...lower], MARGIN * place.scale, face.width, face.height)
  const covered = coverageBetween(upper, lower, cut)
  const known = Uint8Array.from(covered, (value) => (value > 0.02 ? 0 : 1))
  if (known.every((value) => value === 1)) return
  const channels = channelsOf(face, cut)
  fillSmoothly(channels, known, cut.width, cut.height)
  const distance = distanceTo(known, cut.width, cut.height)
  for (let at = 0; at < known.length; at++) {
    const shade = 1 - SEAM_SHADE * Math.exp(-distance[at]! / (SEAM_REACH * place.scale))
    if (shade > 0.995) continue
    for (const values of channels) values[at]! *= shade
    const index = (cut.top + Math.floor(at / cut.width)) * face.width + cut.left + (at % cut.width)
    face.pixels[index] = packPixel(channels, at, 1)
  }
}

/** City-block distance of each pixel to the nearest unknown one. */
function distanceTo(known: Uint8Array, width: number, height: number): Float32Array {
  const distance = Float32Array.from(known, (value) => (value === 0 ? 0 : Infinity))
  const relax = (at: number, from: number): void => {
    distance[at] = Math.min(distance[at]!, distance[from]! + 1)
  }
  for (let at = 0; at < distance.length; at++) {
    if (at % width > 0) relax(at, at - 1)
    if (at >= width) relax(at, at - width)
  }
  for (let at = distance.length - 1; at >= 0; at--) {
    if (at % width < width - 1) relax(at, at + 1)
    if (at < width * (height - 1)) relax(at, at + width)
  }
  return distance
}
