import type { Picture } from '../../../../dsp/raster.js'
import { smoothstep } from '../../../../dsp/spline.js'
import type { PhotographedBall, PhotographedEyes } from '../rig.js'
import { EYES, type EyeTopology } from '../topology.js'
import { channelsOf, luminanceOf, packPixel, type Channels } from './channels.js'
import { findIris, type IrisCircle } from './find-iris.js'
import { fillSmoothly } from './inpaint.js'
import { coverageBetween, cutAround } from './outline-mask.js'
import type { PhotoPlace } from './photo-place.js'

/** Room around the corners of an eye, in centimetres. */
const MARGIN = 0.45
/** The limbus is soft: the iris ends between these shares of its radius, and the white is pure beyond the last. */
const LIMBUS = [0.98, 1.12] as const
const PURE_WHITE = 1.14
/** Of the pixels beside the iris, the darker share is lashes, lids and their shadow. */
const SHADED_SHARE = 0.4

/**
 * Cuts both eyeballs out of a photo: the white without its iris, and the iris by itself, each continued behind the
 * lids. Laid over each other at rest they give the photo back.
 *
 * @param photo Opaque; covers the frame.
 */
export function cutEyes(photo: Picture, place: PhotoPlace): PhotographedEyes {
  return { kind: 'photographed', balls: [cutEye(photo, place, EYES[0]), cutEye(photo, place, EYES[1])] }
}

function cutEye(photo: Picture, place: PhotoPlace, eye: EyeTopology): PhotographedBall {
  const upper = place.all(eye.upper)
  const lower = place.all(eye.lower)
  const cut = cutAround([...upper, ...lower], MARGIN * place.scale, photo.width, photo.height)
  const { width, height } = cut
  const channels = channelsOf(photo, cut)
  const between = Uint8Array.from(coverageBetween(upper, lower, cut), (value) => (value > 0.5 ? 1 : 0))
  const light = luminanceOf(channels)
  const circle = findIris({ values: light, width, height }, between, place.scale)
  const corner = {
    left: place.toFrame(cut.left),
    top: place.toFrame(cut.top),
    texelsPerPixel: place.texelsPerPixel,
    irisRadius: (circle?.radius ?? 0) / place.texelsPerPixel,
  }
  if (!circle) {
    fillSmoothly(channels, between, width, height)
    return { ...corner, white: pack(channels, width, height), iris: pack(channels, width, height, () => 0) }
  }
  const from = (at: number): number => Math.hypot((at % width) - circle.x, Math.floor(at / width) - circle.y)
  const iris = pack(irisColours(channels, between, circle, from), width, height, (at) =>
    smoothstep(circle.radius * LIMBUS[1], circle.radius * LIMBUS[0], from(at)),
  )
  // Under the iris, the white is as bright as beside it; behind the lids, it goes on as dark as it is at their edge.
  const beside = between.map((value, at) => (value === 1 && from(at) > circle.radius * PURE_WHITE ? 1 : 0))
  const bright: Channels = [channels[0].slice(), channels[1].slice(), channels[2].slice()]
  fillSmoothly(bright, brightOf(light, beside), width, height)
  channels.forEach((values, c) => {
    between.forEach((value, at) => {
      if (value === 1 && beside[at] === 0) values[at] = bright[c]![at]!
    })
  })
  fillSmoothly(channels, between, width, height)
  return { ...corner, white: pack(channels, width, height), iris }
}

/** Leaves of some pixels the brighter ones. */
function brightOf(light: Float32Array, chosen: Uint8Array): Uint8Array {
  const sorted = light.filter((_, at) => chosen[at] === 1).sort()
  const least = sorted[Math.floor(sorted.length * SHADED_SHARE)] ?? 0
  return chosen.map((value, at) => (value === 1 && light[at]! >= least ? 1 : 0))
}

/** The iris with what lids and limbus cover: there, the mean of what is visible at the same distance from its middle. */
function irisColours(
  channels: Channels,
  between: Uint8Array,
  { radius }: IrisCircle,
  from: (at: number) => number,
): Channels {
  const inner = radius * LIMBUS[0]
  const rings = Math.ceil(inner) + 1
  const fill = (values: Float32Array): Float32Array => {
    const sums = new Float64Array(rings)
    const counts = new Float64Array(rings)
    const ringOf = (at: number): number => Math.min(rings - 1, Math.round(from(at)))
    values.forEach((value, at) => {
      if (between[at] === 0 || from(at) > inner) return
      sums[ringOf(at)]! += value
      counts[ringOf(at)]!++
    })
    let last = 0
    const means = sums.map((sum, ring) => (last = counts[ring]! > 0 ? sum / counts[ring]! : last))
    return values.map((value, at) => (between[at] === 1 && from(at) <= inner ? value : means[ringOf(at)]!))
  }
  return [fill(channels[0]), fill(channels[1]), fill(channels[2])]
}

function pack(
  channels: Channels,
  width: number,
  height: number,
  alphaAt: (at: number) => number = () => 1,
): Picture {
  const pixels = Uint32Array.from({ length: width * height }, (_, at) => packPixel(channels, at, alphaAt(at)))
  return { pixels, width, height }
}
